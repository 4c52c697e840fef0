"""Addresses without the user names and passwords that may stand in them.

What is printed, logged, stored or sent shows an address only through these functions.
"""

from __future__ import annotations

import re

MASK = "***"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_USERINFO = re.compile(r"(?<=://)[^\s/?#]*@")
_PORT = re.compile(r"[0-9]*(?:[/?#].*)?", re.S)


def mask_address(address: str) -> str:
    """Return an address, which may be malformed, without user name, password and query.

    In an address that cannot be used, a password may hold any character. So all is masked between
    the scheme and the last @, and what stands in the place of a port and is no number. A query is
    masked because receivers of notifications have their keys in it.

    >>> mask_address("http://user:secret@proxy:8100"), mask_address("user:a/b@c@proxy:8100")
    ('http://***@proxy:8100', '***@proxy:8100')
    >>> mask_address("http://user:secret"), mask_address("https://chat/send?key=secret")
    ('http://user:***', 'https://chat/send?***')
    """
    scheme, separator, rest = address.partition("://")
    if not (separator and _SCHEME.fullmatch(scheme)):
        scheme, separator, rest = "", "", address
    _, at, place = rest.rpartition("@")
    host, colon, port = place.rpartition(":")
    if colon and not place.endswith("]") and not _PORT.fullmatch(port):
        place = f"{host.partition(':')[0]}:{MASK}"
    place, question, _ = place.partition("?")
    shown = f"{place}?{MASK}" if question else place
    return f"{scheme}{separator}{MASK if at else ''}{at}{shown}"


def mask_text(text: str) -> str:
    """Return a text in which no address shows a user name or a password.

    >>> mask_text("cannot reach http://user:secret@proxy:8100, nor ftp://a@b/c")
    'cannot reach http://***@proxy:8100, nor ftp://***@b/c'
    """
    return _USERINFO.sub(f"{MASK}@", text) if "@" in text else text


def mask_quoted(text: str, address: str) -> str:
    """Return a text about an address, such as the error of a library, without what is masked in it.

    Libraries quote an address as a whole, or a piece of it.

    >>> mask_quoted("nonnumeric port: 'secret@proxy'", "http://user:secret@proxy")
    "nonnumeric port: '***@proxy'"
    """
    text = text.replace(address, mask_address(address))
    rest = address.partition("://")[2] or address
    userinfo, _, place = rest.rpartition("@")
    pieces = (userinfo, userinfo.partition(":")[2], place.partition("?")[2])
    for piece in filter(None, pieces):
        text = text.replace(piece, MASK)
    return mask_text(text)
