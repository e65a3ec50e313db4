"""CONTENTS → HTML: the page, written by a template that escapes everything."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from flowlang.check.names import Message
from flowlang.documentation.contents import Sending, contents, tests_of
from flowlang.documentation.previewing import Preview, previews
from flowlang.documentation.timing import START, Moment
from flowlang.documentation.translating import in_language
from flowlang.documentation.words import Words, words
from flowlang.engine.render import Renderer
from flowlang.pictures import svg
from flowlang.pictures.boxes import readable
from flowlang.pictures.campaign import picture, style
from flowlang.program.graph import Graph
from flowlang.program.program import Program
from flowlang.workspace import Workspace


def page(workspace: Workspace, language: str, title: str) -> str:
    """The page of a workspace that may be run, in a language."""
    spoken = in_language(workspace, language)
    program = spoken.runnable
    assert program is not None
    said = words(language)
    return str(
        _template().render(
            page=contents(spoken, program, title),
            # Their lines are those of the files as they are.
            tests=tests_of(workspace),
            words=said,
            style=Markup(_file("page.css") + style()),  # noqa: S704 - files of ours
            teller=_Teller(program, said),
        )
    )


class _Teller:
    """Puts things into words and pictures, for the template."""

    def __init__(self, program: Program, said: Words) -> None:
        self.program = program
        self.words = said
        self.renderer = Renderer(program)

    def picture(self, graph: Graph) -> Markup:
        drawn = picture([graph], graph.campaign, styled=False, named=False)
        return Markup(drawn)  # noqa: S704 - escaped where it is drawn

    def previews(self, message: Message) -> list[Preview]:
        return previews(message, self.program, self.renderer, self.words.language)

    def subject(self, message: Message) -> str:
        """The subject in the language of the page, if it has one, with its placeholders named."""
        template = message.ready.get(self.words.language) or message.ready.get("")
        return readable(template.subject) if template else ""

    def kind(self, message: Message) -> str:
        return self.words.marketing if message.kind == "marketing" else self.words.service

    def listed(self, sentence: str, things: list[str], *, quoted: bool = False) -> Markup:
        """A sentence about some things, each as it stands in the file."""
        shown = [f'"{thing}"' for thing in things] if quoted else things
        joined = Markup(f" {self.words.joined_or} " if not quoted else ", ").join(map(_code, shown))  # noqa: S704 - words of ours
        return Markup(sentence).format(joined)  # noqa: S704 - as above

    def moments(self, sending: Sending) -> list[Markup]:
        """When a step sends, in words."""
        if sending.automation:
            return [_code(one) for one in sending.occasions] or [Markup(self.words.by_hand)]  # noqa: S704 - as above
        return [self._moment(one) for one in sending.moments]

    def _moment(self, moment: Moment) -> Markup:
        said, length = self.words, self._length(moment)
        if moment.after == START:
            open_, at_once, later = said.any_time_after_start, said.at_once, said.after_start
        else:
            open_, at_once, later = said.any_time, said.right_after, said.after
        after = [] if moment.after == START else [_code(moment.after)]
        if length:
            return Markup(later).format(length, *after)  # noqa: S704 - words of ours
        return Markup(open_ if moment.most is None else at_once).format(*after)  # noqa: S704 - as above

    def _length(self, moment: Moment) -> str:
        """`3 days`, `up to 2 days`, `1 day to 3 days`; empty for no time at all, or any."""
        said, least, most = self.words, moment.least, moment.most
        if most is None:
            return "" if least.is_zero else said.at_least.format(said.length(least))
        if most.is_zero:
            return ""
        if least.is_zero:
            return said.up_to.format(said.length(most))
        if least == most:
            return said.length(most)
        return said.from_to.format(said.length(least), said.length(most))


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(svg.valid(text))


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    found = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=lambda value: svg.valid(value) if type(value) is str else value,
    )  # fmt: skip
    return found.from_string(_file("page.html"))


def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
