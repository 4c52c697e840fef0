"""Recognise the pages that protection systems and broken servers send in place of an answer."""

from __future__ import annotations

import re

from gongkai.extract.chinese.charset import decode_text
from gongkai.messages import Message, message

_MAINTENANCE_PAGE = "系统维护"
_SCRIPT_STUB = "script stub"

# Name of the signature -> words in the body. From facts gathered about gov.cn sites.
_SIGNATURES: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("云堤", ("云堤".encode(), "云堤".encode("gb18030"))),
    ("加速乐", (b"__jsl_clearance", b"jsl_clearance_s")),
    ("瑞数", (b"$_ts=window", b"$_ts={}", b"_$jsvmprt")),
    ("WZWS", (b"WZWS-RAY", b"wzwschallenge", b"wzws_cid")),
    ("创宇盾", ("创宇盾".encode(), b"yunaq.com")),
    (_MAINTENANCE_PAGE, ("系统维护中".encode(), "系统维护中".encode("gb18030"), "网站维护中".encode())),
    (
        "WAF",
        tuple(
            word.encode(charset)
            for charset in ("utf-8", "gb18030")
            for word in (
                "访问被拦截", "请求已被拦截", "访问被阻断", "访问已被阻断", "您的请求存在安全风险",
                "对网站造成安全威胁", "可能存在攻击行为", "Request blocked by WAF",
            )
        ),
    ),
)  # fmt: skip
_MAINTENANCE = re.compile(
    r"(?:系统|网站|平台|服务器)(?:正在)?(?:进行)?(?:维护|升级|维护升级|升级维护)(?:中|公告|升级|[,，。!！]|$)"
)
"""Words of a short page that replaces all others; an article has more text."""
_MOST_NOTICE_BYTES = 600
_GLUED = re.compile(rb"""['"]\s*+(?:\)\s*+)?\+\s*+(?:\(\s*+)?['"]""")
"""What stands between the parts of a word that a script puts together."""
_RELOADS = re.compile(rb"location\s*\.\s*(?:reload|pathname)|location\s*=\s*location", re.I)
_MOST_BYTES = 60_000
_MOST_STUB_BYTES = 1_200
_SCRIPT_END = b"</script>"
_MOVES = re.compile(rb"location\s*[.=]|http-equiv=.?refresh|<i?frame|<a\b[^<>]{0,300}\bhref", re.I)


def block_signature(body: bytes) -> str:
    """Return the name of the protection system that sent this page, "" for an ordinary page.

    Only short pages are examined, because an article may well mention 系统维护.
    """
    if len(body) > _MOST_BYTES:
        return ""
    plain = _GLUED.sub(b"", body) if len(body) < _MOST_STUB_BYTES else body
    for name, words in _SIGNATURES:
        if any(word in plain for word in words) and _has_little_text(body):
            return name
    if _is_maintenance_notice(body):
        return _MAINTENANCE_PAGE
    if len(body) < _MOST_STUB_BYTES and b"<script" in body.lower() and not _leads_elsewhere(body):
        return "" if _shown(body) else _SCRIPT_STUB
    return ""


def block_reason(signature: str) -> Message:
    """Return the reason that is shown for a block page with this signature."""
    if signature == _MAINTENANCE_PAGE:
        return message("block_maintenance")
    if signature == _SCRIPT_STUB:
        return message("block_script_stub")
    return message("block_page", name=signature)


def _leads_elsewhere(body: bytes) -> bool:
    """Return whether a page of scripts leads to another page.

    A page that sets a cookie and reloads itself is a challenge, and leads nowhere.
    """
    challenge = b"document.cookie" in body and _RELOADS.search(body)
    return _MOVES.search(body) is not None and not challenge


def _is_maintenance_notice(body: bytes) -> bool:
    shown = _shown(body)
    if not 0 < len(shown) < _MOST_NOTICE_BYTES:
        return False
    text = decode_text(shown)
    return _MAINTENANCE.search(text) is not None


def _has_little_text(body: bytes) -> bool:
    """Return whether a page has little text besides its scripts."""
    return len(_shown(body)) < 3_000


def _shown(body: bytes) -> bytes:
    """Return the text of a page without scripts, tags and whitespace.

    Plain code in place of a pattern: behind each `<script` a pattern would look for an end again.
    """
    lower = body.lower()
    last_script_end = lower.rfind(_SCRIPT_END)
    kept = []
    place = 0
    while (tag := body.find(b"<", place)) >= 0:
        if tag < last_script_end and lower.startswith(b"<script", tag):
            end = lower.find(_SCRIPT_END, tag) + len(_SCRIPT_END)
        else:
            end = body.find(b">", tag + 1) + 1
        if end == 0:
            break
        if end == tag + 2:  # "<>" is no tag
            kept.append(body[place : tag + 1])
            place = tag + 1
            continue
        kept.append(body[place:tag])
        place = end
    kept.append(body[place:])
    return b"".join(b"".join(kept).split())
