"""What can go wrong for a reason that a person can do something about."""

from __future__ import annotations


class ArchiveError(Exception):
    """Raised with one line that says what is wrong, where, and what to do.

    The line is Chinese first with English beside it; the command line prints it and exits with 2.
    """


class Broken(ArchiveError):
    """Raised where the archive's file is damaged; it can be made again from the originals."""
