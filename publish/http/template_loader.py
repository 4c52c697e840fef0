"""Our templates for the archive's pages; other databases keep Datasette's templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path
from types import CodeType
from typing import Any

from datasette.utils import to_css_class
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
)
from jinja2.bccache import Bucket, BytecodeCache

from gongkai.publish.site import DATABASE

TEMPLATES = Path(__file__).parents[1] / "templates"
PREFIX = "gongkai/"
"""Begins the names of the templates of our own pages, as in `gongkai/report.html`."""


class CompiledTemplates(BytecodeCache):
    """The code of compiled templates in memory: both languages and each publication have the same.

    Names and values are not in it, but looked up in the environment that renders.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in the code of a template, if its source is still the same."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        if bucket.code is not None:
            self._kept[bucket.key] = (bucket.checksum, bucket.code)


_AWAITING, _PLAIN = CompiledTemplates(), CompiledTemplates()
"""Datasette's own pages are compiled to wait for names, ours are not."""


class PlainTemplate(Template):
    """A template of a page that waits for nothing: it is rendered in one go, in half the time."""

    async def render_async(self, *args: Any, **kwargs: Any) -> str:
        """Return the page, as Datasette asks for it."""
        return self.render(*args, **kwargs)


class ArchiveTemplates(BaseLoader):
    """Loads our templates into an environment of their own.

    For a table, Datasette first looks for a template like `table-archive-reports.html`. For tables
    of the archive such names lead to our templates; the general ones, which other databases use,
    stay Datasette's. The environment of our templates has additional names and trims white space.
    An unknown name in a template is an error, where Datasette would print nothing. Names of templates
    for Datasette's own pages may have to be waited for; on our pages everything is at hand.
    """

    def __init__(
        self,
        environment: Environment,
        tables: Iterable[str],
        names: Mapping[str, object],
        *,
        close_sql: bool,
    ) -> None:
        self.environment = environment.overlay(
            loader=FileSystemLoader(TEMPLATES),
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            bytecode_cache=_AWAITING,
        )
        self.environment.globals = {**environment.globals, **names}
        self.plain = self.environment.overlay(enable_async=False, bytecode_cache=_PLAIN)
        self.plain.template_class = PlainTemplate
        classes = [to_css_class(table) for table in tables]
        self._stock = {
            f"database-{DATABASE}.html": "database.html",
            **{f"table-{DATABASE}-{each}.html": "table.html" for each in classes},
            **{f"row-{DATABASE}-{each}.html": "row.html" for each in classes},
        }
        if close_sql:
            self._stock[f"query-{DATABASE}.html"] = "query.html"

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """Return one of our templates.

        Raises:
            TemplateNotFound: The name belongs to Datasette.
        """
        if name.startswith(PREFIX):
            return self.plain.get_template(name.removeprefix(PREFIX))
        if name in self._stock:
            return self.environment.get_template(self._stock[name])
        raise TemplateNotFound(name)

    def compile_all(self) -> None:
        """Compile all templates, so that no reader waits for it: the largest take a tenth of a second."""
        stock = set(self._stock.values())
        for name in sorted(path.name for path in TEMPLATES.glob("*.html")):
            (self.environment if name in stock else self.plain).get_template(name)

    def list_templates(self) -> list[str]:
        """Return no names: Datasette makes pages of those that it finds in a list."""
        return []


def add_templates(
    environment: Environment,
    tables: Iterable[str],
    names: Mapping[str, object],
    *,
    close_sql: bool,
) -> tuple[Environment, Environment]:
    """Add our templates to a Datasette instance that serves an archive; return their environments.

    `close_sql` means that the page of an SQL query says that it is closed.
    """
    assert environment.loader is not None
    own = ArchiveTemplates(environment, tables, names, close_sql=close_sql)
    own.compile_all()
    environment.loader = ChoiceLoader([own, environment.loader])
    return own.environment, own.plain
