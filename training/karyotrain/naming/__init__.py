"""Training of the naming stage: straightened crops in, classes out."""
