"""A kept page as a document of its own, which a page of the site shows in a frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gongkai.publish.rendering.image_places import put_images

FRAME_HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
    "cache-control": "max-age=300",
}
"""A document with these headers runs nothing, asks for nothing, and has no origin of its own."""

_LOOK = (
    "body{margin:1rem;font:1rem/1.7 sans-serif;color:#1d1b18;background:#fff;overflow-wrap:break-word}"
    "table{border-collapse:collapse;max-width:100%}td,th{border:1px solid #bbb;padding:.2em .4em}"
    "img{max-width:100%;height:auto}[hidden]{display:none}"
)
_UNHIDDEN = ":is(td,th)[id],:has(:is(td,th)[id]){display:revert!important}"
"""Whatever style sheets say: a table that the reader has read is seen."""
MARK = (
    "outline:3px solid #b01c1f;outline-offset:1px;background:#fff1b8;color:#000;scroll-margin:35vh"
)
BEFORE = "outline:2px solid #b01c1f;background:#fbe3e1;color:#000;text-decoration:line-through;scroll-margin:35vh"
AFTER = "outline:2px solid #23603c;background:#dff0e2;color:#000;scroll-margin:35vh"
"""Looks of cells that were changed, in the version before and after."""
_MOST_MARKS = 500


def framed_page(
    markup: str,
    marks: Iterable[int] = (),
    look: str = MARK,
    images: Mapping[int, bytes] | None = None,
    styles: str = "",
) -> str:
    """Return a whole page with cleaned markup; the cells with the numbers `marks` have a look.

    `images` are kept images by their number in the markup, `styles` the cleaned style sheet of the page.
    """
    markup = put_images(markup, images or {})
    ids = ",".join(f"#c{number:d}" for number in list(marks)[:_MOST_MARKS])
    style = f"{_LOOK}\n{styles}\n{_UNHIDDEN}" if styles else _LOOK
    if ids:
        style += f"{ids}{{{look.replace(';', '!important;')}!important}}"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>公开</title>'
        f"<style>{style}</style></head><body>{markup}</body></html>\n"
    )
