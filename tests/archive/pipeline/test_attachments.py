"""An article and its attachments are one report; the attachment takes what only the article says."""

from __future__ import annotations

import pytest

from tests.archive.folder import Folder, report_page

ARTICLE, FILE = "/zwgk/202501/t20250120_1.html", "/zwgk/202501/P020250120.pdf"
LINK = '<a href="./P020250120.pdf#page=1">附件</a>'


def article(agency: str = "平罗县教育局", **changes: str) -> bytes:
    """A page with a report and a link to its attachment."""
    return report_page(agency, **changes).replace(b"</body>", f"{LINK}</body>".encode())


def nameless(template: str = "") -> bytes:
    """A report that names neither its agency nor a publishing date."""
    body = report_page("", template=template, new__total="5")
    return body.replace(b"2025-01-20 10:00", b"")


def shown(folder: Folder) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    reports = folder.rows(
        "SELECT a.name, r.year, r.published_on, r.url FROM reports r"
        " JOIN agencies a ON a.id = r.agency_id ORDER BY a.name, r.year"
    )
    return reports, folder.rows("SELECT url, role FROM copies ORDER BY url")


@pytest.mark.parametrize("order", ["article first", "attachment first", "one build"])
def test_nameless_attachment_belongs_to_its_article(folder: Folder, order: str) -> None:
    fetches = [(ARTICLE, article()), (FILE, nameless())]
    if order == "attachment first":
        fetches.reverse()
    urls = {}
    for minute, (path, body) in enumerate(fetches):
        urls[path] = folder.fetch(f"2025-01-21T02:{minute:02}:00Z", path, body).url
        if order != "one build":
            folder.build()
    folder.build()

    assert shown(folder) == (
        [("平罗县教育局", 2024, "2025-01-20", urls[ARTICLE])],
        [(urls[FILE], "attachment")],
    )
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def test_complete_attachment_stands_for_a_partial_article(folder: Folder) -> None:
    page = article(new__total="x", carried_in__total="y")
    first = folder.fetch("2025-01-21T02:00:00Z", ARTICLE, page)
    better = report_page()
    second = folder.fetch("2025-01-21T02:01:00Z", FILE, better)

    folder.build()

    reports, copies = shown(folder)
    assert (reports[0][3], copies) == (second.url, [(first.url, "page")])
    assert folder.rows("SELECT status FROM reports") == [("complete",)]
    assert folder.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_attachment_follows_when_its_article_is_corrected(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, article("平罗县民政局"))
    folder.fetch("2025-01-21T02:01:00Z", FILE, nameless())
    folder.build()
    folder.fetch("2025-01-22T02:00:00Z", ARTICLE, article("平罗县教育局"))
    folder.fetch("2025-01-23T02:00:00Z", ARTICLE, article("平罗县教育局"))

    folder.build()

    assert folder.rows(
        "SELECT a.name, r.status FROM reports r JOIN agencies a ON a.id = r.agency_id ORDER BY 1"
    ) == [("平罗县教育局", "complete"), ("平罗县民政局", "removed")]
    assert [role for _, role in shown(folder)[1]] == ["attachment"]
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def shell(agency: str = "平罗县教育局") -> bytes:
    """A page that says nothing but the title, over a link to its attachment."""
    title = f"{agency}2024年政府信息公开工作年度报告"
    date = '<meta name="PubDate" content="2025-01-20 10:00">'
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title>"
        f"<meta name='ArticleTitle' content='{title}'>{date}</head>"
        f"<body><h1>{title}</h1>{LINK}</body></html>"
    ).encode()


