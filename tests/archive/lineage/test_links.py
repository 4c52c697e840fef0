"""Which agency follows which, on pairs of names that were met on portals, and on pairs that only look so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.lineage.bodies import AgencyLink, Body, Stated
from gongkai.archive.lineage.links import find_links, lines
from gongkai.archive.lineage.name_changes import name_changes, name_words
from gongkai.extract.chinese.agencies import describe_agency

PINGLUO = "640221"


def body(name: str, *years: int, listed: bool = False, near: str = PINGLUO) -> Body:
    return Body(name, describe_agency(name, near), frozenset(years), listed)


def told(links: list[AgencyLink]) -> list[tuple[str | None, str | None, int, str]]:
    return [(link.from_id, link.to_id, link.year, link.kind) for link in links]


@pytest.mark.parametrize(
    ("old", "last", "new", "first", "year", "kind"),
    [
        ("泾县国土资源局", 2017, "泾县自然资源和规划局", 2019, 2019, "merged"),
        ("金华市农业局", 2017, "金华市农业农村局", 2018, 2018, "merged"),
        ("慈溪市卫生和计划生育局", 2017, "慈溪市卫生健康局", 2018, 2018, "renamed"),
        ("绍兴市卫生和计划生育委员会", 2017, "绍兴市卫生健康委员会", 2019, 2019, "renamed"),
        ("黄石市环境保护局", 2018, "黄石市生态环境局", 2019, 2019, "renamed"),
        ("安庆市工商质监局", 2017, "安庆市市场监督管理局", 2019, 2019, "merged"),
        ("安庆市食品药品监督管理局", 2013, "安庆市市场监督管理局", 2018, 2018, "merged"),
        ("甘州区文化广播影视新闻出版局", 2017, "甘州区文体广电和旅游局", 2019, 2019, "merged"),
        ("武义县旅游局", 2013, "武义县旅游发展委员会", 2017, 2017, "renamed"),
        ("常德市扶贫开发办公室", 2019, "常德市乡村振兴局", 2021, 2021, "renamed"),
        ("丹江口市扶贫办", 2020, "丹江口市乡村振兴局", 2021, 2021, "renamed"),
        ("武汉市地方金融工作局", 2022, "武汉市地方金融管理局", 2025, 2025, "renamed"),
        ("武汉市金融工作办公室", 2017, "武汉市地方金融工作局", 2019, 2019, "renamed"),
        ("衢州市经济和信息化委员会", 2018, "衢州市经济和信息化局", 2019, 2019, "renamed"),
        ("苍溪县农业局", 2017, "苍溪县农业农村局", 2018, 2018, "merged"),
        ("乐清市劳动和社会保障局", 2008, "乐清市人力资源和社会保障局", 2010, 2010, "merged"),
        ("海城市大数据局", 2022, "海城市数据局", 2024, 2024, "renamed"),
        ("九台市教育局", 2013, "九台区教育局", 2014, 2014, "renamed"),
        ("蓟县财政局", 2015, "蓟州区财政局", 2017, 2016, "renamed"),
        ("九台市人民政府", 2012, "九台区人民政府", 2014, 2014, "renamed"),
        ("九台区龙嘉镇人民政府", 2015, "九台区龙嘉街道办事处", 2016, 2016, "renamed"),
    ],
)
def test_changes_that_were_met(
    old: str, last: int, new: str, first: int, year: int, kind: str
) -> None:
    links = find_links([body(old, last - 1, last, near=""), body(new, first, first + 1, near="")])
    assert told(links) == [(old, new, year, kind)]


@pytest.mark.parametrize(
    "bodies",
    [
        # both went on for years
        [body("平罗县科学技术局", 2018, 2021), body("平罗县科技和工业信息化局", 2018, 2019, 2021)],
        # both report after the reform was over
        [body("平罗县环境保护局", 2019, 2022), body("平罗县生态环境局", 2019, 2022)],
        # another division
        [body("平罗县农业局", 2017), body("大武口区农业农村局", 2019)],
        # words alone
        [body("平罗县民政局", 2017), body("平罗县水务局", 2019)],
        # two towns of one name that both exist, and one that its portal still names
        [body("平罗县城关镇", 2017, 2018), body("平罗县城关街道", 2018, 2019)],
        [body("平罗县城关镇", 2017, listed=True), body("平罗县城关街道", 2018)],
        # a government and its office
        [body("平罗县人民政府办公室", 2023), body("平罗县人民政府", 2024)],
        # too long ago
        [body("平罗县城关镇", 2012), body("平罗县城关街道", 2018)],
    ],
)
def test_bodies_that_do_not_follow_each_other(bodies: list[Body]) -> None:
    assert find_links(bodies) == []


def test_bodies_of_a_division_that_was_joined_to_another_go_into_its_bodies() -> None:
    """浙政发〔2021〕7号: both districts reported before, and 拱墅区 lives on."""
    old, new = body("下城区教育局", *range(2016, 2021)), body("拱墅区教育局", *range(2016, 2024))
    links = find_links([old, new])
    assert told(links) == [(old.id, new.id, 2021, "merged")]
    assert lines(links) == {}


def test_two_divisions_that_became_a_new_one_have_one_line() -> None:
    """国函〔2020〕81号: 蓬莱市 and 长岛县 became 蓬莱区."""
    bodies = [
        body("蓬莱市财政局", 2018, 2019),
        body("长岛县财政局", 2018, 2019),
        body("蓬莱区财政局", 2020),
    ]
    links = find_links(bodies)
    assert told(links) == [
        ("蓬莱市财政局", "蓬莱区财政局", 2020, "merged"),
        ("长岛县财政局", "蓬莱区财政局", 2020, "merged"),
    ]
    assert lines(links) == {"蓬莱市财政局": "蓬莱区财政局"}


def test_bodies_of_a_divided_division_were_split() -> None:
    """浙政发〔2021〕7号: none of the two districts follows 江干区 alone."""
    old = body("江干区教育局", 2019, 2020)
    parts = [body("上城区教育局", *range(2018, 2023)), body("钱塘区教育局", 2021, 2022)]
    links = find_links([old, *parts, body("上城区民政局", 2021)])
    assert told(links) == [(old.id, each.id, 2021, "split") for each in parts]
    assert lines(links) == {}


def test_a_town_of_a_division_that_ended_is_in_one_of_those_that_followed() -> None:
    old = body("江干区九堡镇人民政府", 2019, 2020)
    new = body("上城区九堡镇人民政府", 2021)
    assert told(find_links([old, new])) == [(old.id, new.id, 2021, "renamed")]
    assert lines(find_links([old, new])) == {old.id: new.id}
    assert find_links([old, new, body("钱塘区九堡镇人民政府", 2021)]) == []
    assert find_links([old, body("上城区九堡镇人民政府", *range(2016, 2022))]) == []


def test_a_body_that_a_new_division_founded_is_of_no_reform_before_it() -> None:
    """钱塘区 is of 2021; bureaus of medical insurance were founded in 2018 and 2019."""
    new, old = body("钱塘区医疗保障局", 2021, 2022), body("上城区医疗保障局", 2021)
    assert told(find_links([new, old])) == [(None, old.id, 2019, "new")]


def test_a_body_goes_into_one_that_lives_on() -> None:
    links = find_links(
        [body("平罗县乡村振兴局", 2021, 2022, 2023), body("平罗县农业农村局", *range(2019, 2026))]
    )
    assert told(links) == [("平罗县乡村振兴局", "平罗县农业农村局", 2024, "merged")]
    assert lines(links) == {}


def test_no_body_goes_into_another_before_its_report_is_due_or_while_its_portal_names_it() -> None:
    other = body("平罗县农业农村局", *range(2019, 2026))
    for old, last_due in (
        (body("平罗县乡村振兴局", 2021, 2022), 2023),
        (body("平罗县乡村振兴局", 2021, 2022, listed=True), 2025),
    ):
        assert find_links([old, other], last_due=last_due) == []


def test_a_line_has_the_id_of_its_last_body() -> None:
    links = find_links(
        [
            body("平罗县卫生局", 2009, 2013),
            body("平罗县人口和计划生育局", 2013),
            body("平罗县卫生和计划生育局", 2015, 2017),
            body("平罗县卫生健康局", 2019, 2024),
        ]
    )
    last = "平罗县卫生健康局"
    assert lines(links) == {"平罗县卫生局": last, "平罗县卫生和计划生育局": last}
    assert ("平罗县人口和计划生育局", "平罗县卫生和计划生育局", 2015, "merged") in told(links)


def test_bodies_that_ended_and_that_were_founded() -> None:
    links = find_links([body("平罗县监察局", 2015), body("平罗县退役军人事务局", 2019, 2020)])
    assert told(links) == [
        ("平罗县监察局", None, 2016, "ended"),
        (None, "平罗县退役军人事务局", 2019, "new"),
    ]


def test_what_a_report_tells_counts_before_the_rules_and_an_operator_before_both() -> None:
    bodies = [
        body("平罗县经济和信息化局", 2017),
        body("平罗县工业和信息化局", 2019),
        body("平罗县工业和商务局", 2018),
    ]
    old, rule, other = (each.id for each in bodies)
    assert told(find_links(bodies)) == [(old, rule, 2019, "renamed")]
    said = Stated(old, other, 2018, "renamed", "stated", "r")
    assert told(find_links(bodies, [said])) == [(old, other, 2018, "renamed")]
    operator = Stated(old, rule, 2018, "merged", "operator", "line 2")
    assert told(find_links(bodies, [said, operator])) == [(old, rule, 2018, "merged")]
    denied = [Stated(old, "", 0, "none", "operator", "line 3"), said]
    assert find_links(bodies, denied) == []
    one = [Stated(old, rule, 0, "none", "operator", "line 3")]
    assert find_links(bodies, one) == []


def test_a_circle_of_statements_has_an_end() -> None:
    bodies = [body("平罗县甲局", 2010), body("平罗县乙局", 2011)]
    one, two = (each.id for each in bodies)
    said = [
        Stated(one, two, 2011, "renamed", "stated", "a"),
        Stated(two, one, 2012, "renamed", "stated", "b"),
    ]
    assert told(find_links(bodies, said)) == [(one, two, 2011, "renamed")]


NAMES = sorted({word for change in name_changes() for word in change.old | change.new})


@given(
    st.dictionaries(
        st.sampled_from(NAMES), st.sets(st.integers(2008, 2025), max_size=6), max_size=12
    ),
    st.randoms(),
)
def test_links_do_not_depend_on_order_and_lines_end(
    given_years: dict[str, set[int]], chance: object
) -> None:
    bodies = [body(f"平罗县{word}局", *years) for word, years in given_years.items()]
    links = find_links(bodies)
    chance.shuffle(bodies)  # type: ignore[attr-defined]
    assert find_links(bodies) == links
    ends = lines(links)
    assert not set(ends.values()) & ends.keys()
    main = [link.from_id for link in links if link.is_main]
    assert len(main) == len(set(main))


def test_every_name_of_the_table_is_in_the_form_in_which_names_are_compared() -> None:
    assert [word for word in NAMES if name_words(word + "局") != word] == []
    assert all(
        change.first <= change.last and change.main <= change.old for change in name_changes()
    )
