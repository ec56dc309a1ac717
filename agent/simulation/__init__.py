"""Rehearses a whole programme on real servers of its own, and has it judged from outside."""
