"""Recognise zones: 开发区, 实验区, 新区 and the like, which a 管理委员会 governs in place of a government.

《政府信息公开条例》 does not name them. A 管理委员会 reports for its zone as a government of a county does
for its county; its own bureaus report as departments.
"""

from __future__ import annotations

import re

_ZONE = re.compile(
    r"(?:开发区|实验区|试验区|示范区|新区|高新区|经开区|合作区|管理区|度假区|保税区|保税港区|自贸区|工业园区?|聚集区|集聚区"
    r"|(?:产业园|产业园区|科技园区|创意园区|化工园区|物流园区|食品区|新城|空港区)(?=(?:管理委员会|管委会)$))"
    r"(?:管理委员会|管委会|行政委员会|人民政府|政府)?$"
)
"""The end of the name of a zone: 平潭综合实验区, 恩格贝生态示范区, 经济技术开发区管理委员会."""

_ADMINISTRATION = re.compile(r"(?:行政公署|行署|行政委员会)$")
"""The end of the name of a body that governs 地区, 盟 or 行委 in place of a government."""


def is_zone(name: str) -> bool:
    """Return whether a name is that of a zone or of its 管理委员会, and not of one of its bureaus.

    >>> is_zone("平潭综合实验区"), is_zone("经济技术开发区管理委员会"), is_zone("开发区管委会财政局")
    (True, True, False)
    >>> is_zone("国有资产监督管理委员会"), is_zone("风景名胜区管理委员会")
    (False, False)
    """
    return _ZONE.search(name) is not None


def is_administration(name: str) -> bool:
    """Return whether a name is that of a body that governs a prefecture in place of a government.

    >>> is_administration("大兴安岭地区行政公署")
    True
    """
    return _ADMINISTRATION.search(name) is not None
