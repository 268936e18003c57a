"""What runs beside strangers' programs, in a bare interpreter: the standard library alone."""
