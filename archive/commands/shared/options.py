"""Options that several commands have, with the variables of the environment that set them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from gongkai.archive.errors import ArchiveError
from gongkai.archive.lineage.corrections import Correction, read_corrections
from gongkai.archive.renewal.turns import FULL_EVERY
from gongkai.archive.terminal.console import option, render
from gongkai.archive.workers.libreoffice import UNISOLATED
from gongkai.crawler.sites.portals import (
    is_in_region,
    known_portals,
    region_prefix,
    select_portals,
)
from gongkai.crawler.sites.registry import PACKAGED_REGISTRY, RegistryFiles, Site
from gongkai.credentials import mask_address
from gongkai.extract.chinese.divisions import regions

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


def registry(function: F) -> F:
    """Add --sites and --only-sites; the command takes both as `registry`, a `RegistryFiles`."""

    @option("--sites", "own_sites", type=FILE, envvar="GONGKAI_SITES", help="option_sites")
    @option(
        "--only-sites",
        "only_sites",
        type=FILE,
        envvar="GONGKAI_ONLY_SITES",
        help="option_only_sites",
    )
    @wraps(function)
    def with_registry(
        *args: Any, own_sites: Path | None, only_sites: Path | None, **given: Any
    ) -> Any:
        files = RegistryFiles(own_sites, only_sites or PACKAGED_REGISTRY)
        return function(*args, registry=files, **given)

    return cast("F", with_registry)


region: Callable[[F], F] = option("--region", metavar="CODE", default="", help="option_region")
proxy: Callable[[F], F] = option(
    "--proxy", metavar="URL", envvar="GONGKAI_PROXY", default=None, help="option_proxy"
)


def budget(requests: int, *, help: str) -> Callable[[F], F]:
    """Return the option --budget of a command that asks web archives, with its default and its text."""
    return option(
        "--budget",
        type=click.IntRange(1, 10_000_000),
        default=requests,
        show_default=True,
        metavar="N",
        help=help,
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


full_every: Callable[[F], F] = option(
    "--full-every",
    type=click.IntRange(min=1),
    envvar="GONGKAI_FULL_EVERY",
    default=FULL_EVERY,
    show_default=True,
    metavar="N",
    help="option_full_every",
)


def _corrections(
    _context: click.Context, _option: click.Parameter, path: Path | None
) -> tuple[Correction, ...]:
    return read_corrections(path) if path else ()


corrections: Callable[[F], F] = option(
    "--lineage",
    "corrections",
    type=FILE,
    envvar="GONGKAI_LINEAGE",
    callback=_corrections,
    help="option_lineage",
)
dask: Callable[[F], F] = option(
    "--dask", metavar="ADDRESS", envvar="GONGKAI_DASK", default=None, help="option_dask"
)


clock_is_right: Callable[[F], F] = option(
    "--clock-is-right", is_flag=True, help="option_clock_is_right"
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
timestamp: Callable[[F], F] = option(
    "--timestamp",
    "authorities",
    metavar="URL",
    multiple=True,
    envvar="GONGKAI_TIMESTAMP",
    help="option_timestamp",
)
tsa_root: Callable[[F], F] = option(
    "--tsa-root",
    "tsa_roots",
    type=FILE,
    metavar="FILE",
    multiple=True,
    envvar="GONGKAI_TSA_ROOT",
    help="option_tsa_root",
)
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
host: Callable[[F], F] = option(
    "--host",
    metavar="ADDRESS",
    envvar="GONGKAI_HOST",
    default="127.0.0.1",
    show_default=True,
    help="option_host",
)
workers: Callable[[F], F] = option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 64),
    envvar="GONGKAI_WORKERS",
    default=1,
    show_default=True,
    help="option_workers",
)
prefix: Callable[[F], F] = option(
    "--prefix", metavar="PATH", envvar="GONGKAI_PREFIX", default="", help="option_prefix"
)
trusted_proxies: Callable[[F], F] = option(
    "--trusted-proxy",
    "trusted_proxies",
    metavar="ADDRESS",
    multiple=True,
    envvar="GONGKAI_TRUSTED_PROXIES",
    default=("127.0.0.0/8", "::1"),
    help="option_trusted_proxy",
)


def _merge_settings(
    context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> dict[str, str]:
    """Return the Scrapy settings of file, environment and command line; the later wins.

    Raises:
        SettingError: There is no setting with such a name, or it cannot have its value.
    """
    from_file: Iterable[str] = context.lookup_default(parameter.name or "") or ()
    from_environment: Iterable[str] = parameter.value_from_envvar(context) or ()
    found = parse_settings([*from_file, *from_environment, *given])
    if found:
        from gongkai.crawler.runs.settings_check import (
            check_settings,
        )  # late: Scrapy takes a second

        check_settings(found)
    return found


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


def choose_sites(sites: Sequence[Site], names: Sequence[str], region: str = "") -> list[Site]:
    """Return the named sites in the order of their names, those of a region, or all of them.

    Sites that are disabled are left out, and cannot be named.

    Raises:
        ArchiveError: A site is not in the registry or is disabled, the code is that of no region,
            no site of the region is entered, or both names and a region are given.
    """
    known = {site.id: site for site in sites}
    if names and region:
        raise ArchiveError("sites_or_region")
    if unknown := [name for name in names if name not in known]:
        raise ArchiveError("sites_unknown", names=", ".join(unknown), known=", ".join(known))
    if disabled := [name for name in names if not known[name].enabled]:
        raise ArchiveError("sites_disabled", names=", ".join(disabled), n=len(disabled))
    if names:
        return [known[name] for name in dict.fromkeys(names)]
    prefix = parse_region(region) if region else ""
    found = [site for site in sites if site.enabled and is_in_region(site.region_code, prefix)]
    if region and not found:
        raise ArchiveError("region_without_sites", code=region)
    return found


def parse_region(code: str) -> str:
    """Return what the codes of a region begin with.

    Raises:
        ArchiveError: There is no such region.
    """
    prefix = region_prefix(code)
    is_division = prefix is not None and any(each.startswith(prefix) for each in regions())
    # the country and 新疆生产建设兵团 have portals and no entry in the table of divisions
    if prefix is None or not (is_division or select_portals(known_portals(), prefix)):
        raise ArchiveError("region_code_unknown", code=code)
    return prefix
