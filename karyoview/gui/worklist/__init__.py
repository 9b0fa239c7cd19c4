"""The list of cases of a laboratory, with what is to be done."""
