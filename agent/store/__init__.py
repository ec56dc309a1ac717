"""Keeps the programme's state: the only place that knows SQL."""
