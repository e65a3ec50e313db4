"""Colours for everything that uses Pygments: documentation, terminals, wikis.

Pygments finds the lexer by its entry point, under the name `flow`; the words are those of the
keyword tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, include
from pygments.token import (
    Comment,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
    _TokenType,
)

from flowlang.syntax import keywords
from flowlang.syntax.palette import palette, pattern

ANY = "any language"
"""The state for a text that does not say which language it is in."""
_NAME = r"[^\W\d_]\w*(?:-\w+)*"


def _language(codes: tuple[str, ...]) -> list[Any]:
    """The rules for a text in one of these languages."""

    def words(*kinds: str) -> str:
        some = {word for code in codes for kind in kinds for word in palette(code)[kind]}
        return pattern(sorted(some, key=lambda w: (-len(w), w)))

    return [
        (r"^([ \t]*)(" + words("declaration") + ")", bygroups(Whitespace, Keyword.Declaration)),
        (r"^([ \t]*)(" + words("statement") + ")", bygroups(Whitespace, Keyword)),
        # A row of a table of fields: `score  number`.
        (
            rf"^([ \t]+)({_NAME})([ \t]+)({words('type')})",
            bygroups(Whitespace, Name.Attribute, Whitespace, Keyword.Type),
        ),
        include("values"),
        (r"(?<![\w.-])" + words("value"), Keyword.Constant),
        (r"(?<![\w.-])" + words("word", "statement"), Keyword),
        (r"(?<![\w.-])" + words("type"), Keyword.Type),
        include("rest"),
    ]


class FlowLexer(RegexLexer):  # type: ignore[misc] # Pygments has no types
    """Lexer for flow, a language for marketing campaigns."""

    name = "Flow"
    aliases: ClassVar = ["flow"]
    filenames: ClassVar = ["*.flow"]
    mimetypes: ClassVar = ["text/x-flow"]
    flags = re.IGNORECASE | re.MULTILINE
    tokens: ClassVar = {
        "root": [],
        **{code: _language((code,)) for code in keywords.languages()},
        ANY: _language(keywords.languages()),
        "values": [
            (r"#[^\n]*", Comment.Single),
            (r'"""', String.Heredoc, "block"),
            (r'"', String.Double, "text"),
            (r"\d{4}-\d{1,2}-\d{1,2}(?:[ \t]+\d{1,2}:\d{2})?", Literal.Date),
            (r"\d{1,2}:\d{2}", Literal.Date),
            (r"(?<![\w)])-?\d+(?:\.\d+)?[ ]?%?", Number),
            (r"!=|<=|>=|[=<>+*/-]", Operator),
            (r"[(),.]", Punctuation),
        ],
        "rest": [(_NAME, Name), (r"\n|[^\S\n]+", Whitespace), (r".", Text)],
        "text": [
            (r'\\["\\n]', String.Escape),
            (r"\{\{|\{%", String.Interpol, "placeholder"),
            (r'[^"\\{\n]+|[{\\]', String.Double),
            (r'"|\n', String.Double, "#pop"),
        ],
        "block": [
            (r'"""', String.Heredoc, "#pop"),
            (r"\{\{|\{%", String.Interpol, "placeholder"),
            (r'[^"{]+|["{]', String.Heredoc),
        ],
        "placeholder": [
            (r"\}\}|%\}", String.Interpol, "#pop"),
            (r"(?=\n|\"\"\")", String.Interpol, "#pop"),
            (r"'[^'\n]*'|\\\"[^\n]*?\\\"", String.Single),
            (r"\w+", Name.Variable),
            (r"[^\w\n]", String.Interpol),
        ],
    }

    def get_tokens_unprocessed(
        self, text: str, stack: Any = ("root",)
    ) -> Iterator[tuple[int, _TokenType, str]]:
        """The tokens of a text, in the language that its first line names."""
        named = keywords.language_line(text)
        code = named[0] if named else ""
        state = code if code in keywords.languages() else ANY
        yield from super().get_tokens_unprocessed(text, (state,))
