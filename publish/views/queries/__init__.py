"""The pages of SQL queries."""
