"""Pages that protection systems and broken servers answer with in place of what was asked for."""

from __future__ import annotations

import re

# Name of the signature -> words in the body. From facts gathered about gov.cn sites.
_SIGNATURES: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("云堤", ("云堤".encode(), "云堤".encode("gb18030"))),
    ("加速乐", (b"__jsl_clearance", b"jsl_clearance_s")),
    ("瑞数", (b"$_ts=window", b"$_ts={}", b"_$jsvmprt")),
    ("WZWS", (b"WZWS-RAY", b"wzwschallenge", b"wzws_cid")),
    ("创宇盾", ("创宇盾".encode(), b"yunaq.com")),
    ("系统维护", ("系统维护中".encode(), "系统维护中".encode("gb18030"), "网站维护中".encode())),
    ("WAF", ("访问被拦截".encode(), "您的请求存在安全风险".encode(), b"Request blocked by WAF", "请求已被拦截".encode())),
)  # fmt: skip
_LONGEST = 60_000
_STUB = 1_200
_SCRIPT_ONLY = re.compile(rb"<script.*?</script>|<[^>]+>|\s+", re.I | re.S)
_MOVES = re.compile(rb"location\s*[.=]|http-equiv=.?refresh|<i?frame|<a\b[^<>]{0,300}\bhref", re.I)


def block_signature(body: bytes) -> str:
    """The name of the protection whose page this is, "" for an ordinary page.

    Only short pages are looked at: an article may well speak of 系统维护.
    """
    if len(body) > _LONGEST:
        return ""
    for name, words in _SIGNATURES:
        if any(word in body for word in words) and _thin(body):
            return name
    if len(body) < _STUB and b"<script" in body.lower() and not _MOVES.search(body):
        return "" if _SCRIPT_ONLY.sub(b"", body) else "script stub"
    return ""


def _thin(body: bytes) -> bool:
    """Whether a page says little besides its scripts."""
    return len(_SCRIPT_ONLY.sub(b"", body)) < 3_000
