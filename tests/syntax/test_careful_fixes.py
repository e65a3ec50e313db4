"""What is guessed of a broken line never turns it into one that says something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from flowlang.source import Finding, edited
from flowlang.syntax.tree import walk
from tests.syntax.reading import CORPUS, read

HEADS = {"de": '# sprache: de\nkampagne "K"\n  starte bei kauf\n', "en": 'campaign "K"\n'}
GERMAN_WITHOUT = [
    "warte 30 sekunden", "läuft zweimal", "läuft keinmal", "warte bis montag um 24 uhr",
    'sende nicht "N"', "wenn kauf geschah nie", "warte nicht 2 tage", "wenn kauf geschah zweimal",
    "warte bis nächsten montag", "erlaube werbung", "wenn darf werbung erhalten",
    'beginne wenn land = "DE"', 'ziel wenn land = "DE"', "warte bis montag abend",
    "wenn hat einwilligung", "wenn termin ist in 3 tagen", 'entferne "z"', "lösche vorname",
    'wenn nie getaggt mit "y"', "warte bis halb 10",
]  # fmt: skip
ENGLISH_WITHOUT = [
    "wait 30 seconds", "runs twice", "wait until monday at 24", 'send not "N"', "wait not 2 days",
    "if purchase happened never", "grant marketing", 'remove "z"', "wait until next monday",
]  # fmt: skip
RIGHT = {
    'entferne den tag "a"': 'entferne tag "a"',
    'wenn kein tag "y"': 'wenn nicht getaggt mit "y"',
    "wenn kauf ist geschehen": "wenn kauf geschah",
    "wenn kein kauf geschah": "wenn nicht kauf geschah",
    "wenn punkte ist mindestens 50": "wenn punkte >= 50",
    'wenn land ungleich "DE"': 'wenn land != "DE"',
    'wenn land == "DE"': 'wenn land = "DE"',
    "wenn vorname nicht leer": "wenn vorname ist gesetzt",
    "erlaube marketing per email": "erlaube werbung per email",
    "warte bis zum montag": "warte bis montag",
    "warte 30 minutn": "warte 30 minuten",
}


def found(line: str, code: str) -> tuple[str, list[Finding]]:
    """A text with a line in a campaign, and what is found on that line."""
    below = '    sende "N"\n' if line.startswith(("wenn", "if")) else ""
    text = f"{HEADS[code]}  {line}\n{below}"
    number = HEADS[code].count("\n") + 1
    _, findings = read(text, code)
    return text, [one for one in findings.found if one.span.line == number]


@pytest.mark.parametrize(
    ("line", "code"), [(x, "de") for x in GERMAN_WITHOUT] + [(x, "en") for x in ENGLISH_WITHOUT]
)
def test_a_line_that_could_mean_anything_is_only_told(line: str, code: str) -> None:
    _, findings = found(line, code)
    assert len(findings) == 1
    assert findings[0].fix is None


@pytest.mark.parametrize("line", RIGHT)
def test_a_line_that_can_mean_one_thing_has_a_fix_to_it(line: str) -> None:
    text, (finding,) = found(line, "de")
    assert finding.fix is not None
    assert f"  {RIGHT[line]}\n" in edited(text, finding.fix.edits)


def test_a_sign_before_a_name_is_a_guess() -> None:
    _, (finding,) = found("wenn aktiv nicht kunde", "de")
    assert finding.fix is not None
    assert not finding.fix.safe


def test_a_word_between_two_keywords_is_no_safe_fix() -> None:
    _, (finding,) = found("warte bis zum montag", "de")
    assert finding.fix is not None
    assert not finding.fix.safe


def test_a_word_for_two_keywords_is_read_as_both() -> None:
    text = '# sprache: de\nautomatik "a"\n  montags um 09:00\n  sende "N" an alle\n'
    parsed, findings = read(text, "de")
    (finding,) = findings.found
    assert finding.fix is not None
    assert "  jeden montag um 09:00\n" in edited(text, finding.fix.edits)
    assert any(type(node).__name__ == "EveryWeekday" for node in walk(parsed.tree))


def test_a_line_of_its_own_is_no_fix_where_lines_below_it_would_lack() -> None:
    _, (finding,) = found('sende "N" wenn land = "DE"', "de")
    assert finding.fix is None
    _, (finding,) = found('sende "N" warte 2 tage', "de")
    assert finding.fix is not None


SLIPS = {
    'campaign "K"\n  nag "left"\n': ("tag", False),
    'campaign "K"\n  tga "left"\n': ("tag", True),
    'automation "A"\n  ever sunday at 03:00\n  notify inbox "x"\n': ("every", True),
    'automation "A"\n  every weekday at 03:00\n  notify inbox "x"\n': (
        "every monday to friday",
        True,
    ),
    'test "t"\n  given contact "anna"\n  expect score = 21 ofr "anna"\n': ("or", False),
    'test "t"\n  given contact "anna"\n  expect inot sent "M"\n': ("not", True),
}
"""By a text with a slip of the hand: what was meant, and whether nothing else can be."""


@pytest.mark.parametrize("text", SLIPS)
def test_of_two_keywords_as_near_neither_is_sure(text: str) -> None:
    meant, safe = SLIPS[text]
    _, findings = read(text)
    (finding,) = findings.found
    assert f"`{meant}`" in finding.hint
    assert finding.fix is not None
    assert finding.fix.safe is safe


def _slips() -> Iterator[tuple[str, str]]:
    """Declarations of the corpus, and each with a slip of the hand in one word of it."""
    for block in CORPUS.split("\n\n"):
        words = [one for one in _WORD.finditer(block) if block[: one.start()].count('"') % 2 == 0]
        for at, word in enumerate(words):
            text, middle = word[0], len(word[0]) // 2
            swapped = text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]
            slip = (swapped, text[:middle] + text[middle + 1 :], f"{text}s")[at % 3]
            if at % 5 == 0 and slip != text:
                yield block, block[: word.start()] + slip + block[word.end() :]


_WORD = re.compile(r"[^\W\d]{3,}")


def test_a_safe_fix_of_a_slip_gives_what_was_meant_or_nothing_that_can_be_read() -> None:
    mended = 0
    for block, slipped in _slips():
        _, findings = read(slipped)
        fixes = [one.fix for one in findings.found if one.fix is not None and one.fix.safe]
        if len(findings.found) != 1 or not fixes:
            continue
        parsed, left = read(edited(slipped, fixes[0].edits))
        if not left.found:
            mended += 1
            assert parsed.tree == read(block)[0].tree, slipped
    assert mended > 100
