"""Fetch and keep: find the report pages of a portal and keep every response as a WARC record."""
