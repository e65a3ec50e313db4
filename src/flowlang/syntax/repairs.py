"""Ways to put a line right that does not parse, each a mistake that people make.

A repair is only tried: it counts where the line then parses, and the first that does is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.syntax import diagnostics as d
from flowlang.syntax.dates_in_words import said_at
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.misspellings import misspelled, mistaken, unfinished
from flowlang.syntax.repair import SIGNS, Broken, Repair, said
from flowlang.syntax.wording import listed

MAX_QUOTED = 12
"""Words without quotes that are tried as one text."""
_JOINED = {
    (">", "="): ">=", ("<", "="): "<=", ("=", ">"): ">=", ("=", "<"): "<=", ("<", ">"): "!=",
    ("=", "="): "=",
}  # fmt: skip


def repairs(broken: Broken) -> Iterator[Repair]:
    """All repairs that may apply, the most telling first."""
    yield from _date_in_words(broken)
    yield from mistaken(broken)
    yield from misspelled(broken)
    yield from unfinished(broken)
    if broken.current is None:
        return
    yield from _twice(broken, broken.current)
    yield from _assignment(broken, broken.current)
    yield from _signs(broken, broken.current)
    yield from _numbers(broken, broken.current)
    yield from _quotes(broken, broken.current)
    if "STRING" in (broken.current.kind, broken.previous and broken.previous.kind):
        yield from _turned(broken, broken.current)
    yield from _missing(broken, broken.current)
    yield from _one_name(broken, broken.current)
    yield from _turned(broken, broken.current)
    yield from _too_much(broken, broken.current)


# ------------------------------------------------------------------ signs and numbers


def _signs(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """`> =`, `==`, and a minus that stands too close."""
    index, previous = broken.at.index, broken.previous
    right = _JOINED.get((previous.kind, lexeme.kind)) if previous else None
    if previous and right:
        one = Lexeme(right, right, previous.start, lexeme.end)
        yield said(broken, broken.put(index - 1, 2, one), one, "joined", right)
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


def _numbers(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """`50` for `50%`, `9` for `09:00`, `3,5` for `3.5`."""
    index, previous = broken.at.index, broken.previous
    following = broken.lexemes[index + 1] if index + 1 < len(broken.lexemes) else None
    if following is not None:
        yield from _clock(broken, index + 1)
    if lexeme.kind == "NUMBER" and lexeme.text.isdigit():
        share = lexeme._replace(kind="PERCENT", text=f"{lexeme.text}%")
        yield said(broken, broken.put(index, 1, share), share, "share", share.text)
        if int(lexeme.text[:3]) <= 24:
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


def _date_in_words(broken: Broken) -> Iterator[Repair]:
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


def _assignment(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """`score = 5` and `set score += 5`."""
    words, lexemes, index = broken.words, broken.lexemes, broken.at.index
    to = words.word("_SET_TO")
    if index == 0 and lexeme.kind == "WORD" and [one.kind for one in lexemes[1:2]] == ["="]:
        setting = Lexeme("PHRASE", words.word("_SET"), lexeme.start, lexeme.start)
        target = lexemes[1]._replace(kind="PHRASE", text=to)
        right = f"{setting.text} {lexeme.text} {to}"
        place = lexeme._replace(end=target.end)
        yield said(broken, [setting, lexeme, target, *lexemes[2:]], place, "assignment", right)
    name = broken.previous
    if (
        name
        and lexeme.kind in ("+", "-")
        and [one.kind for one in lexemes[index + 1 : index + 2]] == ["="]
    ):
        equals = lexemes[index + 1]
        at = [
            Lexeme("PHRASE", to, lexeme.start, lexeme.start),
            name._replace(start=lexeme.start, end=lexeme.start),
            lexeme._replace(end=equals.end),
        ]
        place = lexeme._replace(end=equals.end)
        right = f"{to} {name.text} {lexeme.text}"
        yield said(broken, broken.put(index, 2, *at), place, "assignment", right)


# ------------------------------------------------------------------ texts and names


def _quotes(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """A text without quotes, and a keyword or name with them."""
    index, accepted = broken.at.index, broken.at.accepted
    if lexeme.kind == "STRING":
        content = lexeme.text[1:-1]
        word = "PHRASE" if content.lower() in _phrases(broken.words, accepted) else "WORD"
        plain = lexeme._replace(kind=word, text=content.lower() if word == "PHRASE" else content)
        if word == "PHRASE" or ("NAME" in accepted and content.isidentifier()):
            sentence = "no-quotes" if word == "PHRASE" else "name-without-quotes"
            yield said(broken, broken.put(index, 1, plain), lexeme, sentence, content)
    elif (
        accepted & {"STRING", "BLOCK"}
        and "UNIT" not in accepted
        and lexeme.kind in ("WORD", "REF", "NUMBER")
        and lexeme.text.lower() not in broken.words.forms("WEEKDAY")
    ):
        for length in range(1, min(MAX_QUOTED, len(broken.lexemes) - index) + 1):
            last = broken.lexemes[index + length - 1]
            if last.kind in ("STRING", "BLOCK"):
                return
            right = f'"{broken.text[lexeme.start : last.end]}"'
            text = Lexeme("STRING", right, lexeme.start, last.end)
            yield Repair(
                broken.put(index, length, text),
                d.MISSING_QUOTES,
                lexeme.start,
                last.end,
                hint=broken.words.say("write", text=right),
                text=right,
            )


def _phrases(words: Keywords, accepted: set[str]) -> set[str]:
    return {
        phrase.text
        for some in words.phrases.values()
        for phrase in some
        if phrase.terminal in accepted
    }


def _missing(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """A comma, or a word that must stand before this one."""
    index, accepted, words = broken.at.index, broken.at.accepted, broken.words
    at = lexeme.start
    end = broken.previous.end if broken.previous else at
    if "_COMMA" in accepted:
        comma = Lexeme(",", ",", at, at)
        what = {"what": words.things["_COMMA"]}
        yield Repair(broken.put(index, 0, comma), d.MISSING_WORD, end, end, what, text=",")
    begins = lexeme.kind != "WORD" or lexeme.text.lower() in words.phrases
    begins = begins and not _is_keyword(words, broken.previous)
    only = [terminal for terminal in accepted if (terminal, True) in words.spelling]
    if begins and ("_AND" in accepted or (len(accepted) == 1 and only)):
        both = [words.things["_AND"], words.things["_OR"]]
        for terminal in ["_AND"] if "_AND" in accepted else only:
            word = words.word(terminal)
            phrase = Lexeme("PHRASE", word, at, at)
            what = {"what": listed(both, words) if terminal == "_AND" else f"`{word}`"}
            fix = None if terminal == "_AND" else f" {word}"
            yield Repair(broken.put(index, 0, phrase), d.MISSING_WORD, end, end, what, text=fix)


def _is_keyword(words: Keywords, lexeme: Lexeme | None) -> bool:
    """Whether a word that was taken for a name begins a keyword elsewhere."""
    return lexeme is not None and lexeme.kind == "WORD" and lexeme.text.lower() in words.phrases


def _one_name(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """A name of two words."""
    previous = broken.previous
    if previous is None or previous.kind != "WORD" or lexeme.kind != "WORD":
        return
    if "TYPE" in broken.at.accepted or not (
        {previous.text.lower(), lexeme.text.lower()} & broken.words.phrases.keys()
    ):
        name = Lexeme("WORD", f"{previous.text}_{lexeme.text}", previous.start, lexeme.end)
        lexemes = broken.put(broken.at.index - 1, 2, name)
        yield said(broken, lexemes, name, "one-name", name.text)


def _turned(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """Two words the other way round."""
    index, previous = broken.at.index, broken.previous
    if previous is None or "WORD" not in (previous.kind, lexeme.kind):
        return
    turned = f"{lexeme.text} {previous.text}"
    first = lexeme._replace(start=previous.start, end=previous.end)
    second = previous._replace(start=lexeme.start, end=lexeme.end)
    yield Repair(
        broken.put(index - 1, 2, first, second),
        d.WRONG_ORDER,
        previous.start,
        lexeme.end,
        {"right": turned},
        text=turned,
    )


_AFTERNOON = {"am": 0, "pm": 12, "uhr": 0}
"""Words after a time, and the hours they add to one before noon."""


def _clock(broken: Broken, index: int) -> Iterator[Repair]:
    """A time as it is said, with the word at this index: `5pm`, `9:30 am`, `17 Uhr`."""
    previous, lexeme = broken.lexemes[index - 1 : index + 1] if index else (None, None)
    if previous is None or lexeme is None or previous.kind not in ("NUMBER", "TIME"):
        return
    added = _AFTERNOON.get(lexeme.text.lower())
    hour, _, minute = previous.text.replace(".", ":").partition(":")
    if added is None or not hour.isdigit() or int(hour) > 24 or len(minute) not in (0, 2):
        return
    whole = int(hour) % 12 + added if lexeme.text.lower() != "uhr" else int(hour) % 24
    time = f"{whole:02}:{minute or '00'}"
    place = Lexeme("TIME", time, previous.start, lexeme.end)
    words = {"word": f"{previous.text} {lexeme.text}"}
    hint = broken.words.say("write", text=time)
    lexemes = broken.put(index - 1, 2, place)
    yield Repair(lexemes, d.MISSPELLED, place.start, place.end, words, hint, time, safe=True)


def _twice(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """The same word two times."""
    previous = broken.previous
    if previous and lexeme.kind == "WORD" and lexeme.text.lower() == previous.text.lower():
        yield _without(broken, broken.at.index)


def _too_much(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """A word or sign that is not needed."""
    twice = broken.previous is not None and broken.previous.kind == lexeme.kind in SIGNS
    if lexeme.kind not in ("WORD", ")", ",") and not twice:
        return
    if lexeme.text.lower() in _AFTERNOON:
        yield from _clock(broken, broken.at.index)
        return
    both = (broken.at.index, broken.at.index - 1)
    for index in reversed(both) if _is_keyword(broken.words, broken.previous) else both:
        if index < 0 or broken.lexemes[index].kind == "STRING":
            continue
        yield _without(broken, index)


def _without(broken: Broken, index: int) -> Repair:
    """The line without one of its words."""
    word = broken.lexemes[index]
    hint = broken.words.say("remove-it")
    lexemes, told = broken.put(index, 1), {"word": word.text}
    return Repair(lexemes, d.WORD_TOO_MUCH, word.start, word.end, told, hint, "")
