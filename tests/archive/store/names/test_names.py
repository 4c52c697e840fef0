"""Names by every form that people type, and what a question stands for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.store import work_queue
from gongkai.archive.store.database import writer
from gongkai.archive.store.names import name_index
from gongkai.archive.store.names.english_terms import terms
from gongkai.archive.store.names.name_search import find_names, words_meant
from gongkai.archive.store.names.question_rewriting import rewrite
from gongkai.archive.store.names.short_forms import full_names
from gongkai.archive.store.search_question import parse
from gongkai.catalogue import text

REGIONS = (
    ("150000", "内蒙古自治区", "内蒙古自治区", "province", None),
    ("640000", "宁夏回族自治区", "宁夏回族自治区", "province", None),
    ("640200", "石嘴山市", "宁夏回族自治区石嘴山市", "city", "640000"),
    ("640221", "平罗县", "宁夏回族自治区石嘴山市平罗县", "county", "640200"),
    ("130000", "河北省", "河北省", "province", None),
    ("120105", "河北区", "天津市河北区", "county", None),
    ("141100", "吕梁市", "山西省吕梁市", "city", None),
    ("610100", "西安市", "陕西省西安市", "city", None),
    ("210403", "东洲区", "辽宁省抚顺市东洲区", "county", None),
)
AGENCIES = (
    ("a-gov", "平罗县人民政府", "640221", "county", "government"),
    ("a-gxj", "平罗县工业和信息化局", "640221", "county", "department"),
    ("a-jyj", "平罗县教育局", "640221", "county", "department"),
    ("a-town", "平罗县陶乐镇人民政府", "640221", "town", "government"),
    ("b-wjw", "宁夏回族自治区卫生健康委员会", "640000", "province", "department"),
    ("b-gxt", "宁夏回族自治区工业和信息化厅", "640000", "province", "department"),
    ("c-odd", '某"单位" OR x', None, "county", "office"),
    ("c-latin", "ABC Office", None, "county", "office"),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("names") / "names.db"
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("CREATE TABLE regions (code, name, full_name, level, parent_code)")
        conn.execute("CREATE TABLE agencies (id, name, region_code, level, kind)")
        conn.executemany("INSERT INTO regions VALUES (?, ?, ?, ?, ?)", REGIONS)
        conn.executemany("INSERT INTO agencies VALUES (?, ?, ?, ?, ?)", AGENCIES)
        name_index.write_names(conn)
    return path


@pytest.fixture
def conn(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("平罗县工业和信息化局", ["a-gxj"]),
        ("平罗县工信局", ["a-gxj"]),
        ("平罗工信局", ["a-gxj"]),
        ("平罗 工信局", ["a-gxj"]),
        ("宁夏回族自治区石嘴山市平罗县工业和信息化局", ["a-gxj"]),
        ("石嘴山 工信局", ["a-gxj"]),
        ("平羅縣工信局", ["a-gxj"]),
        ("信息化局", ["a-gxj"]),
        ("gxj", ["a-gxj"]),
        ("gx", ["b-gxt", "a-gxj"]),
        ("plgxj", ["a-gxj"]),
        ("plxgxj", ["a-gxj"]),
        ("pingluo gxj", ["a-gxj"]),
        ("ningxia gongxin", ["b-gxt", "a-gxj"]),
        ("Pingluo Gongxinju", ["a-gxj"]),
        ("pingluogongxinju", ["a-gxj"]),
        ("工信厅", ["b-gxt"]),
        ("宁夏卫健委", ["b-wjw"]),
        ("陶乐镇", ["a-town"]),
        ("平罗陶乐镇", ["a-town"]),
        ("平罗县政府", ["a-gov"]),
        ("平罗", ["640221", "a-gov", "a-gxj", "a-jyj", "a-town"]),
        ("pingluo", ["640221", "a-gov", "a-gxj", "a-jyj", "a-town"]),
        ("Pingluo County", ["640221", "a-gov", "a-gxj", "a-jyj", "a-town"]),
        ("pingluo education bureau", ["a-jyj"]),
        ("hebei", ["130000", "120105"]),
        ("Hebei Province", ["130000"]),
        ("hbs", ["130000"]),
        ("neimenggu", ["150000"]),
        ("内蒙古", ["150000"]),
        ("luliang", ["141100"]),
        ("lvliang", ["141100"]),
        ("lüliang", ["141100"]),
        ("xi'an", ["610100"]),
        ("Xi’an", ["610100"]),
        ("abc office", ["c-latin"]),
        ("平罗 -工信局", []),
        ("平罗 OR 河北", []),
        ("没有", []),
        ("", []),
        ("* ' --", []),
    ],
)
def test_names_are_found(conn: sqlite3.Connection, typed: str, keys: list[str]) -> None:
    assert [found.key for found in find_names(conn, typed, 10)] == keys


def test_the_best_known_come_first_and_the_number_is_bounded(conn: sqlite3.Connection) -> None:
    assert [found.key for found in find_names(conn, "平罗", 2)] == ["640221", "a-gov"]
    (region,) = find_names(conn, "pingluo", 1)
    assert (region.kind, region.name, region.place) == (
        "region",
        "平罗县",
        "宁夏回族自治区石嘴山市",
    )


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("工信局", '"工信局" OR "工业和信息化局"'),
        ("行政復議", '"行政復議" OR "行政复议"'),
        ("平羅縣工信局", '"平羅縣工信局" OR "平罗县工信局" OR "平罗县工业和信息化局"'),
        ("gxj", '"gxj" OR "工业和信息化局" OR "工信局"'),
        ("pingluo 年报", '"pingluo" OR "平罗" 年报'),
        ("hebei", '"hebei" OR "河北"'),
        ("xi'an", '"xi\'an" OR "西安"'),
        ("Refused", '"Refused" OR "不予公开"'),
        ("administrative review 2024", '"administrative review" OR "行政复议" 2024'),
        ("“administrative review”", '"administrative review" OR "行政复议"'),
        ("gxj OR 税务", '"gxj" OR "工业和信息化局" OR "工信局" OR 税务'),
        ("Shaanxi", '"Shaanxi" OR "陕西"'),
        # what stays as it was typed
        ("工业和信息化局", "工业和信息化局"),
        ("平罗", "平罗"),
        ("pdf -gxj", "pdf -gxj"),
        ("pdf NOT gxj", "pdf NOT gxj"),
        ("refused AND", '"refused" OR "不予公开" AND'),
        ("复议 or 诉讼", "复议 or 诉讼"),
        ("administrative -review", '"administrative" OR "行政" -review'),
        ("", ""),
    ],
)
def test_what_is_searched_for(conn: sqlite3.Connection, typed: str, searched: str) -> None:
    assert rewrite(conn, typed).text == searched


def test_a_rewriting_tells_what_was_typed_and_what_is_meant(conn: sqlite3.Connection) -> None:
    (told,) = rewrite(conn, "年报 gxj").rewritings
    assert (told.typed, told.meant) == ("gxj", ("工业和信息化局", "工信局"))


WORDS = st.sampled_from(
    [
        "gxj",
        "平罗工信局",
        "refused",
        "行政復議",
        "税",
        "AND",
        "OR",
        "NOT",
        "-gxj",
        '"a review"',
        "“",
        "x",
    ]
)


@settings(deadline=None, max_examples=60)
@given(words=st.lists(WORDS | st.text(max_size=4), max_size=8))
def test_rewriting_adds_alternatives_and_takes_nothing_away(path: Path, words: list[str]) -> None:
    question = " ".join(words)
    with closing(sqlite3.connect(path)) as conn:
        asked, searched = parse(question), parse(rewrite(conn, question).text)
    typed = {token for phrase in asked.phrases for token in phrase}
    assert searched.excluded == asked.excluded
    assert typed <= {token for phrase in searched.phrases for token in phrase}


@pytest.mark.parametrize(
    "typed", ['"', "\0", "\ud800", "税" * 5000, "q " * 5000, "(" * 99, "forms : x", "\ue000"]
)
def test_nothing_typed_breaks_it(conn: sqlite3.Connection, typed: str) -> None:
    assert find_names(conn, typed, 5) == ()
    assert rewrite(conn, typed).rewritings == ()


def test_without_an_index_nothing_is_found() -> None:
    with closing(sqlite3.connect(":memory:")) as conn:
        assert find_names(conn, "平罗", 5) == ()
        assert words_meant(conn, "平罗") == ()
        assert rewrite(conn, "refused").text == '"refused" OR "不予公开"'


BODIES = ("教育局", "卫生健康局", "某委员会", "人民政府", "x" * 120)
STEPS = st.tuples(
    st.sampled_from(("640221", "640000", None)),
    st.sampled_from(BODIES),
    st.sampled_from(("county", "town", "")),
    st.booleans(),
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(builds=st.lists(st.lists(STEPS, max_size=5), min_size=2, max_size=4))
def test_it_follows_the_agencies(
    tmp_path_factory: pytest.TempPathFactory,
    builds: list[list[tuple[str | None, str, str, bool]]],
) -> None:
    path = tmp_path_factory.mktemp("names") / "archive.db"
    with writer(path) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        conn.executemany(
            "INSERT INTO regions(code, name, full_name, level, parent_code) VALUES (?, ?, ?, ?, ?)",
            [row for row in REGIONS if row[0][:2] == "64"],
        )
        for steps in builds:
            for code, body, level, stays in steps:
                key = f"{code}-{body}"
                conn.execute("DELETE FROM agencies WHERE id = ? AND ?", [key, not stays])
                conn.execute(
                    "INSERT INTO agencies(id, name, region_code, level, kind, sector)"
                    " SELECT ?, ?, ?, ?, 'department', '' WHERE ?"
                    " ON CONFLICT (id) DO UPDATE SET level = excluded.level",
                    [key, f"平罗县{body}", code, level, stays],
                )
            name_index.update_names(conn)
            assert not work_queue.queued(conn, "name")
            step_by_step = rows_of_index(conn)
            with closing(sqlite3.connect(":memory:")) as copy:
                conn.backup(copy)
                name_index.write_names(copy)
                assert rows_of_index(copy) == step_by_step


def test_an_agency_that_is_the_same_is_not_romanised(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report of it changed, which its names do not depend on."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    romanised: list[str] = []

    def note(name: str) -> tuple[str, ...]:
        romanised.append(name)
        return ()

    monkeypatch.setattr(name_index, "romanised", note)
    with closing(sqlite3.connect(copy)) as conn:
        before = rows_of_index(conn)
        name_index.write_agencies(conn, [key for key, *_ in AGENCIES])
        assert rows_of_index(conn) == before
        assert romanised == []
        conn.execute("UPDATE agencies SET kind = 'office' WHERE id = 'a-jyj'")
        name_index.write_agencies(conn, ["a-gxj", "a-jyj"])
        assert "平罗县教育局" in romanised
        assert "平罗县工业和信息化局" not in romanised


def rows_of_index(conn: sqlite3.Connection) -> tuple[list[tuple[object, ...]], ...]:
    """Return the rows of the list, and every word of the index with its place."""
    conn.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab(main, name_index, instance)"
    )
    queries = ("SELECT * FROM name_list", "SELECT * FROM temp.words ORDER BY 1, 2, 3, 4")
    return tuple(conn.execute(query).fetchall() for query in queries)


def test_other_divisions_make_it_anew(path: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(":memory:")) as conn:
        source.backup(conn)
        assert name_index.is_current(conn)
        conn.execute("UPDATE regions SET name = '平罗市' WHERE code = '640221'")
        assert not name_index.is_current(conn)
        name_index.write_names(conn)
        assert name_index.is_current(conn)
        assert [found.key for found in find_names(conn, "平罗市", 1)] == ["640221"]


def test_a_department_of_a_province_has_the_short_name_of_a_bureau() -> None:
    assert full_names()["文旅厅"] == ("文化和旅游厅",)


@pytest.mark.parametrize(
    "answer", ["disclosed", "refused", "unavailable", "rejected", "reviews", "suits", "corrected"]
)
def test_the_english_words_of_the_site_are_known(answer: str) -> None:
    label = text("en", f"answer_{answer}")
    assert tuple(label.split()) in terms()
