"""Ways to put a line right that does not parse, each a mistake that people make.

A repair is only tried: it counts where the line then parses, and the first that does is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flowlang.syntax import diagnostics as d
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.misspellings import misspelled, mistaken, unfinished
from flowlang.syntax.repair import SIGNS, Broken, Repair, said
from flowlang.syntax.wording import listed
from flowlang.syntax.written_values import (
    both_times,
    clock,
    clock_words,
    date_in_words,
    day_and_time,
    numbers,
    signs,
)

MAX_QUOTED = 12
"""Words without quotes that are tried as one text."""


def repairs(broken: Broken) -> Iterator[Repair]:
    """All repairs that may apply, the most telling first."""
    yield from date_in_words(broken)
    yield from day_and_time(broken)
    yield from both_times(broken)
    yield from mistaken(broken)
    yield from misspelled(broken)
    yield from unfinished(broken)
    if broken.current is None:
        return
    yield from _twice(broken, broken.current)
    yield from _assignment(broken, broken.current)
    yield from signs(broken, broken.current)
    yield from numbers(broken, broken.current)
    yield from _quotes(broken, broken.current)
    if "STRING" in (broken.current.kind, broken.previous and broken.previous.kind):
        yield from _turned(broken, broken.current)
    yield from _filler(broken)
    yield from _next_weekday(broken)
    yield from _unquoted(broken, broken.current)
    yield from _what_of_the_window(broken, broken.current)
    yield from _missing(broken, broken.current)
    yield from _one_name(broken, broken.current)
    yield from _turned(broken, broken.current)
    yield from _too_much(broken, broken.current)


# ------------------------------------------------------------------ values that are set


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
            put = said(broken, broken.put(index, 1, plain), lexeme, sentence, content)
            kinds = broken.words.forms("TYPE") | broken.words.forms("_ONE_OF")
            behind = [one.text.lower() for one in broken.lexemes[index + 1 : index + 2]]
            # Where it is defined, a name is what its author says; elsewhere there may be none.
            yield put if word == "PHRASE" or kinds & {*behind} else replace(put, text=None)
    elif (
        accepted & {"STRING", "BLOCK"}
        and "UNIT" not in accepted
        and lexeme.kind in ("WORD", "REF", "NUMBER")
        and lexeme.text.lower() not in broken.words.forms("WEEKDAY")
        and not _is_duration(broken, index)
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


def _is_duration(broken: Broken, index: int) -> bool:
    """Whether a number and a unit stand there, which are no text that lacks its quotes."""
    kinds = [one.kind for one in broken.lexemes[index : index + 2]]
    units = broken.words.forms("UNIT")
    return kinds == ["NUMBER", "WORD"] and broken.lexemes[index + 1].text.lower() in units


def _phrases(words: Keywords, accepted: set[str]) -> set[str]:
    return {
        phrase.text
        for some in words.phrases.values()
        for phrase in some
        if phrase.terminal in accepted
    }


def _missing(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """A comma, or a word that must stand before this one."""
    accepted, words = broken.at.accepted, broken.words
    if "_AT" in accepted and lexeme.kind == "TIME":
        yield _without_word(broken, lexeme, "_AT")
    if "_COMMA" in accepted:
        comma = _without_word(broken, lexeme, "_COMMA")
        yield replace(comma, words={"what": words.things["_COMMA"]}, text=",")
    begins = lexeme.kind != "WORD" or lexeme.text.lower() in words.phrases
    begins = begins and not _is_keyword(words, broken.previous)
    only = [terminal for terminal in accepted if (terminal, True) in words.spelling]
    if begins and "_AND" in accepted:
        both = listed([words.things["_AND"], words.things["_OR"]], words)
        yield replace(_without_word(broken, lexeme, "_AND"), words={"what": both}, text=None)
    elif begins and len(accepted) == 1:
        yield from (_without_word(broken, lexeme, terminal) for terminal in only)


def _what_of_the_window(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """`if purchase within the last 30 days`: an event happened, or a date is within it."""
    words, index = broken.words, broken.at.index
    for window in words.forms("_WITHIN_THE_LAST") if "_HAPPENED" in broken.at.accepted else ():
        length = len(window.split())
        if [one.text.lower() for one in broken.lexemes[index:][:length]] != window.split():
            continue
        happened = _without_word(broken, lexeme, "_HAPPENED")
        whole = next(one for one in words.forms("_IS_WITHIN_THE_LAST") if one.endswith(window))
        word = whole.removesuffix(window).strip()
        phrase = Lexeme("PHRASE", whole, lexeme.start, broken.lexemes[index + length - 1].end)
        what = {"what": f"`{word}`"}
        date = replace(happened, lexemes=broken.put(index, length, phrase), words=what)
        yield replace(happened, others=(replace(date, text=f" {word}"),))


def _without_word(broken: Broken, lexeme: Lexeme, terminal: str) -> Repair:
    """The line with a word that is missing before a lexeme."""
    at, end = lexeme.start, broken.previous.end if broken.previous else lexeme.start
    word = "," if terminal == "_COMMA" else broken.words.word(terminal)
    added = Lexeme("," if terminal == "_COMMA" else "PHRASE", word, at, at)
    lexemes, what = broken.put(broken.at.index, 0, added), {"what": f"`{word}`"}
    return Repair(lexemes, d.MISSING_WORD, end, end, what, text=f" {word}")


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
        repair = said(broken, lexemes, name, "one-name", name.text)
        yield repair if "TYPE" in broken.at.accepted else replace(repair, text=None)


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


def _unquoted(broken: Broken, lexeme: Lexeme) -> Iterator[Repair]:
    """`expect M sent`: two words the other way round, of which one lacks its quotes."""
    index, previous = broken.at.index, broken.previous
    if previous is None or previous.kind != "WORD" or lexeme.kind != "WORD":
        return
    right = f'{lexeme.text} "{previous.text}"'
    first = lexeme._replace(start=previous.start, end=previous.end)
    second = Lexeme("STRING", f'"{previous.text}"', lexeme.start, lexeme.end)
    place = previous._replace(end=lexeme.end)
    told, hint = {"right": right}, broken.words.say("write", text=right)
    lexemes = broken.put(index - 1, 2, first, second)
    yield Repair(lexemes, d.WRONG_ORDER, place.start, place.end, told, hint, right)


def _next_weekday(broken: Broken) -> Iterator[Repair]:
    """`next monday`: a day of the week that is waited for is always the next one."""
    weekdays = broken.words.forms("WEEKDAY")
    for place in (broken.at, broken.before):
        kinds = [one.kind for one in broken.lexemes[place.index : place.index + 2]]
        day = broken.lexemes[place.index + 1].text if kinds == ["WORD", "WORD"] else ""
        if "_NEXT" in place.accepted and day.lower() in weekdays:
            hint = broken.words.say("next-weekday", day=day)
            yield replace(_without(broken, place.index), hint=hint, text=None)


def _filler(broken: Broken) -> Iterator[Repair]:
    """A word without which the line says the same."""
    for index in (broken.at.index, broken.at.index - 1):
        if index >= 0 and broken.lexemes[index].text.lower() in broken.words.filler:
            yield _without(broken, index)


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
    if lexeme.text.lower() in clock_words():
        yield from clock(broken, broken.at.index)
        return
    both = (broken.at.index, broken.at.index - 1)
    for index in reversed(both) if _is_keyword(broken.words, broken.previous) else both:
        if index < 0 or broken.lexemes[index].kind == "STRING":
            continue
        repair = _without(broken, index)
        # It may be what matters most of the line (`not`, `never`), which is nothing to take away.
        yield repair if lexeme.kind != "WORD" else replace(repair, text=None)


def _without(broken: Broken, index: int) -> Repair:
    """The line without one of its words."""
    word = broken.lexemes[index]
    hint = broken.words.say("remove-it")
    lexemes, told = broken.put(index, 1), {"word": word.text}
    if 0 < index < len(broken.lexemes) - 1:
        before, behind = broken.lexemes[index - 1], broken.lexemes[index + 1]
        both = f"{before.text} {behind.text}".lower()
        some = broken.words.phrases.get(before.text.lower(), ())
        if any(phrase.text == both for phrase in some):
            phrase = Lexeme("PHRASE", both, before.start, behind.end)
            lexemes = broken.put(index - 1, 3, phrase)
    return Repair(lexemes, d.WORD_TOO_MUCH, word.start, word.end, told, hint, "")
