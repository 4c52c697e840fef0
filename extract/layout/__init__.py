"""Find text lines and tables on pages of positioned characters and lines of any format."""
