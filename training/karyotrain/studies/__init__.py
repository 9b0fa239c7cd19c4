"""Studies of trained engines: how they bear other pictures, what each part is worth, what they were taught with."""
