"""How severe a rule is: the edition, `[rules]` of flow.toml, and what stands there wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.config import ConfigError
from flowlang.rules import registry
from flowlang.rules.rule import Rule
from tests.rules.linting import ZERO, linted, told


@pytest.mark.parametrize("word", ["wait-of-zero", "FL641", "fl641", "timing"])
@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_by_name_by_code_and_by_family(word: str, severity: str, tmp_path: Path) -> None:
    loaded = linted(tmp_path, settings=f'[rules]\n{word} = "{severity}"\n')
    assert ("wait-of-zero", severity, 3) in told(loaded)


@pytest.mark.parametrize("word", ["wait-of-zero", "FL641", "timing"])
def test_off_is_off(word: str, tmp_path: Path) -> None:
    assert told(linted(tmp_path, settings=f'[rules]\n{word} = "off"\n')) == []


def test_a_rule_by_name_stands_before_its_family_whatever_comes_first(tmp_path: Path) -> None:
    settings = '[rules]\nwait-of-zero = "error"\ntiming = "off"\n'
    assert told(linted(tmp_path, settings=settings)) == [("wait-of-zero", "error", 3)]


def test_a_rule_that_is_off_by_itself_can_be_switched_on(tmp_path: Path) -> None:
    text = ZERO.replace("  wait 0 days\n", "")
    settings = '[rules]\ntag-never-read = "warning"\n'
    assert told(linted(tmp_path, text)) == []
    assert told(linted(tmp_path, text, settings)) == [("tag-never-read", "warning", 3)]


def test_a_folder_stands_before_the_workspace_and_the_nearest_one_counts(tmp_path: Path) -> None:
    settings = """
[rules]
wait-of-zero = "error"
[rules."old"]
timing = "off"
[rules."old/older"]
wait-of-zero = "info"
"""
    inner = ZERO.replace("Greeting", "Old")
    loaded = linted(
        tmp_path, ZERO, settings, old__a_flow=inner,
        old__older__b_flow=ZERO.replace("Greeting", "Older"),
        older__c_flow=ZERO.replace("Greeting", "Other"),
    )  # fmt: skip
    where = {
        one.span.source.path.relative_to(tmp_path).as_posix(): one.severity
        for one in loaded.findings.found
        if one.span.source.path
    }
    assert where == {"shop.flow": "error", "old/older/b.flow": "info", "older/c.flow": "error"}


def test_what_the_checker_warns_of_can_be_set_too(tmp_path: Path) -> None:
    text = 'campaign "X"\n  start when tagged "a"\n  stop\n  tag "b"\n'
    assert told(linted(tmp_path, text)) == [("unreachable-step", "warning", 4)]
    off = '[rules]\nFL401 = "off"\n'
    assert told(linted(tmp_path, text, off)) == []
    assert told(linted(tmp_path, text, '[rules]\nflow = "info"\n')) == [
        ("unreachable-step", "info", 4)
    ]


def test_the_present_edition_is_that_without_one(tmp_path: Path) -> None:
    assert told(linted(tmp_path, settings='[rules]\npreset = "2026"\n')) == told(linted(tmp_path))


def test_a_file_with_an_error_is_left_alone_and_others_are_not(tmp_path: Path) -> None:
    broken = ZERO.replace('tag "greeted"', "set score to 1").replace("Greeting", "Broken")
    assert told(linted(tmp_path, ZERO, a_flow=broken)) == [
        ("unknown-field", "error", 4),
        ("wait-of-zero", "warning", 3),
    ]


WRONG = {
    '[rules]\nwait-of-zer = "error"': "no rule `wait-of-zer`; did you mean `wait-of-zero`?",
    '[rules]\nFL999 = "error"': "there is no rule `FL999`",
    '[rules]\nwait-of-zero = "eror"': 'rules.wait-of-zero = "eror": expected "error" or "warning"',
    "[rules]\nwait-of-zero = 1": "rules.wait-of-zero = 1: expected",
    '[rules]\nunknown-field = "off"': "unknown-field is always an error, it cannot be set",
    '[rules]\nFL101 = "off"': "FL101 unknown-message is always an error, it cannot be set",
    '[rules]\nlocked = ["fl101"]': "FL101 unknown-message is always an error, it cannot be set",
    '[rules."campains"]\ntiming = "off"': "no such folder; did you mean `campaigns`?",
    '[rules."campaigns/odl"]\ntiming = "off"': "no such folder; did you mean `campaigns/old`?",
    '[rules."spring.flow"]\ntiming = "off"': '`[rules."spring.flow"]`: there is no such folder',
    '[rules]\npreset = "2025"': 'rules.preset = "2025": expected "2026"',
    "[rules]\npreset = 2026": 'rules.preset = 2026: expected "2026"',
    '[rules]\npresett = "2026"': "unknown key `rules.presett`; did you mean `preset`?",
    '[rules]\nlocket = ["consent"]': "unknown key `rules.locket`; did you mean `locked`?",
    '[rules]\nlocked = ["preset"]': "there is no rule `preset`; there is",
    '[rules]\nlocked = "timing"': "`rules.locked` is a list of names",
    '[rules]\nlocked = ["timming"]': "there is no rule `timming`; did you mean `timing`?",
    '[rules."old"]\nwait-of-zer = "off"': "did you mean `wait-of-zero`?",
    '[rules."old"]\nlocked = []': "`locked` holds for the whole workspace",
    '[rules."../old"]\ntiming = "off"': "expected a folder within the workspace",
    '[rules."/old"]\ntiming = "off"': "expected a folder within the workspace",
    '[rules.timing]\nwait-of-zero = "off"': "`rules.timing` is a severity",
    '[rules.timin]\nwait-of-zero = "off"': "did you mean `timing`?",
    '[rules]\ntiming = { severity = "off", why = "x" }': "unknown key `rules.timing.why`",
    '[rules]\ntiming = { severity = "off", because = 1 }': "`rules.timing.because` is a text",
    '[rules]\nlocked = ["timing"]\n[rules."a/b"]\nwait-of-zero = "off"': "`wait-of-zero` is locked",
    "rules = 1": "`rules` is a section",
}  # fmt: skip


@pytest.mark.parametrize(("settings", "sentence"), WRONG.items())
def test_what_is_wrong_in_flow_toml_is_said(settings: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "campaigns" / "old").mkdir(parents=True)
    (tmp_path / "spring.flow").touch()
    with pytest.raises(ConfigError) as caught:
        workspace.load(tmp_path)
    assert sentence in str(caught.value)


LEGAL = [rule for rule in registry.rules().values() if rule.legal]


@pytest.mark.parametrize("rule", LEGAL, ids=lambda rule: rule.name)
def test_a_rule_that_guards_a_law_is_switched_off_with_a_reason_only(
    rule: Rule, tmp_path: Path
) -> None:
    toml = tmp_path / "flow.toml"
    for word in (rule.name, rule.family):
        toml.write_text(f'[rules]\n{word} = "off"\n')
        with pytest.raises(ConfigError, match="guards a law"):
            workspace.load(tmp_path)
        toml.write_text(f'[rules]\n{word} = {{ severity = "off", because = "a lawyer says so" }}\n')
        assert workspace.load(tmp_path).settings.rules.of(rule, ("",)) == "off"
