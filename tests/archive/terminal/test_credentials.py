"""No message, log, notification or stored reason shows the password of an address."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.terminal.console import log_to_terminal
from gongkai.archive.terminal.notify import (
    Channels,
    Notification,
    send_notifications,
    unusable_channels,
)
from gongkai.catalogue import LANGUAGES, text
from gongkai.crawler.components.middlewares import validate_proxy
from gongkai.crawler.setting_error import SettingError
from gongkai.credentials import mask_address, mask_quoted, mask_text
from gongkai.messages import message
from tests.archive.folder import Command

SECRET = "hunter2secret"

# long enough not to stand in a message by chance; with all that makes an address malformed
passwords = st.text(st.sampled_from("Zq7:/@?#[]%& .\\'\"~é密"), min_size=1, max_size=12).map(
    lambda text: f"Kx{text}9Wv"
)
prefixes = st.sampled_from(["http://", "https://", "socks5://", "htp://", "://", "", "HTTP://"])
places = st.sampled_from(
    ["127.0.0.1:8100", "proxy", "proxy:port", "[::1]:8100", "[x", "", ":", "proxy:0", "proxy:99999"]
)


@given(prefixes, passwords, places)
def test_a_proxy_that_cannot_be_used_is_shown_without_its_password(
    prefix: str, password: str, place: str
) -> None:
    address = f"{prefix}user:{password}@{place}"
    try:
        validate_proxy(address)
    except SettingError as problem:
        shown = [str(problem), str(problem.message), repr(problem)]
        shown += [text(lang, problem.message) for lang in LANGUAGES]
        assert not any(password in each for each in shown)


@given(prefixes, passwords, places)
def test_no_piece_of_a_hidden_address_is_left_in_what_quotes_it(
    prefix: str, password: str, place: str
) -> None:
    address = f"{prefix}user:{password}@{place}"
    assert password not in mask_address(address)
    for quoted in (address, f"user:{password}@{place}", f"{password}@{place}", password):
        assert password not in mask_quoted(f"cannot use '{quoted}'", address)


@given(st.sampled_from(["http", "https", "socks5"]), st.text("Zq7:@[]%&~é密", min_size=1))
def test_a_text_with_an_address_in_it(scheme: str, middle: str) -> None:
    password = f"Kx{middle}9Wv"
    shown = mask_text(f"not reached: {scheme}://user:{password}@proxy:8100, given up")
    assert shown == f"not reached: {scheme}://***@proxy:8100, given up"


@given(st.sampled_from(["http://www.x.gov.cn/a@b?c=@d", "a@b.c", "2@3", "http://x:80/y#z@"]))
def test_other_texts_stay_as_they_are(other: str) -> None:
    assert mask_text(other) == other


def test_an_address_that_can_be_used_goes_on_whole() -> None:
    address = f"http://user:{SECRET}@127.0.0.1:8100"
    assert validate_proxy(address) == address


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_is_masked_once_more_when_it_is_rendered(lang: str) -> None:
    inner = message("command_not_run", why=f"at http://user:{SECRET}@proxy:1")
    assert SECRET not in text(lang, "crawl_impossible", why=inner)


@pytest.mark.parametrize(
    "words",
    [
        ("crawl", "--proxy", f"user:{SECRET}@127.0.0.1:8100"),
        ("nightly", "--proxy", f"socks5://user:{SECRET}@127.0.0.1:8100"),
        ("nightly", "--proxy", f"http://user:{SECRET}@[x"),
        ("nightly", "-s", f"http://user:{SECRET}@proxy:1"),
        ("nightly", "-s", f"DOWNLOAD_DELAY=http://user:{SECRET}@proxy:1"),
        ("crawl", f"http://user:{SECRET}@www.x.gov.cn/"),
        ("sites", "add", f"ftp://user:{SECRET}@www.x.gov.cn/"),
        ("crawl", "--dask", f"tcp://user:{SECRET}@127.0.0.1:9"),
        ("nightly", "x", "--notify-url", f"htp://user:{SECRET}@chat/hook"),
        ("nightly", "x", "--notify-url", f"http://user:{SECRET}@[x"),
        ("nightly", "x", "--notify-command", f"no-such-program http://user:{SECRET}@chat/"),
        ("nightly", "x", "--notify-command", f"'unclosed http://user:{SECRET}@chat/"),
    ],
    ids=" ".join,
)
def test_no_command_prints_it(run: Command, words: tuple[str, ...]) -> None:
    ended = run(*words)
    assert ended.exit_code == 2
    assert SECRET not in ended.output + ended.stderr
    assert "***" in ended.stderr or "--dask" in words


@pytest.mark.parametrize(
    "url",
    [
        f"http://user:{SECRET}@127.0.0.1:9/hook",
        f"htp://user:{SECRET}@chat/hook",
        f"http://127.0.0.1:9/send?access_token={SECRET}",
        f"http://127.0.0.1:{SECRET}@x",
    ],
)
def test_a_notification_that_fails_does_not_show_it(url: str) -> None:
    problems = [
        *send_notifications(Notification("subject", "text", {}), Channels(url)),
        *unusable_channels(Channels(url)),
    ]
    assert problems
    for problem in problems:
        assert SECRET not in str(problem)
        assert SECRET not in text("en", problem)


def test_a_command_that_fails_does_not_show_it() -> None:
    script = f"import sys; sys.exit('cannot reach http://user:{SECRET}@chat/')"
    (problem,) = send_notifications(
        Notification("s", "t", {}), Channels(command=f'{sys.executable} -c "{script}"')
    )
    assert "***@chat" in text("en", problem)
    assert SECRET not in str(problem)


def test_the_log_of_the_terminal_does_not_show_it(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(click.Context(click.Command("x")), 0)
    logging.getLogger("gongkai.x").warning("lost: %s", f"http://user:{SECRET}@proxy:1")
    assert "***@proxy:1" in (err := capsys.readouterr().err)
    assert SECRET not in err


@pytest.mark.parametrize("given_as", ["proxy", "setting"])
def test_neither_originals_nor_logs_nor_the_status_keep_it(
    run: Command, tmp_path: Path, given_as: str
) -> None:
    """A night whose proxy does not answer, logged as verbosely as can be."""
    address = f"http://user:{SECRET}@127.0.0.1:9"
    way = ("--proxy", address) if given_as == "proxy" else ("-s", f"GONGKAI_PROXY={address}")
    quick = ("-s", "RETRY_ENABLED=False", "-s", "DOWNLOAD_DELAY=0")
    ended = run("-vv", "nightly", "weibin", *way, *quick)
    assert ended.exit_code == 1
    shown = [ended.output, ended.stderr, run("status").output, run("status", "--json").output]
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not any(SECRET in each for each in shown)
    assert not any(SECRET.encode() in each for each in kept)


def test_a_bad_proxy_of_the_settings_fails_the_run_without_its_password(
    run: Command, tmp_path: Path
) -> None:
    ended = run("-vv", "nightly", "weibin", "-s", f"GONGKAI_PROXY=socks5://user:{SECRET}@x:1")
    assert ended.exit_code in (1, 2)
    assert SECRET not in ended.output + ended.stderr
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in each for each in kept)
