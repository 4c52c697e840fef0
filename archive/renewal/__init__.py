"""A publication from the last one: what was touched since is replaced, and what is there has digests."""
