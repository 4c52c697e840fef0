"""What a fetched page is and where its links lead."""
