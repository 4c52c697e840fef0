"""Starts Datasette for an archive or for the latest publication."""
