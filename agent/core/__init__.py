"""Values and decisions. Pure: no clock, no I/O, no randomness, standard library only."""
