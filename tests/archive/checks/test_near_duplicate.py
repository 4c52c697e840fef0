"""`near_duplicate` on frozen texts: copies, families of copies, and what only looks alike."""

from __future__ import annotations

from collections.abc import Iterable

from gongkai.archive.checks.comparable_prose import blank_names
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.minhash import jaccard, minhash_sketch, shingles
from gongkai.archive.checks.near_duplicate import SimilarPair, near_duplicate
from gongkai.archive.checks.passages import Passage, common_passages
from tests.archive.checks.in_memory import in_memory
from tests.archive.checks.prose import text
from tests.archive.checks.reports import known


def found(texts: dict[ReportFacts, str]) -> list[SimilarPair]:
    """Compare texts as a build does, in whatever order they come."""
    cut = {
        report: shingles(blank_names(said, report.agency, report.region_code))
        for report, said in texts.items()
    }
    sketches = {report: minhash_sketch(bare) for report, bare in cut.items()}
    return [pair for each in in_memory(sketches, cut).values() for pair in each.pairs]


def pairs(twins: Iterable[SimilarPair]) -> list[tuple[str, str, int]]:
    return [(t.report.report_id, t.earlier.report_id, int(t.likeness * 100)) for t in twins]


def test_own_last_year_with_another_name_of_the_year() -> None:
    last, this = known(year=2023), known(year=2024)
    said = "平罗县教育局2023年公开工作如下。" + text(1)
    (twin,) = found({last: said, this: said.replace("2023", "2024")})
    assert (twin.report, twin.earlier, twin.likeness, twin.own) == (this, last, 1.0, True)
    finding = near_duplicate(twin, "全年")
    assert (finding.rule, finding.verdict, finding.left, finding.right) == (
        "near_duplicate",
        "source",
        "100%",
        "平罗县教育局-2023",
    )
    assert finding.message_zh == "隐去名称和年份后，正文与本机关2023年报告雷同100%（“全年”）"
    assert finding.message_en == (
        "with names and years blanked, the prose is 100% the same as the agency's own for 2023 (“全年”)"
    )


def test_another_agency_with_names_and_a_number_changed() -> None:
    one = known("平罗县教育局", published_on="2025-01-10")
    other = known("惠农区民政局", region_code="640205", published_on="2025-01-20")
    said = f"平罗县教育局{text(2)}平罗县教育局将继续公开5件。"
    copied = said.replace("平罗县教育局", "惠农区民政局").replace("公开5件", "公开8件")
    (twin,) = found({one: said, other: copied})
    assert (twin.report, twin.earlier) == (other, one)
    assert 0.95 < twin.likeness < 1
    assert near_duplicate(twin, "").verdict == "source"
    assert "与平罗县教育局2024年报告雷同" in near_duplicate(twin, "").message_zh


def test_who_was_first_is_open_when_no_date_says_so() -> None:
    one, other = known("平罗县教育局"), known("平罗县民政局")
    (twin,) = found({one: text(3), other: text(3)})
    assert near_duplicate(twin, "").verdict == "unsure"


def test_a_family_is_measured_against_its_first() -> None:
    texts = {
        known(f"平罗县第{n}中学", published_on=f"2025-01-{n:02}"): text(4) for n in range(10, 20)
    }
    assert pairs(found(texts)) == [
        (f"平罗县第{n}中学-2024", "平罗县第10中学-2024", 100) for n in range(11, 20)
    ]


def test_different_texts_are_not_twins() -> None:
    assert found({known(f"平罗县第{n}中学"): text(n) for n in range(40)}) == []


def test_every_pair_alike_enough_is_found() -> None:
    """The sketch is a way to look, not a judge: none of 200 edited copies is missed."""
    missed = []
    for seed in range(200):
        one, other = known("平罗县教育局"), known("平罗县民政局")
        said = text(seed)
        edited = said[:-30] + text(seed + 1000)[:30]
        if jaccard(shingles(said), shingles(edited)) >= 0.85 and not found(
            {one: said, other: edited}
        ):
            missed.append(seed)
    assert missed == []


def test_likeness_is_the_share_of_common_pieces() -> None:
    assert jaccard(shingles("甲乙丙丁戊己"), shingles("甲乙丙丁戊庚")) == 1 / 3
    assert jaccard(shingles("甲乙丙丁"), shingles("甲乙丙丁")) == 0.0  # too short for a piece
    assert (len(minhash_sketch(shingles(text(5)))), minhash_sketch(shingles(text(5)))) == (
        384,
        minhash_sketch(shingles(text(5))),
    )


def test_sketches_are_the_same_everywhere() -> None:
    """They are kept in the archive: another version of the library must not change them."""
    assert minhash_sketch(shingles("公开政府信息，接受社会监督。"))[:8].hex() == "00a58703ae698631"


def test_passages_are_in_the_words_of_each() -> None:
    here = "一、平罗县教育局2024年严格落实公开制度，及时更新栏目内容。共办理5件。我局另设专线，欢迎来电监督。"
    there = "首先说明。惠农区民政局2023年严格落实公开制度，及时更新栏目内容。共办理8件。我局另设专线，欢迎来电监督。"
    assert common_passages(
        here.removeprefix("一、"),
        there,
        lambda words: blank_names(words, "平罗县教育局", "640221"),
        lambda words: blank_names(words, "惠农区民政局", "640205"),
    ) == (
        Passage(
            "平罗县教育局2024年严格落实公开制度，及时更新栏目内容。",
            "惠农区民政局2023年严格落实公开制度，及时更新栏目内容。",
        ),
        Passage("我局另设专线，欢迎来电监督。", "我局另设专线，欢迎来电监督。"),
    )
