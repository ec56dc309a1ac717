"""All due meetings of a programme, placed together."""
