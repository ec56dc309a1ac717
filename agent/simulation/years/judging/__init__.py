"""Judges a simulated programme by what reached the outside and what its journal says; shares nothing with the loop."""
