"""Repairs of keywords: typed from habit, misspelt, or begun and not ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flowlang.syntax import diagnostics as d
from flowlang.syntax.keywords import Keywords, first_word, same
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.repair import SIGNS, Broken, Repair
from flowlang.syntax.wording import did_you_mean


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
            if len(spelt) < 3 or any(lexeme.kind != "WORD" for lexeme in typed):
                continue
            near = get_close_matches(spelt, sorted(known.get(length, ())), n=1, cutoff=0.72)
            if near and near[0] != spelt and _each_is_close(spelt, near[0]):
                yield _put_right(broken, place.index, length, _form(words, near[0]))


def _form(words: Keywords, text: str) -> str:
    """How a spelling without umlauts is written."""
    for forms in words.spelling.values():
        for form in forms:
            if form != text and same(form, text):
                return form
    return text


def _each_is_close(spelt: str, right: str) -> bool:
    from difflib import SequenceMatcher

    pairs = zip(spelt.split(), right.split(), strict=True)
    return all(
        one == other or SequenceMatcher(None, one, other).ratio() > 0.6 for one, other in pairs
    )


def _put_right(broken: Broken, index: int, length: int, right: str) -> Repair:
    """A keyword, sign or number in the place of what was typed; what was right is not marked."""
    typed = broken.lexemes[index : index + length]
    kind = "NUMBER" if right.isdigit() else right if right in SIGNS else "PHRASE"
    lexeme = Lexeme(kind, right, typed[0].start, typed[-1].end)
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
        broken.put(index, length, lexeme),
        d.MISSPELLED,
        start,
        end,
        {"word": broken.text[start:end]},
        did_you_mean(broken.words, shown),
        space + shown,
        safe=True,
    )


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
            for some in longer:
                if some.text != spelt:
                    rest = some.text[len(spelt) + 1 :]
                    phrase = Lexeme("PHRASE", some.text, typed[0].start, end)
                    lexemes = broken.put(place.index, length, phrase)
                    what = {"what": f"`{rest}`"}
                    found.append(Repair(lexemes, d.MISSING_WORD, end, end, what, text=f" {rest}"))
            if found:
                yield replace(found[0], others=tuple(found[1:]))
