"""What lies in a folder of originals, and what of it is in the index.

Opening a folder puts it in order first: files that dead processes left are truncated to their last
whole record and closed, and files that the index does not know (all, where the index is missing)
are read and added to it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from gongkai.crawler.clock.clock_marks import read_marks
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.warc.file import (
    OPEN_SUFFIX,
    WARC_SUFFIX,
    FolderFiles,
    StorageError,
    file_names,
    is_there,
    put_in_order,
)
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.indexing import add_files, fileless_runs
from gongkai.crawler.warc.locks import folder_lock
from gongkai.crawler.warc.trust import IMPORTS
from gongkai.messages import Message, message


class FolderContents:
    """The files of an open folder.

    `strange` are files that no manifest covers and that no run of this folder wrote; they are not read.
    """

    def __init__(self, folder: Path, index: SnapshotIndex) -> None:
        self._folder = folder
        self._index = index
        self.strange: list[str] = []

    def refresh(self, begin: BeginWork = unseen) -> None:
        """Close the files that dead processes left, and add new files to the index."""
        # listed before the index is asked, which knows each file of ours before it is closed
        found = self._put_in_order()
        known, awaited = set[str](), self._index.files.awaited()
        if not self._index.fresh:
            known = self._index.files.names()
        else:
            self._add_fileless_runs()
        missing = (known | awaited) - found.closed
        known |= self._index.files.foreign()
        known -= awaited
        self._index.fresh = False
        found.closed.difference_update(known)
        names = sorted(found.closed.union(found.recovered))
        own = awaited.union(found.recovered)
        self.strange = add_files(self._index, self._folder, names, own, begin)
        self._note_lost(missing)
        self.apply_marks()

    def reindex(self, begin: BeginWork = unseen) -> None:
        """Make the index again from the WARC files alone; `begin` shows how far it is.

        Raises:
            StorageError: A crawl is writing to one of the files.
        """
        recovered = self._put_in_order().recovered
        with folder_lock(self._folder):
            if growing := self.files(WARC_SUFFIX + OPEN_SUFFIX):
                raise StorageError("reindex_while_crawling", file=growing[0])
            with self._index.batch():
                self._index.clear()
                own = self._index.files.awaited() | set(recovered)
                self.strange = add_files(self._index, self._folder, self.files(), own, begin)
                self._add_fileless_runs()
            self._note_lost(self._index.files.awaited())
            self.apply_marks()

    def apply_marks(self) -> None:
        """Bring the index up to date with the clocks that an operator has marked as wrong."""
        marked, stretches = set(read_marks(self._folder)), self._index.stretches
        if marked != stretches.marked():
            with self._index.batch():
                stretches.set_marked(marked)
                self._index.judge_clocks()

    def files(self, suffix: str = WARC_SUFFIX) -> list[str]:
        """Return the names of the WARC files, those of imports with their folder, sorted."""
        imports = self._folder / IMPORTS
        below = file_names(imports, suffix) if imports.is_dir() else []
        return sorted([*file_names(self._folder, suffix), *(f"{IMPORTS}/{name}" for name in below)])

    def lost(self) -> list[str]:
        """Return the names of the files that the index knows and that the folder has no more, sorted."""
        return sorted(self._index.files.lost())

    def doubts(self) -> list[Message]:
        """Return what stands in the folder and is not believed, since no manifest covers it.

        Clocks that could not be judged are told too.
        """
        unjudged = self._index.stretches.verdicts.unjudged()
        return [
            *([message("clocks_not_judged", n=unjudged)] if unjudged else ()),
            *(message("file_not_covered", file=name) for name in self.strange),
            *(
                message("records_not_covered", file=name, offset=offset, n=n)
                for name, offset, n in self._index.files.doubted()
            ),
        ]

    def _put_in_order(self) -> FolderFiles:
        """Close the files that dead processes left, and return what is closed then."""
        own, imports = put_in_order(self._folder), self._folder / IMPORTS
        if not imports.is_dir():
            return own
        below = put_in_order(imports)
        own.closed.update(f"{IMPORTS}/{name}" for name in below.closed)
        recovered = (f"{IMPORTS}/{name}" for name in below.recovered)
        return FolderFiles(own.closed, (*own.recovered, *recovered))

    def _note_lost(self, missing: Collection[str]) -> None:
        """Note those of some files of ours that are not there, neither closed nor growing.

        They are looked for when the folder is listed again, and not by each crawl of a night.
        """
        self._index.note_lost([name for name in missing if not is_there(self._folder, name)])

    def _add_fileless_runs(self) -> None:
        known = {run.id for run in self._index.runs.all()}
        with self._index.batch():
            for run in fileless_runs(self._folder):
                if run.id not in known:
                    self._index.runs.add(run)
