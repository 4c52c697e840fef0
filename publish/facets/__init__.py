"""Counts by which readers narrow a list."""
