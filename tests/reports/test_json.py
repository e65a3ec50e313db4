from __future__ import annotations

import json

from flowlang.reports import json as format_json
from flowlang.source import Diagnostic, Edit, Finding, Fix, Source, Span

ERROR = Diagnostic("FL101", "unknown-message", "error", "there is no message")


def test_a_finding_has_all_its_keys() -> None:
    source = Source("shop.flow", 'campaign "A"\n  send "Helo"\n')
    span = Span(source, 20, 26)
    fix = Fix((Edit(span, '"Hello"'),))
    found = Finding(ERROR, span, "there is no message `Helo`", "did you mean `Hello`?", fix)
    place = {"line": 2, "column": 8, "end_line": 2, "end_column": 14}
    assert json.loads(format_json.render([found], ["shop.flow", "b.flow"])) == {
        "findings": [
            {
                "code": "FL101",
                "name": "unknown-message",
                "severity": "error",
                "file": "shop.flow",
                **place,
                "message": "there is no message `Helo`",
                "hint": "did you mean `Hello`?",
                "fix": {"safe": True, "edits": [{**place, "text": '"Hello"'}]},
                "also": [],
                "test": "",
            }
        ],
        "files": 2,
    }


def test_what_is_not_there_is_empty_or_null() -> None:
    found = Finding(ERROR, Span(Source("a.flow", "x"), 0, 1), "m")
    data = json.loads(format_json.render([found], ["a.flow"]))["findings"][0]
    assert data["hint"] == ""
    assert data["fix"] is None


def test_findings_are_in_the_order_of_the_text() -> None:
    source = Source("a.flow", "x\ny\n")
    found = [Finding(ERROR, Span(source, at, at + 1), "m") for at in (2, 0)]
    lines = [one["line"] for one in json.loads(format_json.render(found, ["a.flow"]))["findings"]]
    assert lines == [1, 2]
