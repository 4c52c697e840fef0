"""Originals: WARC files, their index, and the checks of both."""
