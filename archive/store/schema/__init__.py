"""The steps by which an archive gets its tables."""
