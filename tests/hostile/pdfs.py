"""Hostile PDF files, written by hand."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence

Maker = Callable[[], bytes]


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF with a table of its objects; the first is the catalog."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, trailer, start,
    )  # fmt: skip
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), entries, data)


def flate(data: bytes, times: int = 1, entries: bytes = b"") -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter[%s]%s" % (b"/FlateDecode" * times, entries))


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def page(
    content: bytes, resources: bytes = b"/Font<</F 5 0 R>>", more: Sequence[bytes] = ()
) -> bytes:
    """One page with a content stream object, a font (object 5) and further objects from 6 on."""
    return pdf(
        [
            CATALOG,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>>"
            % resources,
            content,
            FONT,
            *more,
        ]
    )


def pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % n for n in range(3, count + 3))
    return pdf(
        [
            CATALOG,
            b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
            *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count,
        ]
    )


def fan_out(levels: int) -> bytes:
    """Forms that draw the next form ten times, level by level."""
    forms = []
    for n in range(levels):
        below = b"/F Do " * 10 if n + 1 < levels else b"BT/F 9 Tf(x)Tj ET "
        inner = b"/XObject<</F %d 0 R>>" % (n + 7)
        forms.append(
            stream(
                below,
                b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<%s/Font<</F 5 0 R>>>>"
                % inner,
            )
        )
    return page(stream(b"/F Do"), b"/XObject<</F 6 0 R>>", forms)


def ranges(text: bytes) -> bytes:
    """A font whose ToUnicode map is `text`."""
    font = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[8 0 R]>>"
    child = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(A)/Ordering(B)/Supplement 0>>>>"
    cmap = b"/CIDInit/ProcSet findresource begin begincmap\n" + text + b"\nendcmap"
    return page(
        stream(b"BT/G 9 Tf<00410042>Tj ET"), b"/Font<</G 6 0 R>>", [font, stream(cmap), child]
    )


def locked() -> bytes:
    encrypt = b"/Encrypt<</Filter/Standard/V 1/R 2/P -1/O<%s>/U<%s>>>/ID[<00><00>]" % (
        b"41" * 32,
        b"42" * 32,
    )
    return pdf([CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"], encrypt)


_LINES = b"".join(b"%d 0 m %d 800 l S\n" % (n % 500, n % 500) for n in range(300_000))

PDFS: Mapping[str, Maker] = {
    "cut.pdf": lambda: pages(3)[:150],
    "header.pdf": lambda: b"%PDF-1.7",
    "garbage.pdf": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4000,
    "html.pdf": lambda: "<html><body><p>通知</p></body></html>".encode(),
    "locked.pdf": locked,
    "tree-loop.pdf": lambda: pdf([CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]),
    "tree-deep.pdf": lambda: pdf([CATALOG, *[b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 3) for n in range(3_000)]]),
    "xref-loop.pdf": lambda: pages(1).replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev 9"),
    "20000-pages.pdf": lambda: pages(20_000),
    "50MB.pdf": lambda: page(stream(b"BT/F 9 Tf(government information)Tj ET\n" * 1_400_000)),
    "double-flate.pdf": lambda: page(flate(bytes(1 << 30), 2)),
    "flate-text.pdf": lambda: page(flate(b"BT/F 9 Tf(x)Tj ET\n" * 20_000_000)),
    "many-filters.pdf": lambda: page(flate(b"BT ET", 200)),
    "hex.pdf": lambda: page(stream(b"41" * 20_000_000, b"/Filter/ASCIIHexDecode")),
    "runs.pdf": lambda: page(stream(b"\x81 " * 3_000_000, b"/Filter/RunLengthDecode")),
    "predictor.pdf": lambda: page(flate(bytes(1000), 1, b"/DecodeParms<</Predictor 12/Columns 2147483647>>")),
    "fan-out.pdf": lambda: fan_out(12),
    "form-loop.pdf": lambda: page(stream(b"/F Do"), b"/XObject<</F 6 0 R>>", [stream(b"/F Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 6 0 R>>>>")]),
    "unicode-range.pdf": lambda: ranges(b"1 beginbfrange<00000000><ffffffff><0041>endbfrange"),
    "unicode-ranges.pdf": lambda: ranges(b"100 beginbfrange\n" + b"<0000><ffff><0041>\n" * 20_000 + b"endbfrange"),
    "cid-range.pdf": lambda: ranges(b"1 begincidrange<00000000><7fffffff> 0 endcidrange"),
    "arrays.pdf": lambda: page(stream(b"[" * 1_000_000)),
    "dictionaries.pdf": lambda: pdf([CATALOG, b"<</A" * 100_000]),
    "strings.pdf": lambda: page(stream(b"BT/F 9 Tf(" + b"(" * 2_000_000)),
    "save.pdf": lambda: page(stream(b"q " * 3_000_000)),
    "lines.pdf": lambda: page(stream(_LINES)),
    "grid.pdf": lambda: page(stream(b"".join(b"%d 0 m %d 842 l S 0 %d m 595 %d l S\n" % (n, n, n, n) for n in range(1, 590, 3)))),
    "text-runs.pdf": lambda: page(stream(b"BT/F 9 Tf[" + b"(xxxxxxxx)1" * 400_000 + b"]TJ ET")),
    "inline-image.pdf": lambda: page(stream(b"BI/W 9/H 9 ID " + b"x" * 5_000_000)),
    "names.pdf": lambda: page(stream(b"/" + b"a" * 5_000_000 + b" Do")),
    "numbers.pdf": lambda: page(stream(b"9" * 2_000_000 + b" w")),
    "media-box.pdf": lambda: pages(1).replace(b"[0 0 9 9]", b"[9e99 x null []]"),
    "nul.pdf": lambda: pages(3).replace(b"\n", b"\0\n\0"),
    "object-stream-loop.pdf": lambda: pdf([CATALOG, stream(b"1 0 2 0", b"/Type/ObjStm/N 2/First 4/Extends 2 0 R")]),
}  # fmt: skip
