"""The errors of archive/ that a person can do something about."""

from __future__ import annotations

from typing import ClassVar

from gongkai.errors import NEEDS_A_PERSON, GongkaiError


class ArchiveError(GongkaiError):
    """The command cannot run; the message says what is wrong, where, and what to do."""


class BrokenArchiveError(ArchiveError):
    """The archive's file is damaged; it can be rebuilt from the originals."""


class UnreadDocumentError(ArchiveError):
    """A document could not be read; the message becomes the reason of its reading."""


class PublicationRefusedError(ArchiveError):
    """A publication may not replace the current one unless a person agrees."""

    exit_code: ClassVar[int] = NEEDS_A_PERSON


class RenewalImpossibleError(ArchiveError):
    """A publication cannot be made from the last one; the message says why it is made anew."""
