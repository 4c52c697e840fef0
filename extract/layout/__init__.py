"""Pages of positioned characters and lines, whichever format drew them: text lines and tables."""
