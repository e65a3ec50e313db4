"""How the tests of the syntax stage read texts, with every statement's node in place."""

from __future__ import annotations

import importlib
from pathlib import Path

from flowlang.source import Findings, Source
from flowlang.syntax.parser import Parsed, parse

# The nodes of statements are registered by the stage that follows.
importlib.import_module("flowlang.steps")

HERE = Path(__file__).parent
CORPUS = (HERE / "corpus.flow").read_text(encoding="utf-8")


def read(text: str, language: str = "en", name: str = "a.flow") -> tuple[Parsed, Findings]:
    findings = Findings()
    return parse(Source(name, text), findings, language), findings


def sound(text: str, language: str = "en") -> Parsed:
    """The parse of a text in which nothing is wrong."""
    parsed, findings = read(text, language)
    assert [finding.message for finding in findings.in_order()] == []
    return parsed


def messages(text: str, language: str = "en") -> list[str]:
    """`line:column sentence` of every finding."""
    _, findings = read(text, language)
    return [
        "{}:{} {}".format(*one.span.source.position(one.span.start), one.message)
        for one in findings.in_order()
    ]
