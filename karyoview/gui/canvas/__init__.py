"""The metaphase view and what is drawn on it."""
