"""Whether a report speaks for one body or for several, told by its words."""

from __future__ import annotations

import pytest

from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.covered_bodies import tell_covered_bodies
from gongkai.extract.model.report import Section

COMPILED = (
    ("丽水市人民政府", "市政府办公室根据各县（市、区）政府和市级各部门的年度报告综合编制本报告"),
    (
        "北碚区人民政府",
        "全区收到政府信息公开申请205件，其中向区政府及各部门提出176件，向街镇提出29件",
    ),
    ("吴起县人民政府", "全年通过县政府网站公开信息2000条，其中镇街动态455条，部门动态798条"),
    ("贵阳市人民政府", "市政府各部门、各开发区管委会、各区(市、县)共受理依申请公开1234件"),
    ("毕节市人民政府", "全市各级各部门共受理政府信息公开申请1200件"),
    ("平罗县人民政府", "全县各级行政机关共收到政府信息公开申请88件"),
    ("池州市住房和城乡建设委员会", "本报告综合机关各科室、委属各单位2016年政府信息公开情况编制"),
    ("南京市公安局", "全年受理申请300件，其中市局机关120件，各分局180件"),
)
OWN = (
    ("铜梁区人民政府办公室", "本机关坚持以公开为常态"),
    ("合江县人民政府办公室", "县网站发布信息6750条，其中部门动态4000条，镇街动态2750条"),
    ("长春市城市管理局", "汇总本机关政府信息公开工作情况，编制本报告"),
    ("泾县国土资源局", "汇总2017年度泾县国土资源局政府信息公开年报，现公布如下"),
    ("临夏回族自治州公安局", "2023年州公安局通过政府网站公开政府信息300条"),
    ("衢州市商务局", "现公布本单位2020年度政府信息公开工作年度报告"),
    ("十堰市生态环境局郧阳分局", "公开了本单位机关职能、领导分工"),
    ("开江县乡村振兴局", "梳理汇总全县各部门项目库，我局受理申请2件"),
    ("梅河口市兴华乡人民政府", "全乡累计主动公开政府信息65条"),
    ("平罗县人民政府", "本机关收到政府信息公开申请5件"),
)
UNCLEAR = (
    ("晋安区人民政府", "由晋安区人民政府信息公开办编制，各乡镇（街道）、各部门进一步增强意识"),
    ("上海市人民政府", "全年上海市人民政府网站共发布政府信息12000条"),
    ("咸宁市自然资源和规划局", "局属单位和各县(市)区局统一报送信息"),
    ("武汉市公安局", "全年收政府信息公开申请464件"),
    ("乐清市教育局", "各科室、直属单位按要求上报，全年收到申请3件"),
    ("长春市公安局", "全市公安机关发布警情通报300条"),
    ("平罗县教育局", "全年受理申请12件，其中转送其他部门3件，告知向有关部门申请2件"),
    ("平罗县人民政府", "向各乡镇发放宣传资料300份，部门发放200份"),
    ("永宁县工业信息化局", "共主动公开政府信息61条（其中：机构职能2条、部门文件1条、决算信息3条）"),
    ("平罗县人民政府", "公开政府信息90条，其中部门文件30条、部门预算12条、乡镇会议4条"),
    ("平罗县司法局", "指导各乡镇公开信息20条"),
)


@pytest.mark.parametrize(
    ("name", "sentence", "covers"),
    [
        (name, sentence, covers)
        for covers, cases in (("compiled", COMPILED), ("own", OWN), ("unclear", UNCLEAR))
        for name, sentence in cases
    ],
)
def test_sentence_tells_whose_figures_a_report_gives(name: str, sentence: str, covers: str) -> None:
    title = f"{name}2022年政府信息公开工作年度报告"
    sections = [Section(1, "总体情况", f"现将情况报告如下。{sentence}。工作取得新进展。")]
    told = tell_covered_bodies(title, describe_agency(name), sections)
    shown = {"unclear": "", "own": sentence, "compiled": sentence}[covers]
    assert told.covers == covers
    assert told.sentence == (title if name.endswith("办公室") else shown)


@pytest.mark.parametrize(
    ("title", "covers"),
    [
        ("重庆市规划和自然资源系统2025年政府信息公开工作年度报告", "compiled"),
        ("贵阳市人民政府（市人民政府办公厅）2021年政府信息公开工作年度报告", "own"),
        ("建水县青龙镇政府（机关）2019年政府信息公开工作年度报告", "own"),
        ("平罗县2024年政府信息公开工作年度报告", "unclear"),
    ],
)
def test_title_tells_who_reports(title: str, covers: str) -> None:
    assert tell_covered_bodies(title, None, []).covers == covers


def test_town_that_copies_the_words_of_its_district_is_not_compiled() -> None:
    name = "章贡区水东镇人民政府"
    text = "综合全区各镇(街办)、各部门2019年情况编制。我镇收到申请0件。"
    told = tell_covered_bodies(f"{name}2019年报告", describe_agency(name), [Section(0, "", text)])
    assert (told.covers, told.sentence) == ("own", "我镇收到申请0件")


def test_other_sections_count_only_with_figures() -> None:
    sections = [Section(5, "存在的主要问题", "各部门公开意识不强。本机关将加强培训。")]
    told = tell_covered_bodies("平罗县教育局报告", describe_agency("平罗县教育局"), sections)
    assert told.covers == "unclear"
