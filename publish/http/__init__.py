"""Requests and responses: security headers, query arguments, files, CSV, errors."""
