"""What is read back from metadata records, under the names that older files have."""

from __future__ import annotations

import json

from gongkai.crawler.warc.compose import compose_note
from gongkai.crawler.warc.parse import gzip_members, parse_record
from gongkai.crawler.warc.snapshot import note_fields, read_note
from gongkai.crawler.warc.tables.page_notes import PageNote, PendingLink

ID = "0123456789abcdef0123456789abcdef"
HOME = "http://www.pingluo.gov.cn/"
NOTE = PageNote(
    snapshot=ID,
    url=f"{HOME}a.html",
    site="pingluo",
    outcome="attachments_only",
    role="article",
    referrer=HOME,
    is_report=True,
    misses=1,
    pending=(PendingLink(f"{HOME}a.pdf", "document", False),),
)


def test_a_note_is_read_back_from_the_names_that_files_have(tmp_path):
    record = compose_note(ID, NOTE.url, "2026-01-20T02:00:00Z", note_fields(NOTE))
    path = tmp_path / "note.warc.gz"
    path.write_bytes(record)
    with path.open("rb") as file:
        ((_, _, content),) = gzip_members(file)
    parsed = parse_record(content)
    assert json.loads(parsed.payload) == {
        "outcome": "attachments_only",
        "role": "article",
        "via": HOME,
        "report": True,
        "misses": 1,
        "leads": [[f"{HOME}a.pdf", "document", False]],
    }
    assert read_note(parsed, "pingluo") == NOTE
