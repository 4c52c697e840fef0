"""Sending mail by SMTP, so that it is known whether a message was taken."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from gongkai.archive.errors import ArchiveError
from gongkai.credentials import mask_address
from gongkai.errors import cause_of
from gongkai.messages import Message, message

SECONDS = 60
"""How long one step may take."""

PORTS = {"smtp": 25, "smtps": 465}
_DOT = re.compile(rb"^\.", re.MULTILINE)


class NotSentError(Exception):
    """Raised for a message that the server did not take. `why` says so in words."""

    def __init__(self, why: Message | str) -> None:
        super().__init__(str(why))
        self.why = why


class UncertainError(NotSentError):
    """Raised where the whole message was sent and no answer came: it may have been taken."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server. With `tls` the connection begins encrypted; otherwise STARTTLS is used if offered."""

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: str = ""

    @classmethod
    def parse(cls, url: str, password: str = "") -> MailServer:
        """Return the server of an address like smtp://user@mail.example.org:587.

        `password` is that of the user, where the address has none.

        Raises:
            ArchiveError: It is no such address.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/"):
            raise ArchiveError("mail_server_invalid", url=mask_address(url))
        return cls(
            parts.hostname,
            port or PORTS[parts.scheme],
            parts.scheme == "smtps",
            unquote(parts.username or ""),
            unquote(parts.password or "") or password,
        )

    def send(self, mail: EmailMessage, sender: str, recipient: str) -> None:
        """Send one message.

        Raises:
            UncertainError: The server may have taken it.
            NotSentError: It did not.
        """
        try:
            client = self._connected()
        except (OSError, smtplib.SMTPException) as problem:
            raise NotSentError(cause_of(problem)) from problem
        try:
            self._offer(client, sender, recipient)
            _deliver(client, _DOT.sub(b"..", mail.as_bytes(policy=SMTP)))
        except (OSError, smtplib.SMTPException) as problem:
            raise NotSentError(cause_of(problem)) from problem
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        client = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        client.ehlo()
        if client.has_extn("starttls"):
            client.starttls(context=context)
        elif self.user and not _is_loopback(self.host):
            client.close()
            raise NotSentError(message("mail_password_in_clear", host=self.host))
        return client

    def _offer(self, client: smtplib.SMTP, sender: str, recipient: str) -> None:
        client.ehlo_or_helo_if_needed()
        if self.user:
            client.login(self.user, self.password)
        _require(client.mail(sender))
        _require(client.rcpt(recipient))


def _deliver(client: smtplib.SMTP, body: bytes) -> None:
    """Send the text of a message.

    Raises:
        UncertainError: No answer came after the whole of it.
        NotSentError: The server refused it.
    """
    client.putcmd("data")
    _require(client.getreply(), 354)
    try:
        client.send(body if body.endswith(b"\r\n") else body + b"\r\n")
    except OSError as problem:
        raise NotSentError(cause_of(problem)) from problem
    try:
        client.send(b".\r\n")
        answer = client.getreply()
    except (OSError, smtplib.SMTPException) as problem:
        raise UncertainError(cause_of(problem)) from problem
    _require(answer)


def _require(answer: tuple[int, bytes], wanted: int = 250) -> None:
    code, said = answer
    if code != wanted and not (wanted == 250 and code == 251):
        raise NotSentError(f"{code} {said.decode('utf-8', 'replace')[:200]}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
