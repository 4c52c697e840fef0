"""The errors of the extractor, each with a message and its parameters."""

from __future__ import annotations

from gongkai.errors import GongkaiError


class ExtractError(GongkaiError):
    """A document cannot be read; `message` says why."""


class TooLarge(ExtractError):
    """A document exceeds a limit on size, pages, cells or nesting."""


class Encrypted(ExtractError):
    """A document is protected by a password."""
