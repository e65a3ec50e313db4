"""Every rule proves itself: its bad example, its good one, what its fix makes, its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowlang import workspace
from flowlang.rules import pages, registry
from flowlang.rules.comments import forms
from flowlang.rules.rule import Rule
from flowlang.source import Finding, edited
from tests.rules.pages import FOLDER, expected

DOCS = FOLDER.parent
RULES = list(registry.rules().values())


def found(text: str, rule: Rule, folder: Path) -> list[Finding]:
    """What all rules find in a text as they are set, the rule at hand being on."""
    said = f'[rules]\n{rule.name} = "warning"\n' if rule.severity == "off" else ""
    (folder / "flow.toml").write_text(pages.examples(rule).settings + said, encoding="utf-8")
    (folder / "example.flow").write_text(text, encoding="utf-8")
    loaded = workspace.load(folder)
    workspace.lint(loaded)
    return loaded.findings.in_order()


def in_words(findings: list[Finding]) -> list[str]:
    return [f"{one.diagnostic.name}: {one.message}" for one in findings]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_bad_example_is_found_once_and_by_its_rule_alone(rule: Rule, tmp_path: Path) -> None:
    findings = found(pages.examples(rule).bad, rule, tmp_path)
    assert [one.diagnostic.code for one in findings] == [rule.code], in_words(findings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_in_a_good_example_no_rule_finds_anything(rule: Rule, tmp_path: Path) -> None:
    assert in_words(found(pages.examples(rule).good, rule, tmp_path)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_fix_makes_what_the_rule_shows_and_that_is_clean(rule: Rule, tmp_path: Path) -> None:
    examples = pages.examples(rule)
    (finding,) = found(examples.bad, rule, tmp_path)
    fix = finding.fix
    assert bool(examples.fixed) is (fix is not None and fix.safe)
    if fix is None or not fix.safe:
        return
    text = edited(examples.bad, fix.edits)
    assert text == examples.fixed
    assert in_words(found(text, rule, tmp_path)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_what_it_is_about_in_sentences(rule: Rule) -> None:
    lead, empty, rest = pages.text_of(rule).partition("\n\n")
    assert lead.endswith(".")
    assert empty
    assert rest.endswith(".")


def test_codes_stand_in_the_hundred_of_their_family_and_never_twice() -> None:
    codes = [rule.code for rule in RULES]
    assert all(re.fullmatch(r"FL[678]\d\d", code) for code in codes)
    assert len(set(codes)) == len(codes)
    families = [rule.family for rule in RULES]
    assert [
        one for one, before in zip(families, ["", *families], strict=False) if one != before
    ] == [family for family in registry.FAMILIES if family in families]


def test_an_edition_is_frozen(snapshot: SnapshotAssertion) -> None:
    """A rule that comes later gets the next edition; so does one that becomes more severe."""
    edition = {rule.name: rule.severity for rule in RULES if rule.since == "2026"}
    assert edition == snapshot


_ALLOWED = re.compile(r"# flow: (?:allow|erlaube) (.+?) (?:because|weil)\b")
_SET = re.compile(r"^`?([a-z][a-z-]+-[a-z]+) = (?:\"(?:error|warning|info|off)\")", re.MULTILINE)
_SHOWN = re.compile(r"\bflow rule ([a-z][a-z-]+|FL\d+)")
_LOCKED = re.compile(r"^locked = \[(.*?)\]", re.MULTILINE)
_SET_IN_TEXT = re.compile(r"`([a-z-]+) = \{ severity")
_NAME = re.compile(r"[a-z][a-z-]+|FL\d+")
_CODE = re.compile(r"\bFL\d{3}\b")


def test_what_the_documents_call_a_rule_is_one() -> None:
    said: set[str] = set()
    for page in [DOCS.parent / "README.md", *DOCS.rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for pattern in (_SET, _SHOWN, _SET_IN_TEXT, _CODE):
            said |= set(pattern.findall(text))
        for listed in (*_ALLOWED.findall(text), *_LOCKED.findall(text)):
            if not listed.startswith(forms("change")) and page.name != "unknown-rule.md":
                said |= set(_NAME.findall(listed))
    assert {"wait-without-end", "send-after-withdrawal", "consent", "FL701"} <= said
    assert {
        one for one in said
        if registry.name_of(one) is None
        and registry.diagnostic(one) is None
        and one not in registry.FAMILIES
    } == set()  # fmt: skip


def test_the_pages_are_made_of_the_rules() -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert there == expected(), "run `python tests/rules/pages.py`"


def test_a_fix_that_changes_more_than_it_says_is_not_safe(tmp_path: Path) -> None:
    """`wait 0 days` clears `timed out`; of two starts that hold, the first is noted."""
    rules = registry.rules()
    flags = """\
campaign "X"
  start when tagged "a"
  wait until tagged "b" at most 1 day
  wait 0 days
  if timed out
    tag "late"
"""
    starts = pages.examples(rules["redundant-start"]).bad.splitlines(keepends=True)
    starts[1], starts[2] = starts[2], starts[1]
    for name, text in (("wait-of-zero", flags), ("redundant-start", "".join(starts))):
        fixes = [one.fix for one in found(text, rules[name], tmp_path) if one.fix]
        assert [fix.safe for fix in fixes] == [False]


AT_NIGHT = """\
group "All"

message "Offer"
  kind {}
  channel email
  subject "An offer"
  body "Have a look. No more of it: {{{{ unsubscribe_link }}}}"

policy "By day"
  send only between 08:00 and 20:00

automation "Weekly"
  every monday at {}
  {}
  send "Offer" to group "All"{}
"""


@pytest.mark.parametrize(
    ("kind", "time", "before", "behind", "expected"),
    [
        ("marketing", "03:00", 'notify inbox "Now"', "", ['"Offer" goes out at 03:00']),
        ("marketing", "09:00", 'notify inbox "Now"', "", []),
        ("service", "03:00", 'notify inbox "Now"', "", []),
        ("marketing", "03:00", "wait 6 hours", "", []),
        ("marketing", "03:00", 'policy "By day"', "", []),
        ("marketing", "03:00", 'notify inbox "Now"', ' under policy "By day"', []),
    ],
)  # fmt: skip
def test_a_group_send_at_night_is_found_where_nothing_holds_it(
    kind: str, time: str, before: str, behind: str, expected: list[str], tmp_path: Path
) -> None:
    text = AT_NIGHT.format(kind, time, before, behind)
    hits = found(text, registry.rules()["send-at-night"], tmp_path)
    assert [one.message for one in hits] == expected
