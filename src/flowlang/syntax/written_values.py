"""Repairs of signs, numbers, times and dates that are written as flow does not read them."""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.syntax import diagnostics as d
from flowlang.syntax.dates_in_words import said_at
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.repair import Broken, Repair, said

_JOINED = {
    (">", "="): ">=", ("<", "="): "<=", ("=", ">"): ">=", ("=", "<"): "<=", ("<", ">"): "!=",
    ("=", "="): "=",
}  # fmt: skip


AFTERNOON = {"am": 0, "pm": 12, "uhr": 0}
"""Words after a time, and the hours they add to one before noon."""


def clock(broken: Broken, index: int) -> Iterator[Repair]:
    """A time as it is said, with the word at this index: `5pm`, `9:30 am`, `17 Uhr`."""
    previous, lexeme = broken.lexemes[index - 1 : index + 1] if index else (None, None)
    if previous is None or lexeme is None or previous.kind not in ("NUMBER", "TIME"):
        return
    added = AFTERNOON.get(lexeme.text.lower())
    hour, _, minute = previous.text.replace(".", ":").partition(":")
    if added is None or not hour.isdigit() or int(hour) > 24 or len(minute) not in (0, 2):
        return
    whole = int(hour) % 12 + added if lexeme.text.lower() != "uhr" else int(hour) % 24
    time = f"{whole:02}:{minute or '00'}"
    place = Lexeme("TIME", time, previous.start, lexeme.end)
    words = {"word": f"{previous.text} {lexeme.text}"}
    hint = broken.words.say("write", text=time)
    lexemes = broken.put(index - 1, 2, place)
    if int(hour) == 24:  # the end of the day that was said, and the beginning of no day of flow
        what = {"what": broken.words.say("no-24")}
        yield Repair(lexemes, d.UNEXPECTED, place.start, place.end, what)
        return
    yield Repair(lexemes, d.MISSPELLED, place.start, place.end, words, hint, time, safe=True)


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
    if lexeme.kind == "NUMBER" and lexeme.text.isdigit():
        share = lexeme._replace(kind="PERCENT", text=f"{lexeme.text}%")
        yield said(broken, broken.put(index, 1, share), share, "share", share.text)
        if int(lexeme.text[:3]) < 24:
            time = lexeme._replace(kind="TIME", text=f"{int(lexeme.text):02}:00")
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
        said = said_at(broken.text, first.start)
        if said is None:
            continue
        length = sum(first.start <= one.start < said.end for one in broken.lexemes)
        date = Lexeme("DATE", said.date or _SOME_DAY, first.start, said.end)
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
                hint=broken.words.say("write", text=said.date) if said.date else "",
                text=said.date or None,
                safe=True,
            )


_SOME_DAY = "1900-01-01"
"""Stands in the place of a day that is not known: no other is before it."""
