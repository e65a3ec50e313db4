"""Files in several languages: what is read, what is said of it, and what comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang.source import Finding, edited
from flowlang.syntax.format import format_source
from tests.syntax.reading import CORPUS, read, sound

TREE = Path(__file__).parents[2]
EXAMPLES = sorted((TREE / "examples").rglob("*.flow"))

ENGLISH = """\
contact
  score  number

campaign "Hello"
  start when tagged "new"
  wait 3 days
  if score > 5
    tag "regular"
  tag "greeted"

test "greets"
  given contact
  at 2026-03-02 10:00 tag "new"
"""


def codes(findings: list[Finding]) -> list[str]:
    return [one.diagnostic.code for one in findings]


def mended(text: str, findings: list[Finding]) -> str:
    edits = [edit for one in findings if one.fix and one.fix.safe for edit in one.fix.edits]
    return edited(text, edits)


def test_a_file_all_in_another_language_lacks_its_first_line_and_nothing_else() -> None:
    parsed, findings = read(ENGLISH, "de")
    assert codes(findings.found) == ["FL026"]
    assert findings.found[0].message == "this file is in English: say so on its first line"
    assert findings.found[0].hint == "write `# language: en`"
    assert parsed.language == parsed.source.language == "en"
    assert parsed.tree == sound(ENGLISH).tree
    assert codes(read(mended(ENGLISH, findings.found), "de")[1].found) == []


def test_its_other_mistakes_are_told_as_well_in_its_language() -> None:
    wrong = ENGLISH.replace("tagged", "taged").replace("wait 3", "wait three")
    _, findings = read(wrong, "de")
    assert codes(findings.in_order()) == ["FL026", "FL002", "FL002"]
    assert findings.in_order()[1].hint == "did you mean `tagged`?"


def test_a_line_of_another_language_is_one_mistake_and_the_file_stays_in_its_own() -> None:
    parsed, findings = read("# sprache: de\n" + ENGLISH.replace("wait 3 days", "warte 3 tage"))
    assert set(codes(findings.found)) == {"FL013"}
    assert parsed.language == "de"


@pytest.mark.parametrize("share", range(4))
@pytest.mark.parametrize("language", ["en", "de"])
def test_keywords_of_another_language_are_mended_to_what_the_formatter_writes(
    language: str, share: int
) -> None:
    """A fourth of the lines at a time: of more than a hundred wrong ones not all are looked at."""
    texts = {"en": "# language: en\n" + CORPUS, "de": format_source(sound(CORPUS), "de")}
    own = sound(texts[language])
    other = texts["de" if language == "en" else "en"].split("\n")
    lines = own.source.text.split("\n")
    alone = [one for one in own.lines if "\n" not in own.source.text[one.start : one.end]]
    # What a word of another language is here may be a name: `group "A"` gives a value to a field.
    names = ('    group "', '    gruppe "', '    tag "', "    blocked", "    gesperrt")
    for one in alone[share::4]:
        number = own.source.position(one.start)[0] - 1
        if not other[number].startswith(names):
            lines[number] = other[number]
    _, findings = read("\n".join(lines))
    assert set(codes(findings.found)) == {"FL013"}
    # Columns of fields are as wide as their words: apart from that, not a byte is different.
    assert mended("\n".join(lines), findings.found).split() == own.source.text.split()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_comes_back_from_another_language_byte_for_byte(path: Path) -> None:
    parsed = sound(path.read_text(encoding="utf-8"))
    text = format_source(parsed)
    other = "en" if parsed.language == "de" else "de"
    assert format_source(sound(format_source(parsed, other)), parsed.language) == text


def test_a_form_that_goes_by_what_stands_beside_it_is_put_right() -> None:
    head = '# sprache: de\nkalender "A"\n  am 2026-04-01 bis 2026-04-03\n  vom 2026-05-01\n\n'
    test = (
        'test "B"\n  gegeben kontakt\n  um 2026-03-01 10:00\n  erwarte gesendet "M" um 2026-03-02\n'
    )
    right = head.replace("am 2026-04", "vom 2026-04").replace("vom 2026-05", "am 2026-05")
    assert format_source(sound(head + test)) == right + test.replace(" um ", " am ")


def test_a_form_that_goes_by_a_name_stays_as_it_was_typed() -> None:
    text = '# sprache: de\nsegment "A"\n  irgendeine lizenz und keine rechnung\n'
    assert format_source(sound(text)) == text
