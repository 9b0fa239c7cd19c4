"""The page on which an archive of karyograms becomes truth, and teaches an engine."""
