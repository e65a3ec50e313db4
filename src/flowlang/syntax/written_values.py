"""Repairs of signs, numbers, times and dates that are written as flow does not read them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords
from flowlang.syntax.dates_in_words import said_at
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.repair import Broken, Repair, said

_JOINED = {
    (">", "="): ">=", ("<", "="): "<=", ("=", ">"): ">=", ("=", "<"): "<=", ("<", ">"): "!=",
    ("=", "="): "=",
}  # fmt: skip


_WHOLE_DAY = 24
"""A word that adds so many hours stands behind the hours of a whole day."""


@cache
def clock_words() -> dict[str, int]:
    """Words after a time, of any language, and the hours they add to one before noon."""
    tables = (keywords.load(code).clock for code in keywords.languages())
    return {word: hours for table in tables for word, hours in table.items()}


def clock(broken: Broken, index: int) -> Iterator[Repair]:
    """A time as it is said, with the word at this index: `5pm`, `9:30 am`, `17 Uhr`."""
    previous, lexeme = broken.lexemes[index - 1 : index + 1] if index else (None, None)
    time = _said(previous, lexeme) if previous and lexeme else ""
    if previous is None or lexeme is None or not time:
        return
    place = Lexeme("TIME", time, previous.start, lexeme.end)
    lexemes = broken.put(index - 1, 2, place)
    if previous.text.startswith("24"):  # the end of the day, and the beginning of none of flow's
        what = {"what": broken.words.say("no-24")}
        yield Repair(lexemes, d.UNEXPECTED, place.start, place.end, what)
        return
    words = {"word": f"{previous.text} {lexeme.text}"}
    hint = broken.words.say("write", text=time)
    yield Repair(lexemes, d.MISSPELLED, place.start, place.end, words, hint, time, safe=True)


def _said(number: Lexeme, word: Lexeme) -> str:
    """The time that a number and a word are; empty where they are none."""
    added = clock_words().get(word.text.lower())
    hour, _, minute = number.text.replace(".", ":").partition(":")
    if (
        added is None
        or number.kind not in ("NUMBER", "TIME")
        or not hour.isdecimal()
        or int(hour) > 24
        or len(minute) not in (0, 2)
    ):
        return ""
    whole = int(hour) % 24 if added == _WHOLE_DAY else int(hour) % 12 + added
    return f"{whole:02}:{minute or '00'}"


def _time_at(broken: Broken, index: int) -> tuple[int, Lexeme] | None:
    """A time in any writing, and of how many words: `10:00`, `10`, `10 uhr`."""
    some = broken.lexemes[index : index + 2]
    time = _said(*some) if len(some) == 2 else ""
    if time:
        return 2, Lexeme("TIME", time, some[0].start, some[1].end)
    if some and some[0].kind == "TIME":
        return 1, some[0]
    hour = _full_hour(some[0]) if some else None
    return None if hour is None else (1, hour)


def _full_hour(lexeme: Lexeme) -> Lexeme | None:
    """The time that a number is, where it is an hour: `9`."""
    text = lexeme.text
    if not text.isdecimal() or len(text) > 2 or int(text) >= 24:
        return None
    return lexeme._replace(kind="TIME", text=f"{int(text):02}:00")


def day_and_time(broken: Broken) -> Iterator[Repair]:
    """`2026-03-02 um 10 Uhr`: one moment, with the time as it is said or behind a word."""
    index, day, lexeme = broken.at.index, broken.previous, broken.current
    if day is None or day.kind != "DATE" or lexeme is None:
        return
    behind = int(lexeme.text.lower() in broken.words.forms("_AT"))
    found = _time_at(broken, index + behind)
    if found is not None:
        length, time = found
        moment = Lexeme("DATETIME", f"{day.text} {time.text}", day.start, time.end)
        lexemes = broken.put(index - 1, 1 + behind + length, moment)
        yield said(broken, lexemes, moment, "one-moment", moment.text)


def both_times(broken: Broken) -> Iterator[Repair]:
    """`between 8 and 20`: the two ends of a window, of which none is written as a time."""
    index = broken.at.index
    first = _time_at(broken, index)
    second = _time_at(broken, index + first[0] + 1) if first else None
    if first is None or second is None:
        return
    joining = broken.lexemes[index + first[0]]
    both = [first[1], joining, second[1]]
    place = Lexeme("TIME", " ".join(one.text for one in both), both[0].start, both[2].end)
    lexemes = broken.put(index, first[0] + 1 + second[0], *both)
    yield said(broken, lexemes, place, "colon-time", place.text)


def signs(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """`> =`, `==`, and a minus that stands too close."""
    index, previous = broken.at.index, broken.previous
    right = _JOINED.get((previous.kind, lexeme.kind)) if previous else None
    if previous and right:
        one = Lexeme(right, previous.text + lexeme.text, previous.start, lexeme.end)
        joined = one._replace(text=right)
        sentence = "turned" if one.text == right[::-1] else "joined"
        if one.text != right == "=":
            sentence = "one-equals"
        yield said(broken, broken.put(index - 1, 2, joined), one, sentence, right)
    if lexeme.kind == "NUMBER" and lexeme.text.startswith("-"):
        minus = Lexeme("-", "-", lexeme.start, lexeme.start + 1)
        number = Lexeme("NUMBER", lexeme.text[1:], lexeme.start + 1, lexeme.end)
        yield Repair(
            broken.put(index, 1, minus, number),
            d.MISSING_SPACE,
            lexeme.start,
            lexeme.end,
            {"what": broken.words.say("minus")},
            broken.words.say("write", text=f"- {number.text}"),
            f"- {number.text}",
            safe=True,
        )


def numbers(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """`50` for `50%`, `9` for `09:00`, `3,5` for `3.5`."""
    index, previous = broken.at.index, broken.previous
    following = broken.lexemes[index + 1] if index + 1 < len(broken.lexemes) else None
    if following is not None:
        yield from clock(broken, index + 1)
    if lexeme.kind == "NUMBER" and lexeme.text.isdecimal():
        share = lexeme._replace(kind="PERCENT", text=f"{lexeme.text}%")
        yield said(broken, broken.put(index, 1, share), share, "share", share.text)
        time = _full_hour(lexeme)
        if time is not None:
            yield said(broken, broken.put(index, 1, time), time, "colon-time", time.text)
    if lexeme.kind == "," and previous and following:
        number = Lexeme(
            "NUMBER", f"{previous.text}.{following.text}", previous.start, following.end
        )
        if (
            previous.kind == following.kind == "NUMBER"
            and "." not in previous.text + following.text
        ):
            yield said(
                broken, broken.put(index - 1, 3, number), number, "decimal-comma", number.text
            )


def date_in_words(broken: Broken) -> Iterator[Repair]:
    """`24 December 2027`, where the line stopped making sense or shortly before."""
    at = broken.at.index
    for index in range(max(at - 2, 0), min(at + 1, len(broken.lexemes))):
        first = broken.lexemes[index]
        day = said_at(broken.text, first.start)
        if day is None:
            continue
        length = sum(first.start <= one.start < day.end for one in broken.lexemes)
        date = Lexeme("DATE", day.date or _SOME_DAY, first.start, day.end)
        moments = [(length, date)]
        behind = broken.lexemes[index + length : index + length + 1]
        if behind and behind[0].kind == "TIME":
            moment = Lexeme("DATETIME", f"{date.text} {behind[0].text}", date.start, date.end)
            moments.append((length + 1, moment))
        for replaced, lexeme in moments:
            yield Repair(
                broken.put(index, replaced, lexeme),
                d.WRONG_DATE,
                date.start,
                date.end,
                hint=broken.words.say("write", text=day.date) if day.date else "",
                text=day.date or None,
                safe=True,
            )


_SOME_DAY = "1900-01-01"
"""Stands in the place of a day that is not known: no other is before it."""
