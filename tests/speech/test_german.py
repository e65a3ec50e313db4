"""In a German file, and in a German workspace, no English is spoken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.reports import text
from flowlang.rules import pages, registry
from flowlang.rules.rule import Rule
from flowlang.source import Finding, Findings, Source
from flowlang.syntax.format import FormatError, format_source
from flowlang.syntax.parser import parse

TREE = Path(__file__).parents[2]
_FENCE = re.compile(r"^```flow\n(.*?)^```", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|„[^“]*“|'[^']*'|\S+\.flow\S*")
_WORD = re.compile(r"(?<![\w-])[a-z]+(?![\w-])", re.IGNORECASE)
_WORDS = (
    "a and anyone are as at be because before below by can cannot did does each else ends "
    "error first for from goes has have here hint holds if into is it its line mean meant "
    "missing most never no not nothing of on one only or other said sent should stands such "
    "than that the then there they this to too twice until use waits warning what when where "
    "which who why with without write you "
)
ENGLISH = frozenset(_WORDS.split())
"""Words that no German sentence has."""


def english_words(sentence: str) -> frozenset[str]:
    """The English words of a sentence; what it quotes is the user's."""
    return ENGLISH & {word.lower() for word in _WORD.findall(_QUOTED.sub(" ", sentence))}


def _cases() -> list[tuple[str, str, str]]:
    """What is wrong in English, by name, with the settings that it needs."""
    found = []
    for file in sorted((TREE / "tests" / "language" / "findings").glob("*.md")):
        for number, fence in enumerate(_FENCE.finditer(file.read_text(encoding="utf-8")), 1):
            found.append((f"{file.stem} {number}", fence[1], ""))
    for rule in registry.rules().values():
        shown = pages.examples(rule)
        found.append(
            (rule.name, shown.bad, shown.settings + f'\n[rules]\n{rule.name} = "warning"\n')
        )
    return found


CASES = _cases()


def _german(english: str) -> str | None:
    """The same file in German; None where it does not parse, or a name in it is a German word."""
    try:
        return format_source(parse(Source("", english), Findings()), "de")
    except FormatError:
        return None


def _found(folder: Path, written: str, settings: str) -> list[Finding]:
    folder.mkdir()
    (folder / "a.flow").write_text(written, encoding="utf-8")
    if settings:
        (folder / "flow.toml").write_text(settings, encoding="utf-8")
    loaded = workspace.load(folder)
    workspace.lint(loaded)
    return loaded.findings.in_order()


@pytest.mark.parametrize(
    ("written", "settings"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_same_is_found_in_german_and_said_in_german(
    written: str, settings: str, tmp_path: Path
) -> None:
    german = _german(written)
    if german is None:
        # Reading it fails in German as well, and that is said in German.
        german = f"# sprache: de\n{written}"
    else:
        english = _found(tmp_path / "en", written, settings)
        codes = [one.diagnostic.code for one in _found(tmp_path / "twin", german, settings)]
        assert codes == [one.diagnostic.code for one in english]
    findings = _found(tmp_path / "de", german, settings)
    assert findings
    for one in findings:
        for sentence in (one.message, one.hint, *(said for _, said in one.also)):
            assert not english_words(sentence), sentence


def test_nearly_all_that_can_be_wrong_is_tried_in_german() -> None:
    translated = [name for name, written, _ in CASES if _german(written) is not None]
    assert len(translated) > 0.8 * len(CASES)


@pytest.mark.parametrize("rule", registry.rules().values(), ids=lambda rule: rule.name)
def test_the_page_of_a_rule_is_german_with_its_examples(rule: Rule) -> None:
    page = pages.page(rule, "de")
    prose = re.sub(r"^```.*?^```", "", page, flags=re.DOTALL | re.MULTILINE)
    assert not english_words(prose.partition("\n")[2])
    examples = _FENCE.findall(page)
    assert len(examples) >= 2
    for example in examples:
        assert example.startswith("# sprache: de\n")
    shown = pages.examples(rule)
    sources = [parse(Source("", one), Findings()) for one in (shown.bad, shown.good)]
    german = [parse(Source("", one), Findings()) for one in examples[:2]]
    assert [one.tree for one in german] == [one.tree for one in sources]


BROKEN = """\
# sprache: de
kontakt
  score zahl

nachricht "Hallo"
  art werbung
  kanal email
  text "Hallo {{ nmae }} {% foo %}"

kampagne "A"
  starte wenn score > "5"
  sende "Halo"
  warte 0 tage
  wenn score passt auf "("
    tag "x"
  ende
  tag "y"
"""


def test_what_is_shown_of_a_german_file_is_german_throughout(tmp_path: Path) -> None:
    findings = _found(tmp_path / "w", BROKEN, "")
    assert len(findings) > 4
    shown = text.listing(findings, 1, language="de")
    prose = "\n".join(line for line in shown.splitlines() if not re.match(r" +\d* \|", line))
    assert not english_words(prose), prose


def test_a_finding_in_the_text_of_a_german_file_is_german(tmp_path: Path) -> None:
    (tmp_path / "hallo.txt").write_text("Hallo {{ nmae }}", encoding="utf-8")
    (tmp_path / "a.flow").write_text(
        '# sprache: de\nnachricht "Hallo"\n  art service\n  kanal email\n'
        '  betreff "Hallo"\n  text datei "hallo.txt"\n',
        encoding="utf-8",
    )
    (finding,) = workspace.load(tmp_path).findings.in_order()
    assert finding.span.source.name.endswith("hallo.txt")
    assert finding.message == "der Kontakt hat kein Feld `nmae`"


def test_each_file_of_a_workspace_is_told_in_its_own_language(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text('# sprache: de\nkampagne "A"\n  sende "M"\n', encoding="utf-8")
    (tmp_path / "b.flow").write_text('campaign "B"\n  send "M"\n', encoding="utf-8")
    said = {one.message for one in workspace.load(tmp_path).findings.found}
    assert said == {
        "es gibt keine Nachricht `M`",
        "there is no message `M`",
    }


def test_a_file_that_names_no_language_is_told_in_that_of_its_workspace(tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text('language = "de"\n', encoding="utf-8")
    (tmp_path / "a.flow").write_bytes(b'kampagne "A"\n  tag "\xff"\n')
    (first, *_) = workspace.load(tmp_path).findings.in_order()
    found = {one.diagnostic.name: one.message for one in workspace.load(tmp_path).findings.found}
    assert found["not-utf-8"] == "ab hier ist die Datei kein UTF-8-Text"
    assert not english_words(first.message)
