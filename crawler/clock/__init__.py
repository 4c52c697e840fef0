"""Whether the clock was right when something was fetched, and in which order it was fetched."""
