"""What each role's home shows: facts of the rooms below, scoped to their reader, in a fixed number of statements."""
