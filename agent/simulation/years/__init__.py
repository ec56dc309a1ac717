"""Months and years of a made-up programme in minutes: the very same loop, in a world that goes wrong on purpose."""
