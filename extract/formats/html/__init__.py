"""Reads HTML and MHTML pages."""
