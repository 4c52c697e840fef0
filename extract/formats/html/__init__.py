"""Read HTML and MHTML pages."""
