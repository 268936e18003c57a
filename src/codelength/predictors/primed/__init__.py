"""Models of a kind of data, with tables that were fitted beforehand; integers only."""
