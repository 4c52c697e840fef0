"""Taking in what others fetched: files of web archives, each record with its own date and its source."""
