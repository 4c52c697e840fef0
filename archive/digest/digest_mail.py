"""A digest as a mail: plain text and HTML, in the language of its reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from html import escape
from urllib.parse import quote

from gongkai import clock
from gongkai.archive.digest.digest_news import News, NewsSection
from gongkai.archive.digest.subscribers import Subscriber, is_mail_address
from gongkai.archive.errors import ArchiveError
from gongkai.catalogue import text
from gongkai.clock import china_day

MAX_TITLE = 300
"""Characters of a title in a mail."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends digests: the name and address in From, where unsubscribing goes, where the site is."""

    name: str
    address: str
    unsubscribe: str
    base_url: str

    @classmethod
    def parse(cls, mail_from: str, unsubscribe: str, base_url: str) -> Sender:
        """Return the sender that options describe; unsubscribing goes to the address in From by default.

        Raises:
            ArchiveError: One of the addresses cannot be used, or there is no address of the site.
        """
        name, address = parseaddr(mail_from)
        for given in (address, unsubscribe or address):
            if not is_mail_address(given) or not mail_from.isprintable():
                raise ArchiveError("mail_address_invalid", address=repr(mail_from)[:80])
        if not base_url.startswith(("http://", "https://")) or not base_url.isprintable():
            raise ArchiveError("digest_without_base")
        return cls(name, address, unsubscribe or address, base_url.rstrip("/"))

    def link(self, path: str, subscriber: Subscriber) -> str:
        """Return the address of a page in the language of a subscriber."""
        return f"{self.base_url}{'/en' if subscriber.lang == 'en' else ''}{path}"


def compose(sender: Sender, subscriber: Subscriber, news: News, night: int) -> EmailMessage:
    """Return the mail with the news of a night.

    Its Message-ID is made of its reader and the night: a receiver knows the same mail again.
    """
    lang = subscriber.lang
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=subscriber.address)
    mail["Subject"] = text(lang, "digest_subject", n=news.total)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{_mail_name(sender, subscriber, night)}>"
    mail["List-Unsubscribe"] = f"<mailto:{quote(sender.unsubscribe, safe='@')}?subject=unsubscribe>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "en" if lang == "en" else "zh-CN"
    mail.set_content("\n".join(_text_lines(sender, subscriber, news)), cte="base64")
    html = "\n".join(_html_lines(sender, subscriber, news))
    mail.add_alternative(html, subtype="html", cte="base64")
    return mail


def _mail_name(sender: Sender, subscriber: Subscriber, night: int) -> str:
    named = f"{sender.base_url}\n{subscriber.address}\n{night}"
    return f"gongkai.{sha256(named.encode()).hexdigest()[:32]}@{sender.address.partition('@')[2]}"


def _clean(title: str) -> str:
    """Return a text from a report in one line, without characters that control anything."""
    printable = "".join(c if c.isprintable() else " " for c in title)
    return " ".join(printable.split())[:MAX_TITLE]


def _left(section: NewsSection) -> int:
    return section.total - len(section.entries)


def _text_lines(sender: Sender, subscriber: Subscriber, news: News) -> Iterator[str]:
    lang = subscriber.lang
    for section in news.sections:
        yield f"{_clean(section.title)} ({section.total})"
        yield sender.link(section.path, subscriber)
        yield ""
        for entry in section.entries:
            yield f"- {_clean(entry.title)}"
            yield f"  {china_day(entry.updated)} · {_clean(entry.summary)}"
            yield f"  {sender.link(entry.path, subscriber)}"
        if _left(section):
            yield f"- {text(lang, 'digest_more', n=_left(section))}"
        yield ""
    yield "-- "
    yield text(lang, "digest_why", site=sender.link("/", subscriber))
    yield text(lang, "digest_unsubscribe", address=sender.unsubscribe)


def _html_lines(sender: Sender, subscriber: Subscriber, news: News) -> Iterator[str]:
    lang = subscriber.lang
    yield f'<!DOCTYPE html><html lang="{"en" if lang == "en" else "zh-CN"}"><head><meta charset="utf-8">'
    yield f"<title>{escape(text(lang, 'digest_subject', n=news.total))}</title></head><body>"
    for section in news.sections:
        link = escape(sender.link(section.path, subscriber))
        yield f'<h2><a href="{link}">{escape(_clean(section.title))}</a> ({section.total})</h2><ul>'
        for entry in section.entries:
            link = escape(sender.link(entry.path, subscriber))
            about = f"{china_day(entry.updated)} · {_clean(entry.summary)}"
            yield f'<li><a href="{link}" lang="zh">{escape(_clean(entry.title))}</a><br>{escape(about)}</li>'
        if _left(section):
            yield f"<li>{escape(text(lang, 'digest_more', n=_left(section)))}</li>"
        yield "</ul>"
    why = text(lang, "digest_why", site=sender.link("/", subscriber))
    yield f"<hr><p>{escape(why)}<br>"
    yield f"{escape(text(lang, 'digest_unsubscribe', address=sender.unsubscribe))}</p></body></html>"
