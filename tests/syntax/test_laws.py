"""Laws that hold for any text: nothing crashes, and layout says nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowlang.syntax.format import FormatError, comments, format_source
from flowlang.syntax.parser import Parsed
from flowlang.syntax.tree import walk
from tests.syntax.reading import CORPUS, HERE, read, sound

EXAMPLE = (HERE / "examples/webinar.flow").read_text(encoding="utf-8")
GERMAN = format_source(sound(CORPUS), "de")
WORDS = sorted({word for text in (CORPUS, GERMAN) for word in text.split()})
SEEDS = st.integers(0, 2**32)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - nothing here is secret


def check_anything(text: str) -> None:
    """What must hold for every text, whatever is in it."""
    parsed, findings = read(text)
    for finding in findings.found:
        assert 0 <= finding.span.start <= finding.span.end <= len(parsed.source.text)
        assert finding.message
        assert "_" not in finding.message.split("`")[0]
    for node in walk(parsed.tree):
        assert node.span.source is parsed.source
    if parsed.sound:
        try:
            once = format_source(parsed)
        except FormatError as wrong:  # pragma: no cover - says what to look at
            pytest.fail(f"{wrong}: {text!r}")
        assert format_source(read(once)[0]) == once


@given(st.text())
@example("²")
def test_no_text_crashes_the_parser(text: str) -> None:
    check_anything(text)


@given(st.text(alphabet=" \n\t\"“„(),=<>!-.:@#{}_\\aeg0159%&|'/ü🎉\0"))
def test_no_text_of_signs_crashes_the_parser(text: str) -> None:
    check_anything(text)


@given(st.lists(st.sampled_from([*WORDS, "\n", "\n  ", "\n    ", "(", ")", '"', '"""', ","])))
def test_no_row_of_words_crashes_the_parser(words: list[str]) -> None:
    check_anything(" ".join(words))


@settings(max_examples=150)
@given(SEEDS, st.sampled_from([EXAMPLE, GERMAN]))
def test_no_damaged_file_crashes_the_parser(seed: int, text: str) -> None:
    check_anything(_damaged(text, _chance(seed)))


def _damaged(text: str, chance: random.Random) -> str:
    """A part of a file with lines and words lost, doubled, swapped, moved and misspelt."""
    lines = text.splitlines()
    begin = chance.randrange(len(lines))
    lines = lines[begin : begin + 40]
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(lines))
        other = chance.randrange(len(lines))
        words = lines[at].split(" ")
        word = chance.randrange(len(words))
        match chance.randrange(9):
            case 0:
                lines[at] = ""
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = " " * chance.randint(0, 9) + lines[at].lstrip()
            case 4:
                del words[word]
                lines[at] = " ".join(words)
            case 5:
                lines[at] = " ".join([*words[:word], words[word], *words[word:]])
            case 6:
                words[word] = chance.choice(WORDS)
                lines[at] = " ".join(words)
            case 7:
                position = chance.randint(0, len(lines[at]))
                sign = chance.choice('"(){}:,=-.\t\0%“xß')
                lines[at] = lines[at][:position] + sign + lines[at][position:]
            case _:
                position = chance.randint(0, len(lines[at]))
                lines[at] = lines[at][:position] + lines[at][position + 1 :]
    return "\n".join(lines) + chance.choice(["", "\n"])


@settings(max_examples=60)
@given(SEEDS)
def test_layout_says_nothing(seed: int) -> None:
    chance = _chance(seed)
    canonical = format_source(sound(_shuffled(chance)))
    parsed = sound(canonical)
    rumpled = sound(_rumpled(parsed, chance))
    assert rumpled.tree == parsed.tree
    assert comments(rumpled) == comments(parsed)
    assert format_source(rumpled) == canonical


@settings(max_examples=40)
@given(SEEDS)
def test_a_translation_says_the_same(seed: int) -> None:
    english = format_source(sound(_shuffled(_chance(seed))))
    german = format_source(sound(english), "de")
    assert sound(german).tree == sound(english).tree
    assert format_source(sound(german), "en") == english


def _shuffled(chance: random.Random) -> str:
    """Some declarations of the corpus, each with some of its lines in another order."""
    text = CORPUS.replace("\n\n      see you.", "")
    blocks = [block for block in text.split("\n\n") if not block.startswith("#")]
    chosen = chance.sample(blocks, chance.randint(1, 5))
    return "\n\n".join(_some_lines(block, chance) for block in chosen) + "\n"


def _some_lines(block: str, chance: random.Random) -> str:
    first, *lines = block.rstrip("\n").split("\n")
    units: list[list[str]] = []
    for line in lines:
        goes_on = line.startswith("   ") or line.lstrip().startswith("else")
        if goes_on and units:
            units[-1].append(line)
        else:
            units.append([line])
    kept = [unit for unit in units if chance.random() < 0.7] or units
    if "campaign" not in first:
        chance.shuffle(kept)
    return "\n".join([first, *(line for unit in kept for line in unit)])


def _rumpled(parsed: Parsed, chance: random.Random) -> str:
    """The same text with other spaces, another depth and other case."""
    text, step = parsed.source.text, chance.randint(1, 7)
    starts = {line.start: line.width for line in parsed.lines}
    out: list[str] = []
    end = 0
    for piece in parsed.pieces:
        gap, word = text[end : piece.start], text[piece.start : piece.end]
        if piece.start in starts:
            gap = gap.rstrip(" ") + " " * (starts[piece.start] // 2 * step)
        elif "\n" in gap:
            gap += " " * 50  # deeper than the line that goes on
        else:
            gap = " " * chance.randint(1 if gap else 0, 3)
        if piece.language and chance.random() < 0.3:
            word = word.upper()
        elif piece.language and not word.startswith(","):
            word = ("  " if chance.random() < 0.2 else " ").join(word.split(" "))
        out += [gap, word]
        end = piece.end
    return "".join(out) + text[end:]
