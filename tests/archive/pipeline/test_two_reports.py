"""A government may have two reports for a year: its office's in January, the compiled one until March."""

from __future__ import annotations

import pytest

from tests.archive.folder import Folder, report_page

GOVERNMENT = "平罗县人民政府"


def keep(folder: Folder, path: str, agency: str, published: str, new: str) -> None:
    """Keep a page of a report for 2024 with a number of new requests."""
    body = report_page(agency, new__total=new, template=path)
    folder.fetch(
        f"2025-04-01T02:00:0{path[1]}Z", path, body.replace(b"2025-01-20", published.encode())
    )


def disagreeing(folder: Folder) -> int:
    return folder.rows("SELECT count(*) FROM checks WHERE rule = 'readings_disagree'")[0][0]


def test_two_pages_of_one_title_do_not_contradict_each_other(folder: Folder) -> None:
    """贵阳 published for 2021 on 29 January and on 10 March. The compiled report stands."""
    keep(folder, "/1.html", GOVERNMENT, "2025-01-24", "5")
    keep(folder, "/2.html", GOVERNMENT, "2025-03-20", "60")
    folder.build()
    assert disagreeing(folder) == 0
    assert folder.rows("SELECT published_on, requests_new FROM report_summary") == [
        ("2025-03-20", 60)
    ]
    assert len(folder.rows("SELECT * FROM copies")) == 1


def test_two_titles_are_two_reports(folder: Folder) -> None:
    keep(folder, "/1.html", f"{GOVERNMENT}（县人民政府办公室）", "2025-01-24", "5")
    keep(folder, "/2.html", GOVERNMENT, "2025-03-20", "60")
    folder.build()
    assert disagreeing(folder) == 0
    assert folder.rows("SELECT kind, requests_new FROM report_summary ORDER BY kind") == [
        ("government", 60),
        ("office", 5),
    ]
    found = folder.rows("SELECT status FROM coverage WHERE report_id IS NOT NULL")
    assert found == [("found",)] * 2
    assert folder.rows("SELECT * FROM checks WHERE rule = 'deadline'") == []


@pytest.mark.parametrize(
    ("agency", "first", "second"),
    [
        # a department has one report a year
        ("平罗县教育局", ("2025-01-24", "5"), ("2025-03-20", "60")),
        # both in January, both after it
        (GOVERNMENT, ("2025-01-24", "5"), ("2025-01-28", "60")),
        (GOVERNMENT, ("2025-03-01", "5"), ("2025-03-20", "60")),
        # the later one does not contain the other
        (GOVERNMENT, ("2025-01-24", "60"), ("2025-03-20", "5")),
        ("平罗县城关镇人民政府", ("2025-01-24", "5"), ("2025-03-20", "60")),
    ],
)
def test_others_still_contradict(
    folder: Folder, agency: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    keep(folder, "/1.html", agency, *first)
    keep(folder, "/2.html", agency, *second)
    folder.build()
    assert disagreeing(folder) == 1
