"""Who compresses: the codec protocol, combinators, standard compressors, and their names."""
