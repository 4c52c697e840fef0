"""What a fetched page is and where it leads, found out behind a wall."""
