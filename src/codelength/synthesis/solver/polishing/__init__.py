"""Small changes of finished programs, and short programs that need no search."""
