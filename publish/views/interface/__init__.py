"""Addresses for programs: data that no page of its own name has, and their description."""
