"""The panels around the metaphase."""
