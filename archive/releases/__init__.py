"""Releases: numbered publications that never change, with what was changed since the one before."""
