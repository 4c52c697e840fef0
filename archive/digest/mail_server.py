"""Sending mail by SMTP, so that it is known whether a message was taken."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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

ANSWER_SECONDS = 60
"""How long a whole answer of the server may take, however it comes."""

MOST_LINES = 200
LONGEST_LINE = 8192
"""Of an answer of the server, in bytes."""

PORTS = {"smtp": 25, "smtps": 465}
_DOT = re.compile(rb"^\.", re.MULTILINE)


class NotSentError(Exception):
    """Raised for a message that the server did not take. `why` says so in words."""

    def __init__(self, why: Message | str) -> None:
        super().__init__(str(why))
        self.why = why


class UncertainError(NotSentError):
    """Raised where the whole message was sent and no answer came: it may have been taken."""


class UnreachableError(NotSentError):
    """Raised where there is no connection, or the server does not greet: nothing else will be sent."""


class _Client(smtplib.SMTP):
    """A client that hears an answer out only within bounds: a server may go on for ever."""

    def getreply(self) -> tuple[int, bytes]:
        """Return code and text of an answer.

        Raises:
            SMTPException: The answer is too long, takes too long, or the connection ended.
        """
        assert self.sock is not None
        if self.file is None:
            self.file = self.sock.makefile("rb")
        said: list[bytes] = []
        with _cut_off(self.sock, ANSWER_SECONDS):
            while len(said) < MOST_LINES:
                line = self.file.readline(LONGEST_LINE + 1)
                if not line or len(line) > LONGEST_LINE:
                    break
                said.append(line[4:].strip())
                if line[3:4] != b"-":
                    code = line[:3]
                    return int(code) if code.isdigit() else -1, b"\n".join(said)
        self.close()
        raise smtplib.SMTPServerDisconnected("no end of the answer")


class _SecureClient(_Client, smtplib.SMTP_SSL):
    """The same over a connection that begins encrypted."""


@contextmanager
def _cut_off(connection: socket.socket, seconds: float) -> Iterator[None]:
    """End a connection where the block takes longer: a timeout of a socket counts from byte to byte."""

    def shut_down() -> None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


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
            UnreachableError: There is no server.
            NotSentError: It did not take it.
        """
        try:
            client = self._connected()
        except (OSError, smtplib.SMTPException) as problem:
            raise UnreachableError(cause_of(problem)) from problem
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
            return _SecureClient(self.host, self.port, timeout=SECONDS, context=context)
        client = _Client(self.host, self.port, timeout=SECONDS)
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
