"""The formats that CI servers read, each held to what its reader takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from flowlang.reports import github, gitlab, junit, sarif
from flowlang.source import Diagnostic, Edit, Finding, Fix, Source, Span

ERROR = Diagnostic("FL101", "unknown-message", "error", "there is no message `{name}`")
WARNING = Diagnostic("FL301", "wait-without-end", "warning", "this may wait for ever")
REMARK = Diagnostic("FL901", "taste", "info", "{what}")
SHOP = Source("a shop/ä.flow", 'campaign "A"\n  send "Helo"\n  send "Helo"\n')
CLEAN = "clean.flow"
FIX = Fix((Edit(Span(SHOP, 20, 26), '"Hello"'), Edit(Span(SHOP, 0, 0), "# x\n")), safe=False)
FOUND = [
    Finding(REMARK, Span(SHOP, 0, 12), "50% of it: a, b\nand more\r"),
    Finding(WARNING, Span(SHOP, 13, 45), "over <three> & lines", "a hint"),
    Finding(ERROR, Span(SHOP, 20, 26), "no `Helo`", fix=FIX, also=((Span(SHOP, 0, 8), "here"),)),
    Finding(ERROR, Span(SHOP, 34, 40), "no `Helo`"),
]
FILES = [SHOP.name, CLEAN]


# ---------------------------------------------------------------------- SARIF

# What the schema of SARIF 2.1.0 says of the objects that are written here: each property there may
# be, with what it holds; `!` marks what must be there.  No other properties are allowed.
SCHEMA: dict[str, dict[str, Any]] = {
    "log": {"$schema": str, "version!": ("2.1.0",), "runs!": ["run"]},
    "run": {
        "tool!": "tool",
        "invocations": ["invocation"],
        "columnKind": ("utf16CodeUnits", "unicodeCodePoints"),
        "results": ["result"],
    },
    "tool": {"driver!": "driver"},
    "driver": {"name!": str, "version": str, "rules": ["rule"]},
    "rule": {
        "id!": str,
        "name": str,
        "shortDescription": "text",
        "fullDescription": "text",
        "help": "text",
        "defaultConfiguration": "configuration",
    },
    "configuration": {"level": ("none", "note", "warning", "error")},
    "invocation": {"executionSuccessful!": bool, "toolExecutionNotifications": ["notification"]},
    "notification": {"level": ("none", "note", "warning", "error"), "message!": "text"},
    "result": {
        "ruleId": str,
        "ruleIndex": int,
        "level": ("none", "note", "warning", "error"),
        "message!": "text",
        "locations": ["location"],
        "relatedLocations": ["location"],
        "partialFingerprints": dict,
        "fixes": ["fix"],
    },
    "text": {"text!": str},
    "location": {"physicalLocation": "place", "message": "text"},
    "place": {"artifactLocation": "artifact", "region": "region"},
    "artifact": {"uri": str},
    "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
    "fix": {"artifactChanges!": ["change"], "properties": dict},
    "change": {"artifactLocation!": "artifact", "replacements!": ["replacement"]},
    "replacement": {"deletedRegion!": "region", "insertedContent": "text"},
}


def conform(value: Any, kind: Any, path: str = "$") -> None:
    """Hold a value to a kind of the schema above."""
    match kind:
        case str():
            known = {name.rstrip("!"): inner for name, inner in SCHEMA[kind].items()}
            needed = {name[:-1] for name in SCHEMA[kind] if name.endswith("!")}
            assert isinstance(value, dict), path
            assert needed <= set(value) <= set(known), path
            for name, inner in value.items():
                conform(inner, known[name], f"{path}.{name}")
        case list():
            (inner,) = kind
            assert isinstance(value, list), path
            for number, one in enumerate(value):
                conform(one, inner, f"{path}[{number}]")
        case tuple():
            assert value in kind, path
        case int():
            assert isinstance(value, int), path
            assert value >= kind, path
        case _:
            assert type(value) is kind, path


def run_of(findings: list[Finding]) -> dict[str, Any]:
    data = json.loads(sarif.render(findings, FILES))
    conform(data, "log")
    run: dict[str, Any] = data["runs"][0]
    return run


def test_sarif_conforms_and_names_each_rule_once() -> None:
    run = run_of(FOUND)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["FL101", "FL301", "FL901"]
    assert rules[0]["fullDescription"] == {"text": "there is no message `…`"}
    assert rules[0]["help"]["text"].startswith("A message that is not declared.")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_has_places_fixes_and_the_worst_first() -> None:
    first, second, third, last = run_of(FOUND)["results"]
    assert [one["level"] for one in (first, second, third, last)] == [
        "error", "error", "warning", "note",
    ]  # fmt: skip
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20shop/%C3%A4.flow"}
    assert place["region"] == {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 14}
    assert first["relatedLocations"][0]["message"] == {"text": "here"}
    (change,) = first["fixes"][0]["artifactChanges"]
    assert [one["insertedContent"]["text"] for one in change["replacements"]] == [
        '"Hello"',
        "# x\n",
    ]
    assert first["fixes"][0]["properties"] == {"safe": False}
    assert third["message"] == {"text": "over <three> & lines\nHint: a hint"}


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    assert run_of([])["results"] == []


def test_sarif_names_an_absolute_path_as_a_file() -> None:
    source = Source("/tmp/x y.flow", "x", Path("/tmp/x y.flow"))  # noqa: S108 - not opened
    (result,) = run_of([Finding(ERROR, Span(source, 0, 1), "m")])["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "file:///tmp/x%20y.flow"}


def test_sarif_leaves_out_what_github_would_refuse_and_says_so() -> None:
    many = [FOUND[0], *(FOUND[3] for _ in range(sarif.MAX_RESULTS))]
    run = run_of(many)
    assert len(run["results"]) == sarif.MAX_RESULTS
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "1 more findings are left out"


def test_fingerprints_differ_and_do_not_move_with_the_lines() -> None:
    moved = Source(SHOP.name, "# above\n" + SHOP.text)
    by = len("# above\n")
    later = [
        Finding(one.diagnostic, Span(moved, one.span.start + by, one.span.end + by), one.message)
        for one in FOUND
    ]
    prints = [
        [one["partialFingerprints"]["flowlang/v1"] for one in run_of(found)["results"]]
        for found in (FOUND, later)
    ]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == len(FOUND)


# --------------------------------------------------------------------- GitHub


def test_github_commands_are_one_line_each_and_escaped() -> None:
    assert github.render(FOUND, FILES).splitlines() == [
        (
            "::error file=a shop/ä.flow,line=2,endLine=2,col=8,endColumn=13,"
            "title=FL101 unknown-message::no `Helo`"
        ),
        (
            "::error file=a shop/ä.flow,line=3,endLine=3,col=8,endColumn=13,"
            "title=FL101 unknown-message::no `Helo`"
        ),
        (
            "::warning file=a shop/ä.flow,line=2,endLine=4,"
            "title=FL301 wait-without-end::over <three> & lines%0Ahint: a hint"
        ),
        (
            "::notice file=a shop/ä.flow,line=1,endLine=1,col=1,endColumn=12,"
            "title=FL901 taste::50%25 of it: a, b%0Aand more%0D"
        ),
    ]
    named = Source("a,b:c%.flow", "x")
    told = github.render([Finding(ERROR, Span(named, 0, 0), "m")], FILES)
    assert told.startswith("::error file=a%2Cb%3Ac%25.flow,line=1,endLine=1,col=1,endColumn=1,")


def test_github_is_told_how_many_it_does_not_show() -> None:
    lines = github.render([FOUND[3]] * 12 + [FOUND[0]], FILES).splitlines()
    assert len(lines) == 14
    assert lines[-1] == "GitHub shows 10 annotations of a kind; 2 more stand in this log only"


# --------------------------------------------------------------------- GitLab


def test_gitlab_has_all_that_it_asks_for() -> None:
    data = json.loads(gitlab.render(FOUND, FILES))
    assert data[0] == {
        "description": "FL101: no `Helo`",
        "check_name": "unknown-message",
        "fingerprint": data[0]["fingerprint"],
        "severity": "major",
        "location": {"path": "a shop/ä.flow", "lines": {"begin": 2, "end": 2}},
    }
    assert [one["severity"] for one in data] == ["major", "major", "minor", "info"]
    assert data[2]["description"] == "FL301: over <three> & lines (a hint)"
    assert len({one["fingerprint"] for one in data}) == len(FOUND)
    assert gitlab.render([], FILES) == "[]\n"


# ---------------------------------------------------------------------- JUnit


def test_junit_has_a_case_for_each_file_and_a_remark_is_no_failure() -> None:
    root = ET.fromstring(junit.render(FOUND, FILES))  # noqa: S314 - our own
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "2", "1")
    failed, passed = root.iter("testcase")
    assert (failed.get("name"), passed.get("name"), list(passed)) == (SHOP.name, CLEAN, [])
    (failure,) = failed
    assert failure.get("type") == "wait-without-end"
    assert failure.get("message") == "line 2: over <three> & lines (and 2 more)"
    assert (failure.text or "").splitlines() == [
        "a shop/ä.flow:2:1 warning FL301: over <three> & lines",
        "hint: a hint",
        "a shop/ä.flow:2:8 error FL101: no `Helo`",
        "a shop/ä.flow:3:8 error FL101: no `Helo`",
    ]
    (remark,) = ET.fromstring(junit.render(FOUND[:1], [])).iter("testcase")  # noqa: S314
    assert list(remark) == []


def test_junit_replaces_what_xml_cannot_hold() -> None:
    text = 'a\x00b\x1b[31m\ufffe"<&>\ud800'
    named = Source(text, "x")
    told = junit.render([Finding(ERROR, Span(named, 0, 1), text)], [])
    (case,) = ET.fromstring(told.encode()).iter("testcase")  # noqa: S314 - our own
    assert case.get("name") == 'a\ufffdb\ufffd[31m\ufffd"<&>\ufffd'
