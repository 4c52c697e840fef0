"""Read documents: one reader for each file format, from bytes to a Document."""
