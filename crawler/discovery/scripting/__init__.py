"""What the scripts of a page write, open and hold as values, read without running them."""
