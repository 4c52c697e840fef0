"""Which templates wait for something, and which are rendered in one go."""

from __future__ import annotations

from pathlib import Path
from types import CodeType

import pytest
from datasette.app import Datasette
from jinja2 import Environment, UndefinedError

from gongkai.publish.http import template_loader
from gongkai.publish.http.template_loader import PREFIX, TEMPLATES
from tests.publish.small_archive import started


def test_pages_of_ours_wait_for_nothing(chinese: Datasette) -> None:
    """Datasette's own pages look up names of keys while they are rendered."""
    ours = [chinese.jinja_env.get_template(PREFIX + path.name) for path in TEMPLATES.iterdir()]
    assert len(ours) > 30
    assert not any(template.environment.is_async for template in ours)
    for name in ("table-archive-reports.html", "row-archive-reports.html", "database-archive.html"):
        assert chinese.jinja_env.get_template(name).environment.is_async, name


async def test_no_reader_waits_for_a_template_to_be_compiled(
    rich: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is compiled at the start, once for both languages."""
    compiled: list[str] = []
    whole = Environment.compile

    def compile_noted(self: Environment, source: str, name: str, *args: object) -> CodeType:
        compiled.append(name)
        return whole(self, source, name, *args)  # type: ignore[no-any-return,call-overload]

    monkeypatch.setattr(Environment, "compile", compile_noted)
    monkeypatch.setattr(template_loader._AWAITING, "_kept", {})
    monkeypatch.setattr(template_loader._PLAIN, "_kept", {})
    async with started(rich) as datasettes:
        assert {path.name for path in TEMPLATES.glob("*.html")} <= set(compiled)
        assert len([name for name in compiled if name == "report.html"]) == 1
        compiled.clear()
        for address in ("/region", "/map", "/status", "/compare", "/data", "/table", "/nowhere"):
            for datasette in datasettes.values():
                await datasette.client.get(address)
        assert compiled == []


async def test_an_unknown_name_is_an_error_on_a_page_of_ours(chinese: Datasette) -> None:
    """Nothing is left out in silence."""
    with pytest.raises(UndefinedError):
        await chinese.render_template(f"{PREFIX}error.html", {})
