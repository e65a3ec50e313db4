"""A strict reader of HTML pages: each tag known, closed in order, each id once."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

_VOID = {"meta", "br", "link", "img", "input", "hr"}
_HTML = {
    "html", "head", "title", "style", "body", "header", "nav", "main", "section", "article", "h1",
    "h2", "h3", "p", "ul", "li", "a", "bdi", "span", "table", "thead", "tbody", "tr", "th", "td",
    "pre", "code", "figure", "div", "iframe",
}  # fmt: skip
_SVG = {"svg", "title", "desc", "rect", "line", "g", "path", "text"}


class Page(HTMLParser):
    """What stands in a page.  Raises AssertionError where it is not well-formed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.frames: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.pictures = 0
        assert text.startswith("<!DOCTYPE html>\n")
        self.feed(text)
        self.close()
        assert self.open == []
        assert all(count == 1 for count in self.ids.values())
        assert all(link.startswith("#") and link[1:] in self.ids for link in self.links)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), attrs
        assert not any(name.startswith("on") for name in given), attrs
        assert tag in (_SVG if "svg" in self.open or tag == "svg" else _HTML | _VOID), tag
        self.pictures += tag == "svg"
        if "id" in given:
            self.ids[given["id"] or ""] += 1
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "iframe":
            self.frames.append(given)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag, tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All that is read, in one line."""
        return " ".join("".join(self.texts).split())
