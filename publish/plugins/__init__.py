"""The Datasette plugin: its hooks, and the table of all addresses of the site."""
