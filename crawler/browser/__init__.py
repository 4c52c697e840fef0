"""Rendering a page in Chromium, which has no network of its own."""
