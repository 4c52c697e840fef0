"""The data of the page of a report: its tables, its original, passages it shares with others."""
