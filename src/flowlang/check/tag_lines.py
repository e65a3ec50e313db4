"""A line of a template that holds nothing but tags leaves nothing behind in the text.

`{% if … %}`, `{% endfor %}` and comments stand on lines of their own so that people can read them.
Jinja's `trim_blocks` would also join a line to the next one where it ends in a tag; here a line
that has any text, a placeholder included, stays as it is.
"""

from __future__ import annotations

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream


class TagLines(Extension):
    """Takes such lines away before the template is compiled; line numbers stay."""

    def filter_stream(self, stream: TokenStream) -> list[Token]:
        found: list[Token] = []
        line = _Line()
        for token in stream:
            # Between two texts there is a comment, which Jinja leaves out.
            after_text = bool(found) and found[-1].type == "data"
            found.append(token)
            if token.type == "data":
                line.tags = line.tags or after_text
                line.read(found)
            elif token.type == "variable_begin":
                line.bare = False
            elif token.type == "block_begin":
                line.tags = True
        line.end(found)
        return found


class _Line:
    """The line of the text at hand."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.tags = False
        self.bare = True
        """There is no text on it but blanks."""
        self.parts: list[tuple[int, int]] = []
        """The texts that reach into it: the place of each among the tokens, and where in it the
        line begins."""

    def read(self, tokens: list[Token]) -> None:
        """Take the last token, a text, with the line ends in it."""
        place = len(tokens) - 1
        kept = ""
        *ended, rest = tokens[place].value.split("\n")
        for text in ended:
            if self.tags and self.bare and not text.strip():
                self._drop(tokens)
            else:
                kept += f"{text}\n"
            self.begin()
        self.bare = self.bare and not rest.strip()
        self.parts.append((place, len(kept)))
        tokens[place] = tokens[place]._replace(value=kept + rest)

    def end(self, tokens: list[Token]) -> None:
        """The template is over, and with it its last line."""
        if self.tags and self.bare:
            self._drop(tokens)

    def _drop(self, tokens: list[Token]) -> None:
        """Take away the blanks that the line begins with."""
        for place, start in self.parts:
            tokens[place] = tokens[place]._replace(value=tokens[place].value[:start])
