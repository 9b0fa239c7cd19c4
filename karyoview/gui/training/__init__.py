"""The page on which a laboratory trains, compares and changes its engines."""
