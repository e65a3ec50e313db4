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
                    yield from _with_its_rest(broken, index, length, right)
                    yield _put_right(broken, index, length, right)
            elif broken.words.word("_NOT") in broken.words.mistaken.get(spelt, ()):
                # `no purchase happened`: its first two words made sense by themselves.
                yield _put_right(broken, index, length, broken.words.word("_NOT"))


def _with_its_rest(broken: Broken, index: int, length: int, right: str) -> Iterator[Repair]:
    """`stoppe wenn`: what was meant begins a keyword, whose other words stand behind it."""
    for phrase in _begun_with(broken.words, right):
        rest = phrase.text[len(right) + 1 :].split()
        typed = broken.lexemes[index + length :][: len(rest)]
        begins = phrase.text.startswith(f"{right} ")
        if begins and rest == [lexeme.text.lower() for lexeme in typed]:
            yield _put_right(broken, index, length + len(rest), phrase.text)


def misspelled(broken: Broken) -> Iterator[Repair]:
    """A keyword that is nearly one that fits."""
    words = broken.words
    for place in (broken.at, broken.before):
        known: dict[int, set[str]] = {}
        for some in words.phrases.values():
            for phrase in some:
                if phrase.terminal in place.accepted:
                    known.setdefault(len(phrase.text.split()), set()).add(phrase.text)
        doubtful = []
        for length, spelt in _typed(broken, place.index, 5):
            typed = broken.lexemes[place.index : place.index + length]
            if len(spelt) < 3 or any(lexeme.kind not in ("WORD", ",") for lexeme in typed):
                continue
            near = _nearest(words, spelt, sorted(known.get(length, ())))
            if not near or near[0] == spelt or not _each_is_close(spelt, near[0]):
                continue
            first, *others = (
                replace(_put_right(broken, place.index, length, _form(words, one)), safe=True)
                for one in near
            )
            if _changes_a_keyword(words, spelt, near[0]):
                doubtful.append(replace(first, safe=False))
            else:
                yield replace(first, others=tuple(others))
        yield from doubtful


def _changes_a_keyword(words: Keywords, spelt: str, right: str) -> bool:
    """Whether a word of several would be changed that is one of flow's: `ever sunday` is near to
    `every day`.
    """
    pairs = list(zip(spelt.split(), right.split(), strict=True))
    return len(pairs) > 1 and any(one != other and one in words.phrases for one, other in pairs)


def _nearest(words: Keywords, spelt: str, known: list[str]) -> list[str]:
    """The keyword that is nearest to what was typed, and those of other meanings that are about as
    near.
    """
    from difflib import SequenceMatcher, get_close_matches  # for those who mistype only

    def likeness(text: str) -> float:
        return SequenceMatcher(None, text, spelt).ratio()

    def meanings(text: str) -> set[tuple[str, object]]:
        some = words.phrases.get(first_word(text), ())
        return {(one.terminal, one.value) for one in some if one.text == text}

    near = get_close_matches(spelt, known, n=4, cutoff=0.72)
    alike = [one for one in known if abs(len(one) - len(spelt)) <= 1 and one not in near]
    near += [one for one in alike if _slips(spelt, one) == 1]
    near.sort(key=lambda one: _slips(spelt, one))
    return near[:1] + [
        one
        for one in near[1:]
        if not meanings(one) & meanings(near[0])
        and (
            _slips(spelt, one) == _slips(spelt, near[0])
            or likeness(one) > likeness(near[0]) - MARGIN
        )
    ]


def _slips(typed: str, meant: str) -> int:
    """Of a hand: letters too many, too few, wrong, or two the other way round.

    The optimal string alignment distance.
    """
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for at, letter in enumerate(typed, 1):
        above, before, row = before, row, [at]
        for to, other in enumerate(meant, 1):
            fewest = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != other))
            if at > 1 and to > 1 and typed[at - 2 : at] == meant[to - 2 : to][::-1]:
                fewest = min(fewest, above[to - 2] + 1)
            row.append(fewest)
    return row[-1]


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
    """What the words that were meant are to the reader: a number, a sign, or keywords."""
    if right.isdigit():
        return [Lexeme("NUMBER", right, start, end)]
    if right in SIGNS:
        return [Lexeme(right, right, start, end)]
    found = []
    while right:
        longest = max(_known(words, right), key=len, default=right)
        found.append(longest)
        right = right[len(longest) :].lstrip()
    # One behind the other: the reader skips what a lexeme before it covers.
    ends = [start] * (len(found) - 1) + [end]
    return [Lexeme("PHRASE", text, start, stop) for text, stop in zip(found, ends, strict=True)]


def _known(words: Keywords, text: str) -> Iterator[str]:
    """The keywords that a text begins with."""
    for phrase in _begun_with(words, text):
        if f"{text} ".startswith(f"{phrase.text} "):
            yield phrase.text


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
