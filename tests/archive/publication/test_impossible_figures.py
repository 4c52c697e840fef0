"""What an agency misprints is archived and reported; it never stops the publication of the others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.errors import PublicationRefusedError
from gongkai.archive.publication.package import published_tables
from gongkai.archive.publication.parts.table_files import write_part
from gongkai.archive.publication.public_file import write_public_file
from gongkai.extract.forms import FORM_2021
from tests.archive.folder import Folder, zeros
from tests.printing.matrix import Style
from tests.printing.page import Markup, page

TITLE = "平罗县民政局2024年政府信息公开工作年度报告"


def publish(folder: Folder, tmp_path: Path, **printed: str) -> sqlite3.Connection:
    """Return the public file of a report in which `PART__ITEM__FIELD` is printed as said."""
    values = zeros()
    for place, figure in printed.items():
        part, item, field = place.split("__")
        values = {
            **values,
            part: {**values[part], item: {**values[part][item], field: figure}},
        }
    folder.fetch(
        "2025-01-21T02:00:00Z", "/a.html", page(TITLE, FORM_2021, values, Style(), Markup())
    )
    folder.build()
    write_public_file(folder.db, tmp_path / "public.db")
    return sqlite3.connect(tmp_path / "public.db")


def write_all(conn: sqlite3.Connection, folder: Path) -> None:
    """Write every table as a file, which refuses values that do not fit."""
    for name in published_tables():
        write_part(conn, table_schemas()[name], None, folder, ())


def panel(conn: sqlite3.Connection, *names: str) -> dict[str, tuple[object, object]]:
    """Return value and reason of absence by variable."""
    found = conn.execute("SELECT variable, value, absence FROM panel")
    return {name: (value, why) for name, value, why in found if name in names}


def test_more_pending_than_all(folder: Folder, tmp_path: Path) -> None:
    """No number of those decided, and no rate of it, of the report or of a region."""
    printed = {"upheld": "1", "corrected": "2", "pending": "5", "total": "3"}
    places = {f"review_litigation__suit_direct__{key}": value for key, value in printed.items()}
    with closing(publish(folder, tmp_path, **places)) as conn:
        write_all(conn, tmp_path)
        (row,) = conn.execute(
            "SELECT suits, suits_pending, suits_decided, suit_correction_rate FROM report_summary"
        )
        assert row == (3, 5, None, None)
        assert panel(conn, "suits", "suit_correction_rate", "review_correction_rate") == {
            "suits": (3.0, None),
            "suit_correction_rate": (None, "contradictory"),
            "review_correction_rate": (None, "no_cases"),
        }
        totals = "SELECT variable, value FROM region_totals WHERE region_code = '000000'"
        known = dict(conn.execute(totals))
        assert known["suits"] == 3
        assert "suit_correction_rate" not in known


@pytest.mark.parametrize("handled", ["0", "4"])
def test_a_part_above_its_whole(folder: Folder, tmp_path: Path, handled: str) -> None:
    """The counts stay as printed; the rate is absent, and enters no rate of a region."""
    places = {"requests__granted__total": "7", "requests__total_handled__total": handled}
    with closing(publish(folder, tmp_path, **places)) as conn:
        write_all(conn, tmp_path)
        assert panel(conn, "disclosed", "disclosure_rate", "refusal_rate") == {
            "disclosed": (7.0, None),
            "disclosure_rate": (None, "contradictory"),
            "refusal_rate": (None, "no_cases") if handled == "0" else (0.0, None),
        }
        totals = "SELECT variable, value FROM region_totals WHERE region_code = '000000'"
        known = dict(conn.execute(totals))
        assert known["disclosed"] == 7
        assert "disclosure_rate" not in known
        assert known["requests_handled"] == int(handled)


@pytest.mark.parametrize("figure", ["-3", "1.5", "123456789012345678901", "+21", "1e9", "９９"])
def test_figures_that_are_no_counts(folder: Folder, tmp_path: Path, figure: str) -> None:
    places = (
        *("requests__new__total", "requests__granted__total", "requests__total_handled__total"),
        *("requests__refused_state_secret__total", "review_litigation__review__total"),
        *("active_disclosure____penalty_decisions", "active_disclosure____fees_wan_yuan"),
    )
    with closing(publish(folder, tmp_path, **dict.fromkeys(places, figure))) as conn:
        write_all(conn, tmp_path)


def test_a_value_outside_of_its_bounds_is_refused(folder: Folder, tmp_path: Path) -> None:
    """Otherwise it stood in files that say that there is none."""
    with closing(publish(folder, tmp_path)) as conn:
        conn.execute("UPDATE report_summary SET disclosure_rate = 1.2")
        with pytest.raises(PublicationRefusedError) as refused:
            write_all(conn, tmp_path)
    assert refused.value.message.params["column"] == "disclosure_rate"
