"""CSV that is made while it is sent: its bounds, its last line, and its connection."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator

import pytest

from gongkai.publish.datasette_types import Message
from gongkai.publish.http import csv_stream
from gongkai.publish.http.csv_stream import CsvFile, CsvStream, Line, TooManyExports

NUMBERS = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {}) SELECT x FROM n"
)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
SILENT = f"SELECT x FROM ({ENDLESS}) WHERE x < 0"


def lines(sql: str, conn: sqlite3.Connection) -> Iterator[Line]:
    """Yield a header and the rows of a query."""
    yield ["x"]
    for row in conn.execute(sql):
        yield tuple(row)


def connect() -> sqlite3.Connection:
    """Return an empty database."""
    return sqlite3.connect(":memory:", check_same_thread=False)


async def start(sql: str, file: CsvFile) -> CsvStream:
    """Start the file of a query."""
    return await CsvStream.start(file, connect, lambda conn: lines(sql, conn))


async def sent(stream: CsvStream) -> tuple[Message, list[bytes]]:
    """Return the beginning of an answer, and the blocks of its body."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    await stream.asgi_send(send)
    assert not messages[-1].get("more_body")
    return messages[0], [message["body"] for message in messages[1:]]


def rows(blocks: list[bytes]) -> list[list[str]]:
    """Return the lines of a file."""
    return list(csv.reader(io.StringIO(b"".join(blocks).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("n", [1, 499, 500, 501, 1300])
async def test_all_rows_in_blocks(n: int) -> None:
    _, blocks = await sent(await start(NUMBERS.format(n), CsvFile("numbers", "cut")))
    assert rows(blocks) == [["x"], *([str(x)] for x in range(1, n + 1))]
    assert len(blocks) == (n + 1 - csv_stream.FIRST_LINES) // csv_stream.BLOCK_LINES + 3
    assert len(rows(blocks[:1])) == min(n + 1, csv_stream.FIRST_LINES)
    assert CsvStream.sending == 0


async def test_a_file_that_is_cut_says_so() -> None:
    _, blocks = await sent(await start(ENDLESS, CsvFile("numbers", "it is cut", most_lines=700)))
    assert rows(blocks)[-2:] == [["700"], ["it is cut"]]
    whole = await start(NUMBERS.format(700), CsvFile("numbers", "it is cut", most_lines=700))
    assert rows((await sent(whole))[1])[-1] == ["700"]


async def test_the_time_of_a_file_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the processor: what was read in it is sent. A query that found nothing in it is an error."""
    monkeypatch.setattr(csv_stream, "PROCESSOR_SECONDS", 0.2)
    _, blocks = await sent(await start(ENDLESS, CsvFile("numbers", "it is cut")))
    found = rows(blocks)
    assert found[:2] == [["x"], ["1"]]
    assert found[-1] == ["it is cut"]
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await start(SILENT, CsvFile("numbers", "it is cut"))
    assert CsvStream.sending == 0


async def test_a_slow_reader_gets_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_stream, "WALL_SECONDS", -1.0)
    _, blocks = await sent(await start(ENDLESS, CsvFile("numbers", "it is cut")))
    assert rows(blocks) == [["x"], ["it is cut"]] or rows(blocks) == [["it is cut"]]


async def test_so_many_files_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    started = [
        await start(ENDLESS, CsvFile("n", "", most_lines=600)) for _ in range(csv_stream.AT_ONCE)
    ]
    with pytest.raises(TooManyExports):
        await start(ENDLESS, CsvFile("n", ""))
    for stream in started:
        await sent(stream)
    assert CsvStream.sending == 0


async def test_other_errors_are_not_a_cut() -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await start("SELECT x FROM absent", CsvFile("n", ""))
    assert CsvStream.sending == 0


async def test_a_head_has_no_body() -> None:
    head, blocks = await sent(await start(ENDLESS, CsvFile("numbers", "", method="HEAD")))
    assert (b"content-disposition", b'attachment; filename="numbers.csv"') in head["headers"]
    assert blocks == [b""]
