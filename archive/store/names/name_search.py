"""Looking names up: for completion while a reader types, and for what a word stands for.

An archive that no build of this version has seen has no index of names: nothing is found there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from gongkai.archive.store.names.english_terms import chinese_for
from gongkai.archive.store.names.name_index import BOUNDARY, MAX_NAME
from gongkai.archive.store.names.traditional import simplified
from gongkai.archive.store.search_question import Phrase, parse
from gongkai.archive.store.tokenizer import tokens

MAX_WORDS = 5
"""More names than these have too little to do with each other to be searched for together."""

_CANDIDATES = 40
"""Rows that are looked at for what a word stands for: agencies of the same name in many places."""

_APOSTROPHES = str.maketrans("", "", "'’‘`")


@dataclass(frozen=True, slots=True)
class FoundName:
    """A region or an agency. `key` is its code or id, `place` the regions that it lies in."""

    kind: str
    key: str
    name: str
    place: str


def find_names(conn: sqlite3.Connection, typed: str, limit: int) -> tuple[FoundName, ...]:
    """Return the regions and agencies that somebody may mean, whole names first, at most `limit`.

    Each word must be part of the name, of its place or of a short form; a word in Latin letters may
    be unfinished. Questions with alternatives or exclusions are not for names.
    """
    asked = parse(_plain(typed[:MAX_NAME]))
    if asked.excluded or any(len(group) > 1 for group in asked.groups) or not asked.groups:
        return ()
    words = [_in_chinese(group[0]) for group in asked.groups]
    whole = [token for word in words for token in word]
    found = _rows(conn, _whole(whole), limit)
    if len(found) < limit:
        parts = " AND ".join(_part(word) for word in words)
        found += [row for row in _rows(conn, parts, 2 * limit) if row not in found]
    return tuple(FoundName(*row) for row in found[:limit])


def words_meant(conn: sqlite3.Connection, typed: str) -> tuple[str, ...]:
    """Return what texts say in place of a short name or a name in Latin letters, or ().

    The forms that are the word itself are among them. There are at most `MAX_WORDS`.
    """
    word = _plain(typed)
    if not tokens(word) or len(word) > MAX_NAME or not _has_names(conn):
        return ()
    for kinds in ("'region', 'body'", "'agency'"):
        rows = conn.execute(
            "SELECT n.word FROM name_index i JOIN name_list n ON n.id = i.rowid"
            f" WHERE name_index MATCH ? AND n.kind IN ({kinds}) LIMIT ?",
            [_whole(tokens(word)), _CANDIDATES],
        )
        found = tuple(dict.fromkeys(each for (each,) in rows))
        if found:
            return found if len(found) <= MAX_WORDS else ()
    return ()


def _in_chinese(word: Phrase) -> Phrase:
    """Return an English word of names in Chinese: 县 for county."""
    return tuple(tokens(chinese_for(word))) or word


def _plain(typed: str) -> str:
    """Return what was typed as the index has it: simplified, xi'an in one word, ü as v."""
    return simplified(typed.translate(_APOSTROPHES)).replace("ü", "v").replace("Ü", "v")


def _rows(conn: sqlite3.Connection, match: str, limit: int) -> list[tuple[str, str, str, str]]:
    if not _has_names(conn):
        return []
    found = conn.execute(
        "SELECT n.kind, n.key, n.name, n.place FROM name_index i JOIN name_list n ON n.id = i.rowid"
        " WHERE name_index MATCH ? AND n.kind <> 'body' ORDER BY i.rowid LIMIT ?",
        [match, limit],
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]


def _has_names(conn: sqlite3.Connection) -> bool:
    found = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'name_index'")
    return found.fetchone() is not None


def _whole(name: Iterable[str]) -> str:
    """Return the expression for a whole name; words in Latin letters are written in one."""
    return f'forms : "{BOUNDARY} {" ".join(_joined(name))} {BOUNDARY}"'


def _joined(name: Iterable[str]) -> list[str]:
    found: list[str] = []
    for token in name:
        if found and _is_latin(found[-1]) and _is_latin(token):
            found[-1] += token
        else:
            found.append(token)
    return found


def _part(word: tuple[str, ...]) -> str:
    return f'"{" ".join(word)}"{"*" if _is_latin(word[-1]) else ""}'


def _is_latin(token: str) -> bool:
    return token.isascii() and token.isalpha()
