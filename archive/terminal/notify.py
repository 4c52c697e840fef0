"""Telling a person that a night needs one: a webhook, or a command such as mail."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Notification:
    """What is told: a line, the whole text, and the night as data where there was one."""

    subject: str
    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Channels:
    """How a person is reached: an address that takes JSON, a command that reads its input."""

    url: str = ""
    command: str = ""


def unusable_channels(channels: Channels) -> Iterator[str]:
    """Say which way can reach nobody, as far as can be seen without telling anything."""
    if channels.url:
        try:
            parts = urlsplit(channels.url)
        except ValueError:
            parts = SplitResult("", "", "", "", "")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            yield f"{channels.url}: 不是网址 not an address; it begins with http:// or https://"
    if channels.command:
        try:
            program = shlex.split(channels.command)[0]
        except (ValueError, IndexError):
            yield f"{channels.command}: 不是命令 not a command"
        else:
            if not shutil.which(program):
                yield f"{channels.command}: 没有这个程序 no such program: {program}"


def send_notifications(message: Notification, channels: Channels) -> list[str]:
    """Tell it every way there is; return what went wrong on the way, in words."""
    return [*_post(message, channels.url), *_run(message, channels.command)]


def _post(message: Notification, url: str) -> Iterator[str]:
    """POST it as JSON; `text` alone is what chat services show."""
    if not url:
        return
    whole = {"text": f"{message.subject}\n{message.text}", "subject": message.subject}
    body = json.dumps(whole | {"night": message.data}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        request = urllib.request.Request(url, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=SECONDS):
            return
    except (urllib.error.URLError, OSError, ValueError) as problem:
        yield f"{url}: {problem}"


def _run(message: Notification, command: str) -> Iterator[str]:
    """Give it to a command on standard input; {subject} in the command stands for the line."""
    if not command:
        return
    try:
        words = [word.replace("{subject}", message.subject) for word in shlex.split(command)]
        done = subprocess.run(
            words,
            input=message.text,
            text=True,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as problem:
        yield f"{command}: {problem}"
        return
    if done.returncode:
        yield f"{command}: {done.returncode} {done.stderr.strip()}".rstrip()
