"""The cheapest way to make one tape out of pieces of known sequences, and its program."""
