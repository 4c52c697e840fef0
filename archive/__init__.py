"""Report to rows: loading, checks across reports, search index, export, and the command line."""
