"""Views: each takes a request and returns a page, a table, a feed or a file."""
