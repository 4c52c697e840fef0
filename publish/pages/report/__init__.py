"""The page of a report: its tables, its original, what it shares with other reports."""
