"""The proof of a number: where it stands in the original, when it was seen, how anyone can check it."""
