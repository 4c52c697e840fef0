"""How programs of others write records: heads, framing, digests, replayed pages. Pure functions of bytes."""
