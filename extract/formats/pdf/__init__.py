"""Read PDF files into pages of positioned characters and lines."""
