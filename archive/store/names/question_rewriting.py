"""A question with the words that reports use in place of those that were typed.

Reports say 工业和信息化局 where people type 工信局 or gxj, 行政复议 where they type 行政復議 or
"administrative review". What was typed stays in the question, as one of the alternatives.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongkai.archive.store.names.english_terms import chinese_for, longest_term
from gongkai.archive.store.names.name_search import words_meant
from gongkai.archive.store.names.traditional import simplified
from gongkai.archive.store.search_question import MAX_PHRASES, Piece, parse, pieces
from gongkai.archive.store.tokenizer import tokens


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Words as they were typed, and what is searched for as well."""

    typed: str
    meant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RewrittenQuestion:
    """A question for the search index. `rewritings` is empty where it is the one that was typed."""

    text: str
    rewritings: tuple[Rewriting, ...] = ()


def rewrite(conn: sqlite3.Connection, question: str) -> RewrittenQuestion:
    """Return a question with what its words stand for. Excluded words stay as they are."""
    written, rewritings = list[str](), list[Rewriting]()
    free = MAX_PHRASES - _phrases(question)
    for typed, group in _terms(question):
        meant = _meanings(conn, group)[: max(free, 0)] if typed and not group[0].operator else ()
        if not meant:
            written += [_as_typed(question, piece) for piece in group]
            continue
        free -= len(meant)
        rewritings.append(Rewriting(typed, meant))
        written.append(" OR ".join(f'"{each}"' for each in (typed, *meant)))
    if not rewritings:
        return RewrittenQuestion(question)
    return RewrittenQuestion(" ".join(written), tuple(rewritings))


def _phrases(question: str) -> int:
    asked = parse(question)
    return len(asked.phrases) + len(asked.excluded)


def _as_typed(question: str, piece: Piece) -> str:
    return question[piece.start : piece.end]


def _terms(question: str) -> Iterator[tuple[str, Sequence[Piece]]]:
    """Yield the pieces of a question, those of an English term together, with their words.

    The words are "" for a piece that is not rewritten: an operator, or one that is excluded.
    """
    every = list(pieces(question))
    at = 0
    while at < len(every):
        group = _english_at(every, at) or every[at : at + 1]
        is_excluded = group[0].is_excluded or (at > 0 and every[at - 1].operator == "NOT")
        typed = " ".join(piece.text for piece in group)
        yield ("" if is_excluded or group[0].operator else typed.replace('"', " ")), group
        at += len(group)


def _english_at(every: Sequence[Piece], at: int) -> Sequence[Piece]:
    """Return the pieces of the longest English term of several words that begins at a place."""
    for length in range(min(longest_term(), len(every) - at), 1, -1):
        group = every[at : at + length]
        if any(piece.is_quoted or piece.is_excluded or piece.operator for piece in group):
            continue
        if chinese_for(tuple(token for piece in group for token in tokens(piece.text))):
            return group
    return ()


def _meanings(conn: sqlite3.Connection, group: Sequence[Piece]) -> tuple[str, ...]:
    """Return what words stand for, without what a text with the words themselves has anyhow."""
    typed = " ".join(piece.text for piece in group)
    words = tuple(tokens(typed))
    converted = simplified(typed) if len(group) == 1 else typed
    english = chinese_for(words)
    meant = [
        *([converted] if tuple(tokens(converted)) != words else []),
        *([english] if english else []),
        *(words_meant(conn, typed) if len(group) == 1 else ()),
    ]
    kept: list[str] = []
    known = [list(words)]
    for each in meant:
        found = tokens(each)
        if found and not any(_contains(found, other) for other in known):
            kept.append(" ".join(each.replace('"', " ").split()))
            known.append(found)
    return tuple(kept)


def _contains(words: list[str], part: list[str]) -> bool:
    """Return whether a text with `words` is found by `part` as well."""
    size = len(part)
    return any(words[at : at + size] == part for at in range(len(words) - size + 1))
