"""Errors of the site that a person can do something about."""

from __future__ import annotations

from gongkai.errors import GongkaiError


class CannotServe(GongkaiError):
    """Raised if an archive or a publication cannot be served."""
