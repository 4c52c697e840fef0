"""From an archive to what the public gets: one checked file, the downloads, and the switch to them."""
