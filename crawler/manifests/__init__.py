"""Manifests of runs as files: their format, and which of them covers which bytes of the originals."""
