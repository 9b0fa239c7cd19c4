"""The words of the field: numpy, scipy and the standard library only. No Qt, no torch, no disk."""
