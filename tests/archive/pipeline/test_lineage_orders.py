"""Any order of builds and of an operator's corrections ends as one build with the last of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.lineage.corrections import read_corrections
from gongkai.archive.pipeline.builder import BuildJob, build, rebuild
from tests.archive.folder import Dump, Folder, dump, read_here
from tests.archive.pipeline.test_lineage import COUNTY, NEW, OLD, keep

OTHER = "平罗县戊己局"
FILES = {
    "none": "",
    "joined": f"{OLD},{OTHER},2023,merged\n",
    "denied": f"{OLD},{NEW},,none\n",
    "ended": f"{OLD},,2023,ended\n平罗县庚局,,2020,ended\n",
    "other way": f"{NEW},{OLD},2024,renamed\n",
}
REPORTS = ((OLD, 2021), (OLD, 2022), (NEW, 2024), (OTHER, 2024))
STEPS = st.one_of(
    st.tuples(st.just("fetch"), st.sampled_from(REPORTS)),
    st.tuples(st.sampled_from(("build", "rebuild")), st.sampled_from(sorted(FILES))),
)


def job(folder: Folder, named: str) -> BuildJob:
    """Return a build with a file of corrections."""
    file = folder.db.with_name("lineage.csv")
    file.write_text(f"from,to,year,kind\n{FILES[named]}", encoding="utf-8")
    corrections = read_corrections(file)
    sites = (COUNTY,)
    return BuildJob(
        folder.snapshots, sites, read=read_here, today="2026-04-03", corrections=corrections
    )


def told(found: Dump) -> Dump:
    """Return all tables but the one that tells how the archive came about."""
    return {name: rows for name, rows in found.items() if name != "forwards"}


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=7), last=st.sampled_from(sorted(FILES)))
def test_no_order_of_corrections_loses_anything(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object]], last: str
) -> None:
    with Folder(Path(tmp_path_factory.mktemp("orders"))) as folder:
        keep(folder, OLD, 2020, carried_out__total="2", new__total="2")
        fetched = {(OLD, 2020)}
        for kind, what in (*steps, ("build", last)):
            if kind == "fetch":
                agency, year = what  # type: ignore[misc]
                if (agency, year) not in fetched:
                    keep(folder, agency, year, carried_in__total="1", new__total="1")
                    fetched.add((agency, year))
                continue
            (build if kind == "build" else rebuild)(folder.db, job(folder, str(what)))
        after = told(folder.dump())
        reports = folder.rows(
            "SELECT a.name, r.year FROM reports r JOIN agencies a ON a.id = r.agency_id"
        )
        assert set(reports) == fetched
        lines = dict(folder.rows("SELECT id, lineage_id FROM agencies"))
        assert set(lines.values()) <= lines.keys()
        assert folder.rows("SELECT * FROM forwards") == []
        assert folder.rows("PRAGMA foreign_key_check") == []
        folder.db = folder.db.with_name("fresh.db")
        build(folder.db, job(folder, last))
        assert after == told(dump(folder.db))
