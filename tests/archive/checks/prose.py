"""Invented prose for the rule about near duplicates."""

from __future__ import annotations

import random
import re

WORDS = re.split(
    "、",
    "主动公开、依申请公开、平台建设、监督保障、政策解读、信息发布、审核机制、群众关切、法定内容、办事指南、"
    "重点领域、财政预决算、行政执法、工作台账、专题培训、组织领导、责任落实、时效性、准确性、规范化",
)


def text(seed: int, sentences: int = 24) -> str:
    """Return prose that is not like that of another seed."""
    dice = random.Random(seed)
    return "".join(
        f"{'、'.join(dice.sample(WORDS, 4))}，全年{dice.randrange(9, 999)}条。"
        for _ in range(sentences)
    )
