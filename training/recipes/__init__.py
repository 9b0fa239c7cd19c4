"""What was and can be trained: one file a recipe, each with ``RECIPE``."""
