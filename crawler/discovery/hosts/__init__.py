"""Whose host and whose page it is: sister hosts, home pages, the owner that a page names."""
