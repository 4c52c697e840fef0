"""Addresses as people paste them: from chats, Word files and browsers, with what stood around them.

Full-width letters and punctuation of Chinese input, quotation marks, words before, a full stop behind, a
fragment, a missing scheme, percent signs that were encoded a second time, what a chat added to the query.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 4000
"""Characters that are looked at."""

_WIDE_ENDS = "！（），；"
"""Full-width signs that belong to the sentence around an address."""

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in _WIDE_ENDS}
_WIDE[0x3000] = ord(" ")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad\r\n\t]")
_BEGINNING = re.compile(r"https?:[/\\]{1,3}", re.IGNORECASE)
_AROUND = "（） \"'`<>()[]{}“”‘’「」『』《》〈〉【】"
_BEHIND = ".,;:!?。，；：！？、…·|"
_END = re.compile(r"""[\s"'`<>“”‘’「」『』《》〈〉【】，。；！？、（）]""")
_OPENERS = {")": "(", "]": "[", "}": "{"}
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]{1,5})?(?=[/?#]|$)")
_TWICE = re.compile(r"%25(?=[0-9A-Fa-f]{2})")
_PORTS = {"http": ":80", "https": ":443"}
_SHARED = re.compile(
    r"(?:utm_[a-z]{1,20}|spm|spm_id_from|isappinstalled|nsukey|fbclid|gclid|share_token|share_source)=.*"
    r"|from=(?:timeline|singlemessage|groupmessage)"
)
"""A parameter that WeChat, a search engine or a campaign appends, and to which no portal answers."""


def is_address(given: str) -> bool:
    """Return whether a text is meant as an address of the web: it has a scheme, or a host and a path."""
    cleaned = clean_address(given)
    return bool(_BEGINNING.match(cleaned)) and " " not in cleaned


def clean_address(given: str) -> str:
    """Return the address that is meant, or the text without what stands around it.

    >>> clean_address("“www.pingluo.gov.cn/a.html”。")
    'http://www.pingluo.gov.cn/a.html'
    >>> clean_address("网址：ｈｔｔｐ：／／ｗｗｗ．ｘ．ｇｏｖ．ｃｎ／ａ（见附件）")
    'http://www.x.gov.cn/a'
    >>> clean_address("http://x.gov.cn/a(1).html?b=1&amp;c=2, ")
    'http://x.gov.cn/a(1).html?b=1&c=2'
    """
    text = _INVISIBLE.sub("", given[:LONGEST]).translate(_WIDE)
    if found := _BEGINNING.search(text):
        scheme = found[0].partition(":")[0].lower()
        text = text[found.end() :].lstrip("/\\ ")
        host = re.match(r"[^/\\?#]*", text)
        assert host is not None
        text = f"{host[0].replace('。', '.')}{text[host.end() :]}"
    else:
        scheme = ""
        text = text.strip(_AROUND + _BEHIND).replace("\\", "/")
    text = _trim_end(text[: end.start()] if (end := _END.search(text)) else text)
    text = text.replace("&amp;", "&")
    if scheme:
        return f"{scheme}://{text.replace(chr(92), '/')}"
    return f"http://{text}" if _HOST.match(text) else text


def _trim_end(text: str) -> str:
    """Return a text without punctuation at its end; a bracket stays that was opened within."""
    while text:
        last = text[-1]
        is_open = last in _OPENERS and text.count(_OPENERS[last]) >= text.count(last)
        if is_open or last not in _BEHIND + "".join(_OPENERS) + "([{":
            return text
        text = text[:-1]
    return text


def address_forms(given: str) -> tuple[str, ...]:
    """Return the addresses that a text may mean, the likeliest first: as it is, then cleaned.

    >>> address_forms("x.gov.cn/a%25E5#top")
    ('x.gov.cn/a%25E5#top', 'http://x.gov.cn/a%25E5#top', 'http://x.gov.cn/a%25E5', 'http://x.gov.cn/a%E5')
    >>> address_forms("http://x.gov.cn/a?id=1&from=timeline")
    ('http://x.gov.cn/a?id=1&from=timeline', 'http://x.gov.cn/a?id=1')
    """
    cleaned = _with_plain_host(clean_address(given))
    bare = cleaned.partition("#")[0]
    whole = (given.strip(), cleaned, bare, _TWICE.sub("%", bare))
    forms = (*whole, *map(_without_shared, whole[1:]))
    return tuple(dict.fromkeys(form for form in forms if form))


def _with_plain_host(address: str) -> str:
    """Return an address with its host in lower case, without the port of its scheme or a last full stop."""
    scheme, found, rest = address.partition("://")
    if not found:
        return address
    host = re.match(r"[^/?#]*", rest)
    assert host is not None
    name = host[0].lower().removesuffix(_PORTS.get(scheme, ":80")).removesuffix(".")
    return f"{scheme}://{name}{rest[host.end() :]}"


def _without_shared(address: str) -> str:
    """Return an address without the parameters that were appended where it was shared."""
    bare, mark, fragment = address.partition("#")
    path, _, query = bare.partition("?")
    kept = "&".join(each for each in query.split("&") if not _SHARED.fullmatch(each))
    return f"{path}{'?' if kept else ''}{kept}{mark}{fragment}"


def variants(address: str) -> tuple[str, ...]:
    """Return an address by http and https, with and without www, and with and without the last slash of a host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return (address,)
    host = parts.netloc.lower()
    if parts.scheme not in ("http", "https") or not host:
        return (address,)
    other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    return tuple(
        parts._replace(scheme=scheme, netloc=name, path=parts.path or "/").geturl()
        for name in (host, other)
        for scheme in ("http", "https")
    )
