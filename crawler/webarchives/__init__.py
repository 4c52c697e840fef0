"""Asking web archives for what they kept of a portal: their indexes, and single records."""
