"""Portals in an archive: those of the registry, each with the portal that it belongs to."""

from __future__ import annotations

from pathlib import Path

from gongkai.archive.pipeline.reference_data import site_rows, write_reference_data
from gongkai.archive.store.database import writer
from gongkai.crawler.sites.registry import Site


def test_departments_name_the_portal_that_they_belong_to(tmp_path: Path) -> None:
    """A portal that was left out of the registry is nobody's parent; one not entered has none."""
    sites = [
        Site("ajyj", "临渡市教育局", "640200", "http://jyj.lindu.gov.cn/", parent="lindu"),
        Site("lindu", "临渡市人民政府", "640200", "http://www.lindu.gov.cn/"),
        Site("wjw", "临渡市卫生健康委员会", "640200", "http://wjw.lindu.gov.cn/", parent="gone"),
    ]
    with writer(tmp_path / "archive.db") as conn:
        write_reference_data(conn, site_rows(conn, sites, ["former"]))
        found = dict(conn.execute("SELECT id, parent FROM sites WHERE id <> 'added'"))
    assert found == {"ajyj": "lindu", "former": None, "lindu": None, "wjw": None}
