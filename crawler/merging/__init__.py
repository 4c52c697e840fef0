"""Fewer files: the files of a month are joined into one, record by record."""
