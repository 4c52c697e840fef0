"""The tables of the index: which there are, and how they are written and asked. Files are not known here."""
