"""Who finds programs: synthesizers, and the codec that sends what they find."""
