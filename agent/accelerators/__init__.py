"""Faster ways to what the core computes, on libraries that are optional and imported on first use."""
