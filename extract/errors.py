"""The errors of the extractor: what is wrong with a document, as a key with parameters."""

from __future__ import annotations

from gongkai.errors import GongkaiError


class ExtractError(GongkaiError):
    """A document that cannot be read; `message` says why."""


class TooLarge(ExtractError):
    """A document beyond a limit on size, pages, cells or nesting."""


class Encrypted(ExtractError):
    """A document that is protected by a password."""
