"""Options that several commands have, with the variables of the environment that set them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from gongkai.archive.errors import ArchiveError
from gongkai.archive.terminal.console import option, render
from gongkai.archive.workers.libreoffice import UNISOLATED
from gongkai.crawler.sites.registry import Site
from gongkai.credentials import mask_address

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)

db: Callable[[F], F] = option(
    "--db",
    type=FILE,
    envvar="GONGKAI_DB",
    default=Path("archive.db"),
    show_default=True,
    help="option_db",
)
unused_db: Callable[[F], F] = option("--db", type=FILE, expose_value=False, help="option_db_unused")
"""`--db` of a command that needs no archive: a script may give the same options to all commands."""

snapshots: Callable[[F], F] = option(
    "--snapshots",
    type=FILE,
    envvar="GONGKAI_SNAPSHOTS",
    default=Path("snapshots"),
    show_default=True,
    help="option_snapshots",
)
unused_snapshots: Callable[[F], F] = option(
    "--snapshots", type=FILE, expose_value=False, help="option_snapshots_unused"
)
"""`--snapshots` of a command that reads the archive alone."""

registry: Callable[[F], F] = option(
    "--sites",
    "registry",
    type=FILE,
    envvar="GONGKAI_SITES",
    default=None,
    help="option_sites",
)
proxy: Callable[[F], F] = option(
    "--proxy", metavar="URL", envvar="GONGKAI_PROXY", default=None, help="option_proxy"
)
AT_ONCE = 4
at_once: Callable[[F], F] = option(
    "--at-once",
    type=click.IntRange(min=1),
    envvar="GONGKAI_AT_ONCE",
    default=AT_ONCE,
    show_default=True,
    metavar="N",
    help="option_at_once",
)
dask: Callable[[F], F] = option(
    "--dask", metavar="ADDRESS", envvar="GONGKAI_DASK", default=None, help="option_dask"
)


def _run_unisolated(_context: click.Context, _option: click.Parameter, chosen: bool) -> None:
    """Pass the choice to the processes that read documents, which know it by its variable."""
    if chosen:
        os.environ[UNISOLATED] = "1"


unisolated_libreoffice: Callable[[F], F] = option(
    "--unisolated-libreoffice",
    is_flag=True,
    envvar=UNISOLATED,
    is_eager=True,
    expose_value=False,
    callback=_run_unisolated,
    help="option_unisolated_libreoffice",
)
as_json: Callable[[F], F] = option("--json", "as_json", is_flag=True, help="option_json")
port: Callable[[F], F] = option(
    "--port",
    type=click.IntRange(0, 65535),
    envvar="GONGKAI_PORT",
    default=8001,
    show_default=True,
    help="option_port",
)
base_url: Callable[[F], F] = option(
    "--base-url", metavar="URL", envvar="GONGKAI_BASE_URL", default="", help="option_base_url"
)


def _merge_settings(
    context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> dict[str, str]:
    """Return the Scrapy settings of file, environment and command line; the later wins."""
    from_file: Iterable[str] = context.lookup_default(parameter.name or "") or ()
    from_environment: Iterable[str] = parameter.value_from_envvar(context) or ()
    return parse_settings([*from_file, *from_environment, *given])


settings: Callable[[F], F] = option(
    "-s",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    envvar="GONGKAI_SCRAPY",
    callback=_merge_settings,
    help="option_settings",
)


def parse_settings(given: Iterable[str]) -> dict[str, str]:
    """Return NAME=VALUE pairs as a mapping.

    Raises:
        click.BadParameter: a text is not of that form.
    """
    pairs = [text.partition("=") for text in given]
    for name, equals, _ in pairs:
        if not (name.isidentifier() and equals):
            raise click.BadParameter(render("setting_malformed", given=mask_address(name)))
    return {name: value for name, _, value in pairs}


def choose_sites(sites: Sequence[Site], names: Sequence[str]) -> list[Site]:
    """Return the named sites in the order of their names, or all of them.

    Raises:
        ArchiveError: a site is not in the registry.
    """
    known = {site.id: site for site in sites}
    if unknown := [name for name in names if name not in known]:
        raise ArchiveError("sites_unknown", names=", ".join(unknown), known=", ".join(known))
    return [known[name] for name in dict.fromkeys(names)] if names else list(sites)
