"""What one PDF (or OFD) may cost: pages, characters, operators and unpacked bytes, counted as they are used.

A real report has fewer than 60 pages and some 60,000 characters, and unpacks to a few megabytes.
The bounds lie far above that, and far below what a file made to hurt would take.
"""

from __future__ import annotations

from gongkai.extract.model.document import TooLarge

MAX_BYTES = 64 * 1024 * 1024
MAX_PAGES = 300
MAX_LISTED_PAGES = 2_000
"""Up to this many pages a file is looked into to say what it is; above it is refused."""

_MOST = {
    "bytes": (96 * 1024 * 1024, "解压后超过 {n} 字节 it unpacks to more than {n} bytes"),
    "tokens": (1_500_000, "对象过多 more than {n} tokens outside the pages"),
    "operators": (1_500_000, "绘图指令超过 {n} 条 more than {n} drawing operators"),
    "characters": (400_000, "文字超过 {n} 个 more than {n} characters"),
    "rules": (100_000, "线条超过 {n} 条 more than {n} lines"),
    "forms": (5_000, "嵌套图形超过 {n} 个 more than {n} nested drawings"),
}


class Budget:
    """Counts what a document has used. `spend` raises TooLarge with the reason."""

    def __init__(self, kind: str = "PDF") -> None:
        self._kind = kind
        self._left = {name: most for name, (most, _) in _MOST.items()}

    def left(self, name: str) -> int:
        """How much of `name` may still be used."""
        return self._left[name]

    def spend(self, name: str, amount: int = 1) -> None:
        """Use `amount` of `name`. Raises TooLarge where that is more than is left."""
        self._left[name] -= amount
        if self._left[name] < 0:
            most, why = _MOST[name]
            raise TooLarge(f"{self._kind} " + why.format(n=most))
