"""Keys as parts of an address, in the encoding that Datasette's own pages use."""

from __future__ import annotations

from datasette.utils import tilde_encode


def path_segment(key: object) -> str:
    """Return a key as one segment of a path; a slash or a dot in it is encoded.

    >>> path_segment("640221-a/b")
    '640221-a~2Fb'
    """
    return str(tilde_encode(str(key)))
