"""Labelled cells: read, changed, made and laid in batches."""
