"""Read dates and years as Chinese pages write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from gongkai.extract.chinese.normalize import fold_characters, normalize_text

_DATE = re.compile(r"(?<!\d)(20\d\d)\s*[-/年.]\s*(\d{1,2})\s*[-/月.]\s*(\d{1,2})(?!\d)")
_INSTANT = re.compile(
    r"(?<!\d)(20\d\d)-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?"
    r" ?(?:(Z|UTC|GMT)|([+-])(\d\d):?(\d\d))(?!\w)",
    re.I,
)
_CHINA = timezone(timedelta(hours=8))
_EPOCH_DIGITS = {10: 1, 13: 1000}
"""Digits of a time in seconds or milliseconds since 1970, and how many of them make a second."""

MAX_STAMP_CHARS = 64

_HAN_DIGITS = str.maketrans("〇○零０一二三四五六七八九Ｏ", "00001234567890")
_HAN_DAY = re.compile(r"([一二三四五六七八九十]{1,3})(月|日)")
_ONES = dict(enumerate("一二三四五六七八九", 1))
_HAN_NUMBERS = (
    {text: n for n, text in _ONES.items()}
    | {"十": 10, "二十": 20, "三十": 30, "三十一": 31}
    | {f"十{text}": 10 + n for n, text in _ONES.items()}
    | {f"二十{text}": 20 + n for n, text in _ONES.items()}
)
_HAN_YEAR = re.compile(r"二[〇○零Ｏ0][〇○零Ｏ0一二三四五六七八九]{2}(?=年)")
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?:年|(?!\d))")
_PERIOD = re.compile(
    r"(20\d\d)年0?1月0?1日(?:0?0?时)?起?,?(?:起)?(?:至|到|-|—|–|~|－)+(?:(20\d\d)年|同年|当年|本年)?12月31日"
)
_PERIOD_YEAR = re.compile(r"(?:统计期限|统计数据|所列数据|数据统计)[^。]{0,30}?(20\d\d)年")


def find_first_date(text: str) -> str:
    """Return the first valid date in `text` in ISO format, "" if there is none.

    >>> find_first_date("发布时间：2025年1月3日 10:22")
    '2025-01-03'
    >>> find_first_date("二〇二五年一月二十日")
    '2025-01-20'

    A time with an offset is one of a day in China, which may be the next one:

    >>> find_first_date("2025-01-21T17:00:00.000Z")
    '2025-01-22'
    """
    plain = _INSTANT.sub(_day_in_china, fold_characters(text))
    for match in _DATE.finditer(_arabic_days(years_in_digits(plain))):
        found = _iso(*map(int, match.groups()))
        if found:
            return found
    return ""


def _day_in_china(match: re.Match[str]) -> str:
    """Return the day in China of a time with an offset; a time that is none stays as it is."""
    year, month, day, hour, minute, second, _, sign, hours, minutes = match.groups()
    try:
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = timezone(-offset if sign == "-" else offset)
        at = datetime(*map(int, (year, month, day, hour, minute, second or 0)), tzinfo=zone)  # type: ignore[misc, arg-type]
        return at.astimezone(_CHINA).date().isoformat()
    except (ValueError, OverflowError):
        return match[0]


def find_stamp_date(text: str) -> str:
    """Return the day in China of a machine's time, "" where the text is another one.

    That is a number of seconds or milliseconds since 1970, or a time as in a mail or a feed.

    >>> find_stamp_date("1737478800000"), find_stamp_date("Tue, 21 Jan 2025 17:00:00 GMT")
    ('2025-01-22', '2025-01-22')
    """
    stamp = text.strip()
    if not stamp or len(stamp) > MAX_STAMP_CHARS:
        return ""
    try:
        if stamp.isascii() and stamp.isdecimal():
            unit = _EPOCH_DIGITS.get(len(stamp))
            at = datetime.fromtimestamp(int(stamp) / unit, UTC) if unit else None
        else:
            at = parsedate_to_datetime(stamp)
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return ""
    if at is None or not 2000 <= at.year < 2100:
        return ""
    # a time without an offset is one of the page's own clock
    return (at.astimezone(_CHINA) if at.tzinfo else at).date().isoformat()


def _arabic_days(text: str) -> str:
    return _HAN_DAY.sub(lambda match: f"{_HAN_NUMBERS.get(match[1], match[1])}{match[2]}", text)


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def years_in_digits(text: str) -> str:
    """Return `text` with the years in digits: 二〇二四年 becomes 2024年."""
    return _HAN_YEAR.sub(lambda match: match[0].translate(_HAN_DIGITS).replace("二", "2"), text)


def find_years(text: str) -> tuple[int, ...]:
    """Return the years that a title names, in order.

    >>> find_years("平罗县二〇二四年政府信息公开年报")
    (2024,)
    """
    return tuple(int(year) for year in _YEAR.findall(years_in_digits(normalize_text(text))))


_PART = re.compile(
    r"(?:统计期限|统计时限|统计时间|统计周期|统计数据|所列数据|数据统计)[^。]{0,30}?(20\d\d)年(\d{1,2})月(?:\d{1,2}日)?"
    r"(?:0?0?时)?起?,?(?:起)?(?:至|到|-|—|–|~|－){1,2}(?:(20\d\d)年|同年|当年|本年)?(\d{1,2})月"
)
_LATEST_END = 10
"""The month in which a period of a part of the year ends at the latest; a new office begins in one."""


def covers_part_of_year(text: str) -> bool:
    """Return whether the statistical period ends before the last months of its year.

    >>> covers_part_of_year("本报告所列数据的统计期限自2024年1月1日起至2024年6月30日止。")
    True
    """
    match = _PART.search(years_in_digits(normalize_text(text)))
    if match is None or int(match[3] or match[1]) != int(match[1]):
        return False
    return int(match[2]) <= int(match[4]) < _LATEST_END


def find_period_year(text: str) -> int | None:
    """Return the year in the sentence about the statistical period, None without such a sentence."""
    bare = years_in_digits(normalize_text(text))
    match = _PERIOD.search(bare)
    if match:
        return int(match[2] or match[1])
    loose = _PERIOD_YEAR.search(bare)
    return int(loose[1]) if loose else None
