"""A rehearsal of a programme against real servers on this machine."""
