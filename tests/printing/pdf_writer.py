"""Small PDF files by hand: objects, pages, fonts that are not embedded, and every kind of harm."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

A4 = (595.0, 842.0)


def runs(data: bytes) -> bytes:
    """Bytes as literal runs of up to 128, the way RunLengthDecode reads them."""
    pieces = [data[start : start + 128] for start in range(0, len(data), 128)]
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces) + b"\x80"


def lines_of_digits(data: bytes) -> bytes:
    """Hexadecimal digits in lines, the last one left out where it is 0."""
    digits = data.hex().encode().removesuffix(b"0")
    return b"\r\n".join(digits[start : start + 77] for start in range(0, len(digits), 77)) + b" >"


PACKERS: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "flate": ("FlateDecode", zlib.compress),
    "runs": ("RunLengthDecode", runs),
    "base85": ("ASCII85Decode", lambda data: base64.a85encode(data, wrapcol=80) + b"~>"),
    "hex": ("ASCIIHexDecode", lines_of_digits),
}


@dataclass
class Pdf:
    """A PDF under construction. Objects are numbered as they are added."""

    objects: list[bytes] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)  # characters -> codes, identity encoding
    encoding: str = "identity"  # identity, ucs2, gbk, type3
    packed: str = "flate"  # flate, hex, base85, runs, all

    def add(self, body: bytes | str) -> int:
        """Add an object; its number."""
        self.objects.append(body.encode("latin-1") if isinstance(body, str) else body)
        return len(self.objects)

    def stream(self, data: bytes, extra: str = "") -> int:
        """Add a stream."""
        if self.packed:
            names = PACKERS if self.packed == "all" else (self.packed,)
            for name in names:
                data = PACKERS[name][1](data)
            filters = "".join(f"/{PACKERS[name][0]}" for name in reversed(tuple(names)))
            extra += f"/Filter[{filters}]"
        return self.add(
            b"<<%s/Length %d>>stream\n%s\nendstream" % (extra.encode(), len(data), data)
        )

    def page(
        self,
        content: bytes,
        size: tuple[float, float] = A4,
        rotate: int = 0,
        resources: str = "",
        extra: str = "",
    ) -> None:
        """Add a page; the font F1 is there. Page tree and fonts are written by `bytes`."""
        number = self.stream(content)
        self.pages.append(number)
        self.objects.append(
            f"{size[0]:g} {size[1]:g}|{rotate}|{number}|{resources}|{extra}".encode("latin-1")
        )

    def text(self, text: str) -> bytes:
        """A string operand that draws `text` in F1."""
        if self.encoding == "ucs2":
            return b"<" + text.encode("utf-16-be").hex().encode() + b">"
        if self.encoding == "gbk":
            return b"<" + text.encode("gbk").hex().encode() + b">"
        codes = [self.used.setdefault(char, len(self.used) + 33) for char in text]
        return b"<" + b"".join(b"%04x" % code for code in codes) + b">"

    def _font(self) -> int:
        system = "/CIDSystemInfo<</Registry(Adobe)/Ordering({})/Supplement 2>>"
        if self.encoding in ("ucs2", "gbk"):
            name, cmap = {"ucs2": ("STSong-Light", "UniGB-UCS2-H"), "gbk": ("SimSun", "GBK-EUC-H")}[
                self.encoding
            ]
            narrow = "/W[1 95 500 814 939 500]"
            below = self.add(
                f"<</Type/Font/Subtype/CIDFontType0/BaseFont/{name}{system.format('GB1')}/DW 1000{narrow}>>"
            )
            return self.add(
                f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/{cmap}/DescendantFonts[{below} 0 R]>>"
            )
        widths = " ".join(f"{code} [500]" for char, code in self.used.items() if ord(char) < 256)
        below = self.add(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/Paper{system.format('Identity')}/DW 1000/W[{widths}]>>"
        )
        unicode = self.stream(to_unicode(self.used))
        return self.add(
            "<</Type/Font/Subtype/Type0/BaseFont/Paper/Encoding/Identity-H"
            f"/DescendantFonts[{below} 0 R]/ToUnicode {unicode} 0 R>>"
        )

    def bytes(self, catalog: str = "", trailer: str = "") -> bytes:
        """The whole file with its object table."""
        font = self._font()
        tree = len(self.objects) + 1
        for number in self.pages:
            size, rotate, content, resources, extra = (
                self.objects[number].decode("latin-1").split("|")
            )
            turned = f"/Rotate {rotate}" if rotate != "0" else ""
            self.objects[number] = (
                f"<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 {size}]{turned}/Contents {content} 0 R"
                f"/Resources<</Font<</F1 {font} 0 R>>{resources}>>{extra}>>"
            ).encode("latin-1")
        kids = " ".join(f"{number + 1} 0 R" for number in self.pages)
        self.add(f"<</Type/Pages/Kids[{kids}]/Count {len(self.pages)}>>")
        root = self.add(f"<</Type/Catalog/Pages {tree} 0 R{catalog}>>")
        return assembled(self.objects, root, trailer)


def to_unicode(used: Mapping[str, int]) -> bytes:
    """A ToUnicode map, one character a line, in portions of a hundred as the format asks."""
    lines = [f"<{code:04x}> <{char.encode('utf-16-be').hex()}>" for char, code in used.items()]
    portions = [lines[n : n + 100] for n in range(0, len(lines), 100)]
    body = "\n".join(
        f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in portions
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Paper def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{body}\nendcmap end end"
    ).encode()


def assembled(objects: Sequence[bytes], root: int, trailer: str = "") -> bytes:
    """Objects as a file, numbered from 1."""
    file = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, root, trailer.encode(), start,
    )  # fmt: skip
    return bytes(file)
