"""gongkai sites add, for a portal whose lists exist only after scripts ran."""

from __future__ import annotations

from pathlib import Path

from click.testing import Result

from gongkai.crawler.sites.registry import read_registry
from tests.archive.folder import Command
from tests.crawler.scripted_portal import HOST, SETTINGS, TITLES, portal
from tests.crawler.tiny import served


def add(run: Command, **settings: str) -> Result:
    words = [f"-s{name}={value}" for name, value in (SETTINGS | settings).items()]
    with served(portal) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        place = ["--region", "640221", "--sites", "sites.toml"]
        return run("--lang", "en", "sites", "add", HOST, "--proxy", proxy, *place, *words)


def test_a_browser_is_tried_where_nothing_is_found(run: Command, tmp_path: Path) -> None:
    added = add(run)
    assert added.exit_code == 0
    assert "Trying again in Chromium" in added.output
    assert "render = true" in added.output
    site = read_registry(tmp_path / "sites.toml")["qinghe"]
    assert (site.render, site.min_reports) == (True, len(TITLES) // 2)


def test_a_missing_browser_is_named_as_a_way(run: Command, tmp_path: Path) -> None:
    added = add(run, GONGKAI_BROWSER="/nowhere/chromium")
    assert added.exit_code == 2
    assert "install the extra [browser]" in added.output
    assert not (tmp_path / "sites.toml").exists()
