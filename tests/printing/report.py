"""A made-up report to print: numbers that differ from cell to cell and balance, and its prose."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from gongkai.extract.forms import FORM_2021, Form
from tests.printing.matrix import Style, Table, Values, all_tables

PROSE = {
    1: (
        "2024年，我单位认真贯彻落实《中华人民共和国政府信息公开条例》，坚持以公开为常态、不公开为例外，"
        "围绕群众关切的教育、医疗、社会保障等重点领域，持续提高公开的质量和实效。",
        "（一）主动公开方面。通过门户网站及时发布机构职能、规划计划、财政预决算、重大项目等信息，"
        "做到内容准确、更新及时，方便群众查阅。",
        "（二）管理和保障方面。完善信息发布审查制度，明确专人负责，定期开展业务培训，"
        "对栏目内容逐项检查，发现问题立即整改。",
    ),
    5: (
        "一是政策解读的形式还不够丰富，图表和视频类解读偏少；二是部分工作人员业务能力有待提高。"
        "下一步将加强培训，丰富解读形式，听取群众意见，推动工作再上新台阶。",
    ),
    6: ("本年度按照《政府信息公开信息处理费管理办法》执行，没有其他需要报告的事项。",),
}

SHORT = {
    1: ("本单位依法主动公开政府信息，公开内容见下表。",),
    5: ("公开的内容不明确，下年度继续改进。",),
    6: ("没有其他需要报告的事项。",),
}
"""Prose of hardly any characters that the tables have not: the fonts of printed files stay small."""


@dataclass(frozen=True)
class Printed:
    """What a generator prints: the title, the values as text, and how its tables are laid out."""

    title: str
    form: Form
    values: Values
    style: Style = Style()  # noqa: RUF009
    prose: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: PROSE)

    def tables(self) -> dict[int, list[Table]]:
        """The tables by the section they stand in."""
        return dict(zip((2, 3, 4), all_tables(self.form, self.values, self.style), strict=True))


def distinct(form: Form = FORM_2021, seed: int = 7, high: int = 900) -> Values:
    """Balanced values, none zero and hardly any twice: a shifted cell is another number."""
    dice = random.Random(seed)
    pool = dice.sample(range(2, high), 22 * 6)
    applicants = [column.key for column in form.applicants][:-1]
    outcomes = [item.key for item in form.items if item.group and item.key != "total_handled"]
    requests = {item.key: dict.fromkeys((*applicants, "total"), 0) for item in form.items}
    for key in applicants:
        for item in outcomes:
            requests[item][key] = pool.pop()
        handled = sum(requests[item][key] for item in outcomes)
        carried_in, carried_out = dice.randint(11, handled // 2), dice.randint(11, 99)
        requests["total_handled"][key] = handled
        requests["carried_in"][key], requests["carried_out"][key] = carried_in, carried_out
        requests["new"][key] = handled + carried_out - carried_in
    review: dict[str, dict[str, int]] = {p.key: {} for p in form.proceedings}
    for row in review.values():
        for column in form.results[:-1]:
            row[column.key] = dice.randint(3, 60)
        row["total"] = sum(row.values())
    active = {key: str(dice.randint(100, 9999)) for key in form.disclosure_keys}
    for key in active:
        if "yuan" in key:
            active[key] = f"{dice.randint(10, 999)}.{dice.randint(11, 99)}"
    for row in requests.values():
        row["total"] = sum(row.values())
    return {
        form.part: {"": active},
        "requests": {item: {k: str(n) for k, n in row.items()} for item, row in requests.items()},
        "review_litigation": {p: {k: str(n) for k, n in row.items()} for p, row in review.items()},
    }
