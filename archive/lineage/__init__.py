"""Which body follows which: changes of names and mergers of agencies."""
