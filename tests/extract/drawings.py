"""Pictures inside a Word file, as Word writes them."""

from __future__ import annotations

from gongkai.extract.forms import SECTIONS
from tests.extract.printed_forms import TITLE
from tests.printing.word import NAMESPACES, OFFICE, PACKAGE, RELATIONS, packed, paragraph

FIRST, SECOND = b"\x89PNG first" * 600, b"\xff\xd8\xff second" * 600


def drawing(name: str, wide: int = 5_000_000) -> str:
    return f'<w:p><w:r><w:drawing><wp:inline><wp:extent cx="{wide}" cy="2000000"/><a:blip r:embed="{name}"/></wp:inline></w:drawing></w:r></w:p>'


def word(pictures: str, first: bytes = FIRST) -> bytes:
    """A report whose tables are whatever stands in `pictures`; r1 is the `first` of them."""
    body = paragraph(TITLE["2021"]) + "".join(
        paragraph(heading) + paragraph(f"第{number}部分的文字说明。")
        for number, heading in SECTIONS
    )
    relations = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/image" Target="{target}"/>'
        for name, target in (("r1", "media/b.png"), ("r2", "/word/media/a.jpeg"), ("r3", "../NULL"))
    )
    return packed(
        {
            "_rels/.rels": RELATIONS,
            "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}{pictures}</w:body></w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
            "word/media/a.jpeg": SECOND,
            "word/media/b.png": first,
        }
    )
