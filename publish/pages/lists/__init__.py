"""Lists of reports, checks, changes and coverage, and the search."""
