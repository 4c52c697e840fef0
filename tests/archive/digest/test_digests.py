"""Digests by mail, against a mail server on loopback."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from gongkai.archive.digest import mail_server
from gongkai.archive.digest.digest_ledger import open_ledger
from gongkai.archive.digest.digest_mail import Sender
from gongkai.archive.digest.mail_server import MailServer
from gongkai.archive.digest.send_digests import DigestJob, DigestResult, send_digests
from gongkai.archive.digest.subscribers import read_subscribers
from gongkai.archive.errors import ArchiveError
from gongkai.archive.store import search
from gongkai.archive.store.database import transaction, writer
from gongkai.archive.store.names import name_index
from gongkai.catalogue import text
from tests.archive.digest.mail_stub import Postbox, post_office
from tests.publish.samples import HOSTILE, HOSTILE_AGENCY, HUITONG, PINGLUO, samples
from tests.publish.small_archive import fill, keep

ADDRESS = "editor@example.org"
FILE = f"""
[[subscriber]]
address = "{ADDRESS}"
language = "en"
searches = ["林业 -税务"]
"""
EVERYTHING = f"""
[[subscriber]]
address = "{ADDRESS}"
searches = ["plgxj", "/search?q=%E5%85%AC%E5%BC%80&region=640000"]
tables = ["rows=region&region=430000&m=refused&m=refusal_rate", "https://example.org/table?year=2023&page=2"]
agencies = ["{PINGLUO}"]
regions = ["430000", "640000"]
rules = ["requests_balance"]
"""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a first night: one report."""
    path = tmp_path_factory.mktemp("first") / "archive.db"
    _put(path, (), fresh=True)
    return path


def _put(path: Path, ids: tuple[str, ...], *, fresh: bool = False) -> None:
    with writer(path) as conn, transaction(conn):
        every = {sample.id: sample for sample in samples()}
        if fresh:
            fill(conn, [every["410703-gongyehexinxihuaju-2b3c-2024"]])
        for report in ids:
            keep(conn, every[report])
        search.rebuild_index(conn)
        name_index.write_names(conn)


@pytest.fixture
def db(first: Path, tmp_path: Path) -> Path:
    """The archive after its first night, of which nobody is told."""
    return Path(shutil.copy(first, tmp_path))


@pytest.fixture
def box() -> Iterator[Postbox]:
    with post_office() as opened:
        yield opened


def night(db: Path, box: Postbox, written: str = FILE) -> DigestResult:
    file = db.with_name("subscribers.toml")
    file.write_text(written, encoding="utf-8")
    sender = Sender.parse("公开 <archive@example.org>", "", "https://example.org/gongkai")
    return send_digests(
        db, DigestJob(read_subscribers(file), sender, MailServer.parse(box.address))
    )


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_the_first_night_tells_nobody_and_the_next_what_is_new(db: Path, box: Postbox) -> None:
    assert night(db, box) == DigestResult(without_news=1)
    _put(db, (f"{HUITONG}-2020", f"{PINGLUO}-2024"))

    assert night(db, box) == DigestResult(sent=1)

    ((recipient, mail),) = box.mails
    assert recipient == mail["To"] == ADDRESS
    assert mail["From"] == "公开 <archive@example.org>"
    assert mail["Subject"] == "Open government reports: 1 new item"
    assert mail["List-Unsubscribe"] == "<mailto:archive@example.org?subject=unsubscribe>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain = part(mail, "plain")
    assert "Reports that match “林业 -税务” (1)" in plain
    assert "会同县林业局2020年政府信息公开工作年度报告" in plain
    assert f"https://example.org/gongkai/en/report/{HUITONG}-2020" in plain
    html = part(mail, "html")
    assert f'<a href="https://example.org/gongkai/en/report/{HUITONG}-2020" lang="zh">' in html


def test_no_news_is_told_twice(db: Path, box: Postbox) -> None:
    night(db, box)
    _put(db, (f"{HUITONG}-2020",))
    assert [night(db, box).sent for _ in range(3)] == [1, 0, 0]
    with closing(sqlite3.connect(db)) as conn, conn:  # another document stands for the report
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("UPDATE reports SET digest = 'sha256:other' WHERE agency_id = ?", [HUITONG])
    assert [night(db, box).sent for _ in range(2)] == [1, 0]


