"""Which links of a page are followed, in which role."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from gongkai.crawler.analysis.report_columns import without_other_rows
from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.link_roles import (
    MAX_HOPS,
    MAX_LIST_PAGES,
    Role,
    Visit,
    role_of,
)
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.words.link_words import (
    is_contents_title,
    is_unit,
    is_unit_among_units,
)

MIN_UNITS = 2
"""Units that make a list one of units."""


def links_with_role(page: WebPage, visit: Visit, cms: Cms) -> list[tuple[Link, Role]]:
    """Return the links of a page that are followed, in order, each with its role."""
    if visit.hops >= MAX_HOPS:
        return []
    links = [
        (link, role)
        for link in cms.links(page)
        if (role := role_of(link, visit.role, page.base_url, cms)) is not None
    ]
    if visit.role in MAX_LIST_PAGES:
        links = [*_with_centres(cms.links(page), links)]
    return [*without_other_rows(links)] if visit.role is Role.COLUMN else links


def _with_centres(
    links: Iterable[Link], followed: Sequence[tuple[Link, Role]]
) -> Iterator[tuple[Link, Role]]:
    """Yield the links that are followed, then the centres that stand in a list of units.

    政务服务中心 alone may be a page of services: beside other units, it is one, and is followed as they are.
    """
    yield from followed
    units: dict[int, list[Role]] = {}
    for link, role in followed:
        if link.block and is_unit(link.text):
            units.setdefault(link.block, []).append(role)
    known = {(link.url, link.text) for link, _ in followed}
    for link in links:
        roles = units.get(link.block, [])
        if (
            len(roles) >= MIN_UNITS
            and (link.url, link.text) not in known
            and is_unit_among_units(link.text)
        ):
            yield link, roles[0]


def requested_data(
    page: WebPage, visit: Visit, cms: Cms, asked: Container[str]
) -> Iterator[tuple[Link, Role]]:
    """Yield what scripts request, but for `asked`: addresses of lists that are asked for already."""
    for link in page.data_requests if visit.hops < MAX_HOPS else ():
        role = role_of(link, visit.role, page.base_url, cms)
        if role is not None and link.url.partition("?")[0] not in asked:
            yield link, role


def is_beside_column(link: Link, role: Role, own: Container[int]) -> bool:
    """Return whether a link leads to other contents of an agency whose column of reports is beside it."""
    return role is Role.DISCLOSURE and link.block in own and is_contents_title(link.text)
