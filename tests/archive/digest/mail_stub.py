"""A mail server on loopback that keeps what it gets, and misbehaves when it is told to."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP


@dataclass
class Postbox:
    """What a server got. `refuses` has what it says by command: an answer, or "" to hang up.

    The commands are MAIL, RCPT, DATA, and "." for the end of a message. What it says begins with `endless`
    where that is given, and goes on with it for as long as somebody listens. `met` counts the connections.
    """

    address: str = ""
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    endless: bytes = b""
    met: int = 0


class _Handler(socketserver.StreamRequestHandler):
    box: Postbox

    def handle(self) -> None:
        self.box.met += 1
        with suppress(OSError):
            while self.box.endless:
                self.wfile.write(self.box.endless)
                time.sleep(len(self.box.endless) == 1 and 0.05)
            self._converse()

    def _converse(self) -> None:
        self._say("220 stub")
        recipient = ""
        while line := self.rfile.readline():
            command = line.decode("ascii", "replace").strip()
            verb = command[:4].upper()
            self.box.commands.append(command)
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb in self.box.refuses:
                if not self._refuse(verb):
                    return
            elif verb == "RCPT":
                recipient = command.partition("<")[2].rstrip(">")
                self._say("250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                body = self._body()
                if "." in self.box.refuses:
                    if not self._refuse("."):
                        return
                    continue
                mail = message_from_bytes(body, policy=SMTP)
                self.box.mails.append((recipient, mail))
                self._say("250 taken")
            else:
                self._say("250 ok")

    def _refuse(self, verb: str) -> bool:
        answer = self.box.refuses[verb]
        if answer:
            self._say(answer)
        return bool(answer)

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def post_office() -> Iterator[Postbox]:
    """Run a server in a thread, and yield what it gets."""
    box = Postbox()
    handler = type("Handler", (_Handler,), {"box": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        box.address = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()