def test_each_kind_of_subscription(db: Path, box: Postbox) -> None:
    night(db, box, EVERYTHING)
    _put(db, (f"{PINGLUO}-2023", f"{HUITONG}-2020"))

    assert night(db, box, EVERYTHING).sent == 1

    plain = part(box.mails[0][1], "plain")
    heads = [line for line in plain.splitlines() if line.endswith(")") and line[0] not in "- "]
    assert heads == [
        "检索“plgxj”所得的报告 (1)",
        "检索“公开”所得的报告 (1)",
        "表中的报告 · 湖南省 · 不予公开、不予公开率 (1)",
        "表中的报告 · 2023 · 办结、不予公开、不予公开率 (1)",
        "平罗县工业和信息化局 · 新报告 (1)",
        "平罗县工业和信息化局 · 核对未通过 (5)",
        "湖南省 · 新报告 (1)",
        "宁夏回族自治区 · 新报告 (1)",
        "宁夏回族自治区 · 核对未通过 (5)",
        "收办平衡 · 核对未通过 (2)",
    ]
    lines = plain.splitlines()
    assert "https://example.org/gongkai/table?year=2023" in lines
    own = "rows=region&m=refused&m=refusal_rate&region=430000"
    assert f"https://example.org/gongkai/table?{own}" in lines


def test_a_refused_digest_is_sent_the_next_night_with_what_came_since(
    db: Path, box: Postbox
) -> None:
    night(db, box, EVERYTHING)
    _put(db, (f"{PINGLUO}-2024",))
    for refused in ({"RCPT": "450 later"}, {"MAIL": ""}, {"DATA": "451 no"}, {".": "554 spam"}):
        box.refuses = refused
        done = night(db, box, EVERYTHING)
        assert (done.sent, len(done.problems), box.mails) == (0, 1, [])
        assert ADDRESS in text("en", done.problems[0])
    box.refuses = {}
    _put(db, (f"{PINGLUO}-2023",))

    assert [night(db, box, EVERYTHING).sent for _ in range(2)] == [1, 0]

    plain = part(box.mails[0][1], "plain")
    assert "平罗县工业和信息化局 2024 年" in plain
    assert "平罗县工业和信息化局 2023 年" in plain


def test_one_that_may_have_arrived_is_not_sent_again(db: Path, box: Postbox) -> None:
    """The server hangs up after the whole message."""
    night(db, box)
    _put(db, (f"{HUITONG}-2020",))
    box.refuses = {".": ""}
    done = night(db, box)
    assert (done.sent, [each.key for each in done.problems]) == (0, ["digest_uncertain"])
    box.refuses = {}
    assert night(db, box).sent == 0


def test_one_that_was_on_its_way_when_the_program_was_killed_is_not_sent_again(
    db: Path, box: Postbox
) -> None:
    night(db, box)
    _put(db, (f"{HUITONG}-2020",))
    with open_ledger(db) as ledger:
        ledger.note_night({"versions": [f"{HUITONG}-2020 x"]})
        ledger.begin(ADDRESS, 0, 1)
    done = night(db, box)
    assert [each.key for each in done.problems] == ["digest_interrupted"]


def test_no_server_is_a_problem_of_the_night(db: Path, box: Postbox) -> None:
    night(db, box)
    _put(db, (f"{HUITONG}-2020",))
    box.address = "smtp://127.0.0.1:1"
    (problem,) = night(db, box).problems
    assert problem.key == "digest_not_sent"


@pytest.mark.parametrize("endless", [b"220-go on\r\n", b"2", b"2" * 9000])
def test_a_server_that_goes_on_for_ever_is_left(
    db: Path, box: Postbox, monkeypatch: pytest.MonkeyPatch, endless: bytes
) -> None:
    night(db, box)
    _put(db, (f"{HUITONG}-2020",))
    monkeypatch.setattr(mail_server, "ANSWER_SECONDS", 0.5)
    box.endless = endless
    other = FILE.replace(ADDRESS, "new@example.org")
    problems = night(db, box, FILE + other).problems
    assert [problem.key for problem in problems] == ["digest_not_sent"] * 2
    assert box.met == 1
    box.endless = b""
    assert night(db, box, FILE + other).sent == 2
    assert [recipient for recipient, _ in box.mails] == [ADDRESS, "new@example.org"]


def test_a_new_subscriber_is_told_of_this_night(db: Path, box: Postbox) -> None:
    night(db, box)
    _put(db, (f"{PINGLUO}-2024",))
    night(db, box)
    _put(db, (f"{HUITONG}-2020",))
    other = FILE.replace(ADDRESS, "new@example.org").replace("林业 -税务", "q=公开")
    assert night(db, box, FILE + other).sent == 2
    plain = part(dict(box.mails)["new@example.org"], "plain")
    assert "会同县林业局" in plain
    assert "平罗县" not in plain


