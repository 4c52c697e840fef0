"""JSON whose values take more memory than its bytes let expect."""

from __future__ import annotations

import json

import pytest

from gongkai.foreign_json import FREE_VALUES, TooManyValues, parse_json

MANY = 5 * FREE_VALUES


@pytest.mark.parametrize("value", [b"[]", b"{}", b"0", b'""', b'{"":0}', b"[[]]"])
def test_more_values_than_bytes_allow_are_refused(value: bytes) -> None:
    with pytest.raises(TooManyValues):
        parse_json(b"[" + b",".join([value] * MANY) + b"]")
    few = parse_json(b"[" + b",".join([value] * 1000) + b"]")
    assert few == [json.loads(value)] * 1000


def test_brackets_and_commas_in_texts_are_no_values() -> None:
    stored = {"url": "http://www.x.gov.cn/?" + '[{,"\\' * MANY, "next": [1, 2]}
    assert parse_json(json.dumps(stored).encode()) == stored


def test_a_text_without_an_end_hides_no_values() -> None:
    with pytest.raises(ValueError, match="Unterminated"):
        parse_json(b'["' + b"[]," * MANY)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe[\x00]\x00", b"[" * 1_000_000, b"{'a': 1}", b"[1] 2"]
)
def test_what_is_no_json_in_utf_8_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(content)


def test_a_mark_of_the_byte_order_is_passed_over() -> None:
    assert parse_json(b"\xef\xbb\xbf" + '{"年": "二〇二四"}'.encode()) == {"年": "二〇二四"}
