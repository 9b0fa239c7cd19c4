"""What was and can be trained: one file an engine, each experiment a row of its ``RECIPES``."""
