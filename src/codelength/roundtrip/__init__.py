"""Round-trip code compression: a model executes or inverts a compression program in its head."""
