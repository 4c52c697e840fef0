"""Notifications that a night needs a person: a webhook, or a command such as mail."""

from __future__ import annotations

import json
import shlex
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import SplitResult, urlsplit

from gongkai.archive.workers.operator_command import CommandError, run_command
from gongkai.credentials import mask_address, mask_quoted, mask_text
from gongkai.errors import cause_of
from gongkai.messages import Message, message

SECONDS = 60
"""How long a receiver or a command may take."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A subject line, the whole text, and the night as data where there was one."""

    subject: str
    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Channels:
    """How a person is reached: an address that takes JSON, a command that reads its input."""

    url: str = ""
    command: str = ""


def unusable_channels(channels: Channels) -> Iterator[Message]:
    """Yield what is wrong with the channels, as far as it shows before anything is sent."""
    if channels.url:
        try:
            parts = urlsplit(channels.url)
        except ValueError:
            parts = SplitResult("", "", "", "", "")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            yield message("url_invalid", url=mask_address(channels.url))
    if channels.command:
        try:
            program = shlex.split(channels.command)[0]
        except (ValueError, IndexError):
            yield message("command_invalid", command=mask_text(channels.command))
        else:
            if not shutil.which(program):
                yield message(
                    "program_missing", command=mask_text(channels.command), program=program
                )


def send_notifications(notification: Notification, channels: Channels) -> list[Message]:
    """Send a notification by every channel; return what went wrong."""
    return [*_post(notification, channels.url), *_run(notification, channels.command)]


def _post(notification: Notification, url: str) -> Iterator[Message]:
    """POST it as JSON; `text` alone is what chat services show."""
    if not url:
        return
    content = {
        "text": f"{notification.subject}\n{notification.text}",
        "subject": notification.subject,
        "night": notification.data,
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        request = urllib.request.Request(url, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=SECONDS):
            return
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as problem:
        why = mask_quoted(str(problem), url)
        yield message("channel_failed", channel=mask_address(url), why=why)


def _run(notification: Notification, command: str) -> Iterator[Message]:
    """Give it to a command on standard input; {subject} in the command stands for the subject."""
    if not command:
        return
    try:
        words = [word.replace("{subject}", notification.subject) for word in shlex.split(command)]
        run_command(words, notification.text, SECONDS)
    except (CommandError, ValueError) as problem:
        yield message("channel_failed", channel=mask_text(command), why=cause_of(problem))
