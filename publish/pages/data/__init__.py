"""The data of pages about the data itself: downloads and examples."""
