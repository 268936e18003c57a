"""The solver: searches KT's language for the program with the fewest bits under a prior."""
