"""Pages, data and files of the numbered releases."""