def test_page_that_only_links_stands_until_its_attachment_is_read(folder: Folder) -> None:
    page = folder.fetch("2025-01-21T02:00:00Z", ARTICLE, shell())
    folder.build()

    assert shown(folder) == ([("平罗县教育局", 2024, "2025-01-20", page.url)], [])
    assert folder.rows("SELECT status, checks_failed FROM reports") == [("unreadable", 0)]
    assert folder.rows("SELECT * FROM requests") == []

    folder.fetch("2025-01-22T02:00:00Z", ARTICLE, shell())
    file = folder.fetch("2025-01-22T02:01:00Z", FILE, nameless())
    folder.build()

    assert shown(folder) == (
        [("平罗县教育局", 2024, "2025-01-20", file.url)],
        [(page.url, "page")],
    )
    assert folder.rows("SELECT status FROM reports") == [("complete",)]
    assert folder.rows("SELECT * FROM changes") == []
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def test_attachment_without_any_article_is_nobodys(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", FILE, nameless(), site="zhongwei")

    built = folder.build()

    assert (len(built.unattributed), shown(folder)) == (1, ([], []))


@pytest.mark.parametrize("href", ["javascript:void(0)", "http://[", "", "#top", "mailto:a@b"])
def test_links_that_lead_nowhere_attach_nothing(folder: Folder, href: str) -> None:
    body = report_page().replace(b"</body>", f'<a href="{href}">附件.pdf</a></body>'.encode())
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, body)
    folder.fetch("2025-01-21T02:01:00Z", FILE, nameless(), site="zhongwei")

    folder.build()

    assert [name for name, *_ in shown(folder)[0]] == ["平罗县教育局"]


def test_page_and_attachment_that_disagree_are_told(folder: Folder) -> None:
    page = article(new__total="9")
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, page)
    second = folder.fetch("2025-01-21T02:01:00Z", FILE, nameless())
    folder.build()

    (check,) = folder.rows(
        "SELECT scope, left_value, right_value, message_zh FROM checks WHERE rule = 'readings_disagree'"
    )
    assert check[:3] == ("requests", "9", "5")
    assert second.url in check[3]
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def nobodys_page() -> bytes:
    """A complete report that names no agency, in an article template that names the county."""
    trail = "<body><div>当前位置：首页 &gt; 政务公开 &gt; 县政府 &gt; 政府信息公开年报</div>"
    return report_page("", new__total="8").replace(b"<body>", trail.encode(), 1)


def test_page_without_any_name_does_not_replace_the_own_report_of_the_government(
    folder: Folder,
) -> None:
    """Seen: the report of a town, published under the name of its county, stood for the county."""
    own = folder.fetch(
        "2025-01-21T02:00:00Z", ARTICLE, report_page("平罗县人民政府", new__total="x")
    )
    folder.build()
    other = folder.fetch("2025-01-21T02:01:00Z", "/zwgk/202502/t20250206_2.html", nobodys_page())
    folder.build()

    reports, copies = shown(folder)
    assert [(name, url) for name, _, _, url in reports] == [("平罗县人民政府", own.url)]
    assert copies == [(other.url, "page")]
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def test_page_without_any_name_disagrees_with_the_own_report_of_the_government(
    folder: Folder,
) -> None:
    own = report_page("平罗县人民政府", new__total="3")
    folder.fetch("2025-01-21T02:00:00Z", "/zwgk/202502/t20250206_2.html", nobodys_page())
    folder.fetch("2025-01-21T02:01:00Z", ARTICLE, own)
    folder.build()
    assert folder.rows(
        "SELECT scope, left_value, right_value FROM checks WHERE rule = 'readings_disagree'"
    ) == [("requests", "3", "8")]


def test_file_with_a_chinese_name_belongs_to_its_article(folder: Folder) -> None:
    link = '<a href="./附件 1.pdf">附件</a>'
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, shell().replace(LINK.encode(), link.encode()))
    path = "/zwgk/202501/%E9%99%84%E4%BB%B6%201.pdf"  # as it is asked for
    file = folder.fetch("2025-01-21T02:01:00Z", path, nameless())
    folder.build()
    assert shown(folder)[0] == [("平罗县教育局", 2024, "2025-01-20", file.url)]


@pytest.mark.parametrize(
    ("place", "agency"), [("平罗县", "平罗县教育局"), ("平罗县财政局", "平罗县财政局")]
)
def test_attachment_that_names_only_a_place_belongs_to_its_article(
    folder: Folder, place: str, agency: str
) -> None:
    """平罗县2024年…年度报告 below the page of 平罗县教育局 is that of the bureau."""
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, shell())
    folder.fetch("2025-01-21T02:01:00Z", FILE, report_page(place))
    folder.build()
    reports = [(name, url.rpartition("/")[2]) for name, _, _, url in shown(folder)[0]]
    assert (agency, FILE.rpartition("/")[2]) in reports
    assert "平罗县人民政府" not in dict(reports)
