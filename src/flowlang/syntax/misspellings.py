"""Repairs of keywords: typed from habit, misspelt, or begun and not ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flowlang.syntax import diagnostics as d
from flowlang.syntax.keywords import Keywords, Phrase, first_word, same
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.repair import SIGNS, Broken, Repair
from flowlang.syntax.wording import did_you_mean

MARGIN = 0.08
"""By how much a misspelling is nearer to one keyword than to any of another meaning."""


def _typed(broken: Broken, index: int, longest: int) -> Iterator[tuple[int, str]]:
    """The words at an index, as many as possible first."""
    for length in range(min(longest, len(broken.lexemes) - index), 0, -1):
        some = broken.lexemes[index : index + length]
        yield length, " ".join(lexeme.text.lower() for lexeme in some)


def mistaken(broken: Broken) -> Iterator[Repair]:
    """A word typed from habit, or several whose first ones made sense by themselves."""
    at, before = broken.at.index, broken.before.index
    for index in dict.fromkeys((at, before, at - 1, at - 2)):
        for length, spelt in _typed(broken, index, 4) if index >= 0 else ():
            if length > 1 or index in (at, before):
                for right in broken.words.mistaken.get(spelt, ()):
                    yield _put_right(broken, index, length, right)
            elif broken.words.word("_NOT") in broken.words.mistaken.get(spelt, ()):
                # `no purchase happened`: its first two words made sense by themselves.
                yield _put_right(broken, index, length, broken.words.word("_NOT"))


def misspelled(broken: Broken) -> Iterator[Repair]:
    """A keyword that is nearly one that fits."""
    from difflib import get_close_matches  # for those who mistype only

    words = broken.words
    for place in (broken.at, broken.before):
        known: dict[int, set[str]] = {}
        for some in words.phrases.values():
            for phrase in some:
                if phrase.terminal in place.accepted:
                    known.setdefault(len(phrase.text.split()), set()).add(phrase.text)
        for length, spelt in _typed(broken, place.index, 5):
            typed = broken.lexemes[place.index : place.index + length]
            if len(spelt) < 3 or any(lexeme.kind not in ("WORD", ",") for lexeme in typed):
                continue
            near = get_close_matches(spelt, sorted(known.get(length, ())), n=4, cutoff=0.72)
            if near and near[0] != spelt and _each_is_close(spelt, near[0]):
                repair = _put_right(broken, place.index, length, _form(words, near[0]))
                yield replace(repair, safe=_is_alone(words, spelt, near))


def _form(words: Keywords, text: str) -> str:
    """How a spelling without umlauts is written."""
    for forms in words.spelling.values():
        for form in forms:
            if form != text and same(form, text):
                return form
    return text


def _is_alone(words: Keywords, spelt: str, near: list[str]) -> bool:
    """Whether no spelling of another meaning is about as near as the nearest."""
    from difflib import SequenceMatcher

    def likeness(text: str) -> float:
        return SequenceMatcher(None, text, spelt).ratio()

    def meanings(text: str) -> set[tuple[str, object]]:
        some = words.phrases.get(first_word(text), ())
        return {(one.terminal, one.value) for one in some if one.text == text}

    nearest = meanings(near[0])
    return not any(
        likeness(one) > likeness(near[0]) - MARGIN
        for one in near[1:]
        if not meanings(one) & nearest
    )


def _each_is_close(spelt: str, right: str) -> bool:
    from difflib import SequenceMatcher

    pairs = zip(spelt.split(), right.split(), strict=True)
    return all(
        one == other or SequenceMatcher(None, one, other).ratio() > 0.6 for one, other in pairs
    )


def _put_right(broken: Broken, index: int, length: int, right: str) -> Repair:
    """A keyword, sign or number in the place of what was typed; what was right is not marked."""
    typed = broken.lexemes[index : index + length]
    lexemes = _read_as(broken.words, right, typed[0].start, typed[-1].end)
    following = broken.lexemes[index + length : index + length + 1]
    # `is happened`: what a sign stands before would be a name, and is a keyword elsewhere.
    names = [one.text.lower() for one in following if one.kind == "WORD" and right in SIGNS]
    guessed = any(name in broken.words.phrases for name in names)
    first, last, shown = 0, length, right
    meant = right.split()
    if len(meant) == length:
        wrong = [at for at in range(length) if typed[at].text.lower() != meant[at]] or [0]
        first, last = wrong[0], wrong[-1] + 1
        shown = " ".join(meant[first:last])
    start, end = typed[first].start, typed[last - 1].end
    before = broken.lexemes[index + first - 1] if index + first else None
    space = " " if before and before.end == start and before.kind == "NUMBER" else ""
    return Repair(
        broken.put(index, length, *lexemes),
        d.MISSPELLED,
        start,
        end,
        {"word": broken.text[start:end]},
        did_you_mean(broken.words, shown),
        None if guessed else space + shown,
        safe=not names,
    )


def _read_as(words: Keywords, right: str, start: int, end: int) -> list[Lexeme]:
    """What the words that were meant are to the reader: a number, a sign, a keyword or two."""
    if right.isdigit():
        return [Lexeme("NUMBER", right, start, end)]
    if right in SIGNS:
        return [Lexeme(right, right, start, end)]
    parts = right.split()
    for cut in range(len(parts), 0, -1):
        both = [" ".join(some) for some in (parts[:cut], parts[cut:]) if some]
        if all(any(one.text == text for one in _begun_with(words, text)) for text in both):
            # One behind the other: the reader skips what a lexeme before it covers.
            ends = [start] * (len(both) - 1) + [end]
            return [Lexeme("PHRASE", *one) for one in zip(both, [start] * 2, ends, strict=False)]
    return [Lexeme("PHRASE", right, start, end)]


def _begun_with(words: Keywords, text: str) -> tuple[Phrase, ...]:
    return words.phrases.get(first_word(text), ())


def unfinished(broken: Broken) -> Iterator[Repair]:
    """The first words of a phrase without the others."""
    for place in (broken.at, broken.before):
        for length, spelt in _typed(broken, place.index, 4):
            typed = broken.lexemes[place.index : place.index + length]
            longer = [
                some
                for some in reversed(broken.words.phrases.get(first_word(spelt), ()))
                if some.terminal in place.accepted
                and f"{some.text} ".startswith(f"{spelt} ")
                and _form(broken.words, some.text) == some.text
            ]
            if any(some.text == spelt for some in longer) and len(longer) > 2:
                continue  # a keyword by itself, and the beginning of several others
            end, found = typed[-1].end, []
            following = [one.text.lower() for one in broken.lexemes[place.index + length :][:1]]
            for some in longer:
                rest = some.text[len(spelt) + 1 :]
                # The word behind is the next of the keyword: it is no name.
                if some.text != spelt and rest.split()[:1] != following:
                    phrase = Lexeme("PHRASE", some.text, typed[0].start, end)
                    lexemes = broken.put(place.index, length, phrase)
                    what = {"what": f"`{rest}`"}
                    found.append(Repair(lexemes, d.MISSING_WORD, end, end, what, text=f" {rest}"))
            if found:
                yield replace(found[0], others=tuple(found[1:]))
