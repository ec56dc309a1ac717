"""Commands: one module each. This one is only the entry point."""
