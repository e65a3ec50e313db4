"""Every fix that is offered: its finding goes, no other comes, and its text is as it should be."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.rules import pages, registry
from flowlang.rules.rule import Rule
from flowlang.source import Finding, Fix, Source, edited
from flowlang.syntax.format import FormatError, format_source
from flowlang.workspace import Workspace
from tests.rules.linting import ZERO
from tests.syntax.reading import read

TESTS = Path(__file__).parents[1]
BROKEN = sorted((TESTS / "syntax" / "broken").glob("*.flow"))
SNIPPETS = {
    f"{file.stem}-{number}": text
    for file in sorted((TESTS / "language" / "findings").glob("*.md"))
    for number, text in enumerate(
        re.findall(r"```flow\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL), 1
    )
}
RULES = list(registry.rules().values())
COMMENTS = {
    "a comment behind a line": ("    # flow: allow wait-at-end because so", ""),
    "a comment above a line": ("", "  # flow: allow wait-at-end because so\n"),
    "one name of two": ("  # flow: allow wait-of-zero, wait-at-end because so", ""),
    "a misspelt verb": ("  # flow: alow wait-of-zero because so", ""),
    "a misspelt rule": ("  # flow: allow wait-of-zerro because so", ""),
}


def codes(findings: list[Finding]) -> Counter[str]:
    return Counter(one.diagnostic.code for one in findings)


def sound(findings: list[Finding]) -> bool:
    return not any(one.severity == "error" for one in findings)


def assert_mends(finding: Finding, before: list[Finding], after: list[Finding]) -> None:
    """A finding is gone, and there is no new one, but for what rules say once all is sound."""
    code = finding.diagnostic.code
    left, expected = codes(after), codes(before) - Counter([code])
    assert left[code] == expected[code], f"{code} is still there"
    more = left - expected
    for one in after:
        # A line may have a second mistake that hung on the first; rules wait for all mistakes.
        if one.span.line == finding.span.line or (
            one.diagnostic.code >= "FL6" and not sound(before)
        ):
            more.pop(one.diagnostic.code, None)
    assert not more, f"{code}: {[one.message for one in after]}"


def assert_neat(before: Source, fix: Fix, text: str) -> None:
    """The formatter leaves alone what a fix wrote; columns of fields are its own affair."""
    parsed, _ = read(text)
    try:
        formatted = format_source(parsed, parsed.language).split("\n")
    except FormatError:
        return
    known = {_plain(line) for line in formatted}
    written = set(text.split("\n")) - set(before.text.split("\n"))
    assert not [line for line in written if _plain(line) not in known], fix


def _plain(line: str) -> str:
    """A line without the width of its column of kinds, and its word for a language."""
    line = re.sub(r"^# *\w+: ", "# ", line)
    return re.sub(r"^(\s+[\w-]+) +(?=\S+$|one of |list of )", r"\1  ", line)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_of_syntax(path: Path) -> None:
    parsed, findings = read(path.read_bytes().decode())
    for finding in findings.found:
        if finding.fix is not None:
            text = edited(parsed.source.text, finding.fix.edits)
            assert_mends(finding, findings.found, read(text)[1].found)
            assert_neat(parsed.source, finding.fix, text)


def linted(folder: Path, text: str, settings: str = "") -> Workspace:
    (folder / "flow.toml").write_text(settings, encoding="utf-8")
    (folder / "shop.flow").write_text(text, encoding="utf-8")
    loaded = workspace.load(folder)
    workspace.lint(loaded)
    return loaded


def assert_all_mend(folder: Path, text: str, settings: str = "") -> int:
    """Each fix by itself; gives how many there are."""
    loaded = linted(folder, text, settings)
    found = loaded.findings.in_order()
    fixes = [(one, one.fix) for one in found if one.fix is not None]
    for finding, fix in fixes:
        mended = edited(loaded.files[0].source.text, fix.edits)
        again = linted(folder, mended, settings)
        assert_mends(finding, found, again.findings.in_order())
        assert_neat(loaded.files[0].source, fix, mended)
    return len(fixes)


@pytest.mark.parametrize("name", SNIPPETS)
def test_of_names_kinds_and_templates(name: str, tmp_path: Path) -> None:
    text = re.sub(r" *#!.*", "", SNIPPETS[name])
    expected = len(re.findall(r'#! [^"#]*"did you mean', SNIPPETS[name]))
    assert assert_all_mend(tmp_path, text) >= expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_of_rules(rule: Rule, tmp_path: Path) -> None:
    examples = pages.examples(rule)
    on = f'[rules]\n{rule.name} = "warning"\n' if rule.severity == "off" else ""
    fixes = assert_all_mend(tmp_path, examples.bad, examples.settings + on)
    assert fixes or not examples.fixed


@pytest.mark.parametrize("comment", COMMENTS)
def test_of_comments(comment: str, tmp_path: Path) -> None:
    behind, above = COMMENTS[comment]
    lines = ZERO.splitlines(keepends=True)
    lines[2] = above + lines[2].rstrip("\n") + behind + "\n"
    assert assert_all_mend(tmp_path, "".join(lines)) >= 1
