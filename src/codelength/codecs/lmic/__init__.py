"""Language models as codecs, whose messages decode."""
