"""Use cases: observe, sweep, deliver and the commands, one module each, named by its verb."""
