"""Runs crawls: one process for each site."""
