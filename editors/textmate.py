"""Writes editors/vscode/syntaxes/flow.tmLanguage.json out of the keyword tables.

A TextMate grammar colours a text before the language server has looked at it.  Run it after a
change of the words: `.venv/bin/python editors/textmate.py`; a test fails while it is due.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowlang.syntax import keywords
from flowlang.syntax.palette import palette, pattern

TARGET = Path(__file__).parent / "vscode" / "syntaxes" / "flow.tmLanguage.json"
_NAME = r"[[:alpha:]]\w*(?:-\w+)*"
_NO_WORD = r"(?<![\w.-])"


def grammar() -> dict[str, Any]:
    """The grammar: the rules of a language from the line that names it on, else those of all."""
    codes = keywords.languages()
    repository: dict[str, Any] = {code: {"patterns": _language([code])} for code in codes} | {
        "any": {"patterns": _language(codes)},
        **_common(),
    }
    headers = "|".join(keywords.load(code).header for code in codes)
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "Flow",
        "scopeName": "source.flow",
        "fileTypes": ["flow"],
        "patterns": [
            *(
                {
                    "begin": rf"(?i)^\s*(#\s*(?:{headers})\s*:\s*{code})\s*$",
                    "beginCaptures": {"1": {"name": "comment.line.number-sign.flow"}},
                    "end": r"(?!)",
                    "patterns": [{"include": f"#{code}"}],
                }
                for code in codes
            ),
            {"include": "#any"},
        ],
        "repository": repository,
    }


def _language(codes: Sequence[str]) -> list[dict[str, Any]]:
    def words(*kinds: str) -> str:
        some = {word for code in codes for kind in kinds for word in palette(code)[kind]}
        return pattern(sorted(some, key=lambda w: (-len(w), w)))

    return [
        {"include": "#values"},
        {
            "match": rf"(?i)^\s*({words('declaration')})(?:\s+(\"[^\"]*\"|{_NAME}))?",
            "captures": {
                "1": {"name": "keyword.declaration.flow"},
                "2": {"name": "entity.name.type.flow"},
            },
        },
        {
            "match": rf"(?i)^\s*({words('statement')})",
            "captures": {"1": {"name": "keyword.control.flow"}},
        },
        {
            "match": rf"(?i)^\s+({_NAME})\s+({words('type')})",
            "captures": {
                "1": {"name": "variable.other.member.flow"},
                "2": {"name": "storage.type.flow"},
            },
        },
        {"match": rf"(?i){_NO_WORD}{words('value')}", "name": "constant.language.flow"},
        {"match": rf"(?i){_NO_WORD}{words('word', 'statement')}", "name": "keyword.other.flow"},
        {"match": rf"(?i){_NO_WORD}{words('type')}", "name": "storage.type.flow"},
        {"match": _NAME, "name": "variable.other.flow"},
    ]


def _common() -> dict[str, Any]:
    return {
        "values": {
            "patterns": [
                {"match": "#.*$", "name": "comment.line.number-sign.flow"},
                {
                    "begin": '"""',
                    "end": '"""',
                    "name": "string.quoted.triple.flow",
                    "patterns": [{"include": "#placeholder"}],
                },
                {
                    "begin": '"',
                    "end": '"|$',
                    "name": "string.quoted.double.flow",
                    "patterns": [
                        {"match": r'\\["\\n]', "name": "constant.character.escape.flow"},
                        {"include": "#placeholder"},
                    ],
                },
                {
                    "match": r"\b\d{4}-\d{1,2}-\d{1,2}(?:\s+\d{1,2}:\d{2})?|\b\d{1,2}:\d{2}\b",
                    "name": "constant.other.date.flow",
                },
                {"match": r"(?<![\w)])-?\d+(?:\.\d+)?\s?%?", "name": "constant.numeric.flow"},
                {"match": r"!=|<=|>=|[=<>+*/]", "name": "keyword.operator.flow"},
            ]
        },
        "placeholder": {
            "begin": r"\{\{|\{%",
            "end": r"\}\}|%\}|(?=$)",
            "name": "meta.embedded.placeholder.flow",
            "patterns": [
                {"match": "'[^']*'", "name": "string.quoted.single.flow"},
                {"match": r"\|\s*(\w+)", "captures": {"1": {"name": "support.function.flow"}}},
                {"match": r"\b\w+\b", "name": "variable.other.flow"},
            ],
        },
    }


def text() -> str:
    """The grammar as it stands in its file."""
    return json.dumps(grammar(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
