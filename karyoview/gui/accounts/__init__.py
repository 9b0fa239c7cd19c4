"""Who works here: the idle lock, the change of user, and the people who sign."""
