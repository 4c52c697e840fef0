"""The pages about the data itself: downloads, examples, stock tables."""
