"""Bytes to report: pure functions, without network, clock, SQL or side effects."""
