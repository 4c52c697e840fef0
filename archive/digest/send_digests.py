"""The digests of a night: to each subscriber what is new since the last one, never the same twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from gongkai.archive.digest.digest_ledger import DigestLedger, open_ledger
from gongkai.archive.digest.digest_mail import Sender, compose
from gongkai.archive.digest.digest_news import NewsDesk, known_keys
from gongkai.archive.digest.mail_server import (
    MailServer,
    NotSentError,
    UncertainError,
    UnreachableError,
)
from gongkai.archive.digest.subscribers import Subscriber
from gongkai.archive.store.database import reader
from gongkai.messages import Message, message
from gongkai.publish.facets.bitmaps import load_facets


@dataclass(frozen=True, slots=True)
class DigestJob:
    """To whom digests go, from whom, and by which server."""

    subscribers: Sequence[Subscriber]
    sender: Sender
    server: MailServer


@dataclass(frozen=True, slots=True)
class DigestResult:
    """How many digests were sent, how many subscribers had no news, and what went wrong."""

    sent: int = 0
    without_news: int = 0
    problems: tuple[Message, ...] = ()


@dataclass(slots=True)
class _Post:
    """The way of the digests of one night. A server that is not there is waited for once."""

    job: DigestJob
    unreachable: UnreachableError | None = None

    def send(self, mail: EmailMessage, recipient: str) -> None:
        """Send one message.

        Raises:
            UncertainError: The server may have taken it.
            NotSentError: It did not.
        """
        if self.unreachable is not None:
            raise UnreachableError(self.unreachable.why)
        try:
            self.job.server.send(mail, self.job.sender.address, recipient)
        except UnreachableError as problem:
            self.unreachable = problem
            raise


def send_digests(archive: Path, job: DigestJob) -> DigestResult:
    """Note what is known after a night and send each subscriber what is new.

    A digest that the server refused is sent the next night, with what came since. One that it may
    have taken is not sent again.

    Raises:
        ArchiveError: The archive or the ledger cannot be used.
    """
    with reader(archive) as conn, open_ledger(archive) as ledger:
        conn.row_factory = sqlite3.Row
        problems = _settle_interrupted(ledger)
        night = ledger.note_night(known_keys(conn))
        desk = NewsDesk(conn, load_facets(conn), ledger)
        post = _Post(job)
        outcomes = [_tell(desk, post, each, night, problems) for each in job.subscribers]
    return DigestResult(outcomes.count("sent"), outcomes.count("no_news"), tuple(problems))


def _settle_interrupted(ledger: DigestLedger) -> list[Message]:
    """Regard digests that were on their way when the program was killed as sent, and say so."""
    problems = []
    for address, night in ledger.interrupted():
        ledger.end(address, night)
        problems.append(message("digest_interrupted", address=address))
    return problems


def _tell(
    desk: NewsDesk, post: _Post, subscriber: Subscriber, night: int, problems: list[Message]
) -> str:
    address, ledger = subscriber.address, desk.ledger
    since = ledger.last_told(address, night)
    news = desk.news(subscriber, since)
    problems += news.unknown
    if not news.sections:
        ledger.end(address, night)
        return "no_news"
    ledger.begin(address, since, night)
    try:
        post.send(compose(post.job.sender, subscriber, news, night), address)
    except UncertainError as problem:
        ledger.end(address, night)
        problems.append(message("digest_uncertain", address=address, why=problem.why))
        return "uncertain"
    except NotSentError as problem:
        ledger.give_up(address)
        problems.append(message("digest_not_sent", address=address, why=problem.why))
        return "failed"
    ledger.end(address, night)
    return "sent"
