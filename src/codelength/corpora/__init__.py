"""Real data: instances, and one module a source that yields them."""