def test_what_reports_say_stays_text(db: Path, box: Postbox) -> None:
    written = f'[[subscriber]]\naddress = "{ADDRESS}"\nregions = ["640000"]\n'
    night(db, box, written)
    _put(db, (f"{HOSTILE_AGENCY}-2024",))
    night(db, box, written)
    mail = box.mails[0][1]
    assert HOSTILE in part(mail, "plain")
    assert "<script" not in part(mail, "html")
    assert "<img" not in part(mail, "html")


def test_what_the_archive_does_not_have_is_named(db: Path, box: Postbox) -> None:
    written = (
        f'[[subscriber]]\naddress = "{ADDRESS}"\nregions = ["999999"]\nagencies = ["nobody"]\n'
        'tables = ["region=999999", "agency=nobody"]\n'
    )
    assert [each.key for each in night(db, box, written).problems] == ["digest_unknown"] * 4


@pytest.mark.parametrize(
    "written",
    [
        '[[subscriber]]\naddress = "a@example.org\\nBcc: b@example.org"\nregions = ["640000"]\n',
        '[[subscriber]]\naddress = "A <a@example.org>"\nregions = ["640000"]\n',
        '[[subscriber]]\naddress = "a@example.org, b@example.org"\nregions = ["640000"]\n',
        '[[subscriber]]\naddress = "a"\nregions = ["640000"]\n',
        '[[subscriber]]\nregions = ["640000"]\n',
        '[[subscriber]]\naddress = "a@example.org"\n',
        '[[subscriber]]\naddress = "a@example.org"\nlanguage = "de"\nregions = ["640000"]\n',
        '[[subscriber]]\naddress = "a@example.org"\nregion = ["640000"]\n',
        '[[subscriber]]\naddress = "a@example.org"\nregions = [640000]\n',
        '[[subscriber]]\naddress = "a@example.org"\nrules = ["none"]\n',
        '[[subscriber]]\naddress = "a@example.org"\nsearches = ["q=a&region=x"]\n',
        '[[subscriber]]\naddress = "a@example.org"\nsearches = [""]\n',
        '[[subscriber]]\naddress = "a@example.org"\nsearches = ["' + "a" * 201 + '"]\n',
        '[[subscriber]]\naddress = "a@example.org"\ntables = ["refused"]\n',
        '[[subscriber]]\naddress = "a@example.org"\ntables = ["m=best"]\n',
        '[[subscriber]]\naddress = "a@example.org"\ntables = ["/table?year=x"]\n',
        '[[subscriber]]\naddress = "a@example.org"\ntables = ["'
        + "&".join(f"year={y}" for y in range(1, 30))
        + '"]\n',
        2 * '[[subscriber]]\naddress = "a@example.org"\nregions = ["640000"]\n',
        "[subscriber]\n",
        "other = 1\n",
        "not toml",
    ],
)
def test_a_wrong_file_is_refused_before_the_night(tmp_path: Path, written: str) -> None:
    file = tmp_path / "subscribers.toml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ArchiveError):
        read_subscribers(file)


@pytest.mark.parametrize(
    ("mail_from", "unsubscribe", "base_url"),
    [
        ("", "", "https://example.org"),
        ("A <a@example.org>\r\nBcc: b@example.org", "", "https://example.org"),
        ("a@example.org", "b@example.org\r\nX: y", "https://example.org"),
        ("a@example.org", "", ""),
        ("a@example.org", "", "https://example.org\r\n"),
    ],
)
def test_wrong_senders_are_refused(mail_from: str, unsubscribe: str, base_url: str) -> None:
    with pytest.raises(ArchiveError):
        Sender.parse(mail_from, unsubscribe, base_url)


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://example.org", "smtp://", "smtp://h:x", "smtp://h/p"]
)
def test_wrong_servers_are_refused(url: str) -> None:
    with pytest.raises(ArchiveError):
        MailServer.parse(url)


def test_servers() -> None:
    assert MailServer.parse("smtp://mail.example.org") == MailServer("mail.example.org", 25)
    assert MailServer.parse("smtps://me%40x:pw@mail.example.org", "other") == MailServer(
        "mail.example.org", 465, tls=True, user="me@x", password="pw"
    )
    assert MailServer.parse("smtp://me@h:587", "secret").password == "secret"
