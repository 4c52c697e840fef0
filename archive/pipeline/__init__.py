"""From snapshots to the rows of the archive."""
