"""The text part of a mail that has only HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = {"head", "script", "style", "template", "title"}
_BREAKS = {"div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "table", "tr", "ul"}
_PARAGRAPHS = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "ul"}


def plain_text(html: str) -> str:
    """What HTML says, as lines of text: links with their address, pictures by their description."""
    words = _Words()
    words.feed(html)
    words.close()
    lines = [" ".join(line.split()) for line in "".join(words.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self.parts)))
        elif tag == "img":
            self._say(given.get("alt") or "")
        elif tag in ("td", "th"):
            self._say(" ")
        self._break(tag)
        if tag == "li":
            self._say("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._links:
            address, began = self._links.pop()
            said = "".join(self.parts[began:])
            if address.startswith(("http://", "https://", "mailto:")) and address not in said:
                self._say(f" ({address})")
        self._break(tag)

    def handle_data(self, data: str) -> None:
        # Line breaks of the source mean nothing; only elements break lines.
        if not (data.isspace() and self._at_line_start()):
            self._say(data.replace("\n", " ").replace("\r", " "))

    def _break(self, tag: str) -> None:
        if tag == "br":
            self._say("\n")
        elif tag in _PARAGRAPHS:
            self._say("\n\n")
        elif tag in _BREAKS and not self._at_line_start():
            self._say("\n")

    def _at_line_start(self) -> bool:
        return not self.parts or self.parts[-1].endswith("\n")

    def _say(self, text: str) -> None:
        if not self._silent:
            self.parts.append(text)
