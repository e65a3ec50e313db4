"""What could stand where one is typing: names that fit the place, and keywords in the language.

The parser says which words fit (`syntax.cursor`), and the index what a name there would be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from lsprotocol import types

from flowlang import resources
from flowlang.check.index import brought, names_of, placed
from flowlang.check.symbols import Occurrence, Owner, Symbol
from flowlang.check.template_functions import FILTERS, FUNCTIONS
from flowlang.figures import reports
from flowlang.lsp.naming import kind_in_words, type_of
from flowlang.lsp.server import FlowServer
from flowlang.lsp.study import Study
from flowlang.lsp.texts import Open
from flowlang.source import Source, Span
from flowlang.syntax import expressions as tree
from flowlang.syntax.cursor import STAND_IN, Cursor
from flowlang.syntax.declarations import File
from flowlang.syntax.scripts import GivenField
from flowlang.syntax.tree import Node, Token, walk

_ITEM = {
    "field": types.CompletionItemKind.Field,
    "event": types.CompletionItemKind.Event,
    "records": types.CompletionItemKind.Struct,
    "message": types.CompletionItemKind.Text,
    "campaign": types.CompletionItemKind.Module,
    "tag": types.CompletionItemKind.EnumMember,
    "file": types.CompletionItemKind.File,
    "module": types.CompletionItemKind.File,
}
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%|%\}")
_CALLED = re.compile(r"(\w+)\(\s*['\"]([^'\"]*)$")
_TYPED = re.compile(r"[\w.]*$")
MAX_FILES = 200
"""Files that are proposed for a path."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text that fits: what it is called, what it is, and what it replaces."""

    label: str
    kind: types.CompletionItemKind
    detail: str
    text: str
    start: int
    end: int
    rank: str = "1"


def register(server: FlowServer) -> None:
    """Answer completions."""
    options = types.CompletionOptions(trigger_characters=['"', ".", "{", "'", "|", " "])

    @server.answers(types.TEXT_DOCUMENT_COMPLETION, options)
    def completion(
        server: FlowServer, params: types.CompletionParams
    ) -> types.CompletionList | None:
        found = server.study(params.text_document.uri)
        if found is None:
            return None
        document, study = found
        offset = server.offset(document.source, params.position)
        proposals = Completion(server, document, study, offset).proposals()
        items = {(one.label, one.kind): _item(server, document, one) for one in proposals}
        return types.CompletionList(is_incomplete=False, items=list(items.values()))


def _item(server: FlowServer, document: Open, one: Proposal) -> types.CompletionItem:
    span = Span(document.source, one.start, one.end)
    typed = document.source.text[one.start : one.start + 1]
    return types.CompletionItem(
        one.label,
        kind=one.kind,
        detail=one.detail or None,
        sort_text=f"{one.rank}{one.label.casefold()}",
        filter_text=one.text if typed == '"' else one.label,
        text_edit=server.places.edit(span, one.text),
    )


class Completion:
    """The proposals for one place of a text."""

    def __init__(self, server: FlowServer, document: Open, study: Study, at: int) -> None:
        self.server = server
        self.source = document.source
        self.study = study
        self.lookup = study.lookup
        self.at = at
        self.is_flow = document.is_flow
        parsed = study.parsed(self.source)
        self.language = parsed.language if parsed else server.studies.settings(study.key).language

    def proposals(self) -> Iterator[Proposal]:
        """All that fits, names before keywords."""
        opening = self._placeholder()
        if opening is not None or not self.is_flow:
            if opening is not None:
                yield from self._in_placeholder(opening)
            return
        cursor = Cursor(self.source.text, self.at, self.language)
        if cursor.commented:
            return
        if cursor.head:
            yield from self._names(cursor, "REF")
            return
        yield from self._names(cursor, "STRING")
        if cursor.quoted:
            return
        yield from self._names(cursor, "NAME")
        for keyword in cursor.keywords():
            text = keyword.text
            yield Proposal(
                text, types.CompletionItemKind.Keyword, "", text, keyword.start, self.at, "2"
            )

    # ------------------------------------------------------------------ names

    def _names(self, cursor: Cursor, terminal: str) -> Iterator[Proposal]:
        """The names that could stand here as this terminal."""
        quotes = terminal == "STRING"
        start, end = cursor.start + len(cursor.head), self._end(cursor)
        for file, span in cursor.trees(terminal):
            here = [
                one
                for one in names_of(file).occurrences
                if span.start <= one.span.start < one.span.end and span.end - one.span.end <= 1
            ]
            for occurrence in here:
                for symbol in self._fitting(occurrence):
                    yield self._proposal(symbol, start, end, quotes=quotes)
            if quotes and not here:
                for choice in self._choices(file, span):
                    text = f'"{choice}"'
                    kind = types.CompletionItemKind.EnumMember
                    yield Proposal(choice, kind, "", text, start, end, "0")

    def _end(self, cursor: Cursor) -> int:
        """Where what is being typed ends: behind the closing quote that an editor has put there."""
        line_end = self.source.text.find("\n", self.at)
        rest = self.source.text[self.at : line_end if line_end >= 0 else None]
        if cursor.quoted:
            closing = rest.find('"')
            return self.at + closing + 1 if closing >= 0 else self.at
        found = re.match(r"[\w-]*", rest)
        return self.at + (found.end() if found else 0)

    def _fitting(self, occurrence: Occurrence) -> Iterator[Symbol]:
        """The names that there are of the kinds that an occurrence may name."""
        for way in occurrence.ways:
            if occurrence.declares and way[0].kind != "tag":
                return
            for kind, _, owner in way:
                yield from self._known(kind, owner)

    def _known(self, kind: str, owner: Owner) -> Iterator[Symbol]:
        names: Iterable[str]
        match kind:
            case "field":
                names = self.lookup.fields_of(owner) if owner else self.lookup.of_kind(kind)
            case "channel":
                names = ("email", "sms", *self.server.studies.settings(self.study.key).channels)
            case "module":
                names = sorted(path.stem for path in resources.stdlib().glob("*.flow"))
            case "report":
                names = reports()
            case "zone":
                names = sorted(name for name in available_timezones() if "/" in name)
            case "file":
                names = self._files()
            case _:
                names = self.lookup.of_kind(kind, owner)
        for name in names:
            yield Symbol(kind, name, owner)

    def _files(self) -> list[str]:
        """The files beside the text and below, by their paths from it."""
        path = self.source.path
        if path is None:
            return []
        found: list[str] = []
        for one in sorted(path.parent.rglob("*")):
            inside = one.relative_to(path.parent)
            hidden = any(part.startswith(".") for part in inside.parts)
            if not hidden and one.is_file() and one.suffix not in (".flow", ".toml"):
                found.append(inside.as_posix())
                if len(found) >= MAX_FILES:
                    break
        return found

    def _choices(self, file: File, span: Span) -> list[str]:
        """The values of the `one of` field that a text is compared with or given to."""
        field = ""
        for node in walk(file):
            if node.span.start <= span.start and span.end <= node.span.end:
                field = _compared_field(node) or field
        symbol = Symbol("field", field)
        for declared in self.lookup.declared.get(symbol, ()):
            choices = getattr(getattr(declared.node, "type", None), "choices", ())
            if choices:
                return [str(choice.value) for choice in choices]
        return []

    def _proposal(self, symbol: Symbol, start: int, end: int, *, quotes: bool) -> Proposal:
        name = symbol.name
        text = name
        if quotes:
            text = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        kind = _ITEM.get(symbol.kind, types.CompletionItemKind.Reference)
        detail = type_of(symbol, self.study) or kind_in_words(symbol)
        own = symbol.kind not in ("field", "event") or symbol in self.lookup.declared
        return Proposal(name, kind, detail, text, start, end, "0" if own else "1")

    # ------------------------------------------------------------------ placeholders

    def _placeholder(self) -> int | None:
        """Where the placeholder begins that is being typed, None outside of one."""
        text = self.source.text
        begin = max(text.rfind("\n", 0, self.at) + 1, self.at - 500)
        opening: int | None = None
        for found in _PLACEHOLDER.finditer(text, begin, self.at):
            opening = found.end() if found[0] in ("{{", "{%") else None
        return opening

    def _in_placeholder(self, opening: int) -> Iterator[Proposal]:
        text = self.source.text
        inside = text[opening : self.at]
        called = _CALLED.search(inside.replace('\\"', ' "'))
        if called is not None:
            named = "coupons" if called[1].startswith("coupon") else "event"
            for name in self.lookup.of_kind(named) if called[1] in FUNCTIONS else ():
                start = self.at - len(called[2])
                yield self._proposal(Symbol(named, name), start, self.at, quotes=False)
            return
        typed = _TYPED.search(inside)
        word = typed[0] if typed else ""
        start = self.at - len(word.rpartition(".")[2])
        if inside[: len(inside) - len(word)].rstrip().endswith("|"):
            for name in sorted(FILTERS):
                kind = types.CompletionItemKind.Function
                yield Proposal(name, kind, "filter", name, start, self.at)
            return
        for symbol in self._in_template(start):
            yield self._proposal(symbol, start, self.at, quotes=False)
        if "." not in word and text[start - 1] != ".":
            for name in (*FUNCTIONS, "unsubscribe_link", "today", "now"):
                kind = types.CompletionItemKind.Function
                yield Proposal(name, kind, "", name, start, self.at, "2")

    def _in_template(self, start: int) -> Iterator[Symbol]:
        """The names that may stand where a word begins, with what stands before it."""
        template, message = self._template()
        events = tuple(brought(template, "event"))
        begin = template.span.start if template.span.source is self.source else 0
        before = self.source.text[begin:start].replace('\\"', ' "')
        asked = f"{before}{STAND_IN} }}}}"
        at = Span(Source("", asked), 0, len(asked))
        for one in placed(asked, 0, at, template, events, message):
            if one.span.start == len(before):
                yield from self._fitting(one)

    def _template(self) -> tuple[Node, str]:
        """The node in whose text the place is, and the message that it belongs to."""
        parsed = self.study.parsed(self.source)
        if parsed is not None:
            for item in parsed.tree.items:
                if item.span.start <= self.at <= item.span.end + 1:
                    return item, str(getattr(item, "name", ""))
            return parsed.tree, ""
        for parsed in self.study.files:
            for body in self.study.names_in(parsed).bodies:
                source = self.study.body_source(parsed, body.path)
                if source is not None and source.path == self.source.path:
                    return body.node, body.message
        return File(Span(self.source, 0, 0), ()), ""


def _compared_field(node: Node) -> str:
    """The field that a node compares, or gives a value to."""
    match node:
        case tree.Compare(left=tree.FieldValue(name=name)):
            return str(name.value)
        case tree.InList(operand=tree.FieldValue(name=name)):
            return str(name.value)
        case tree.NotInList(operand=tree.FieldValue(name=name)):
            return str(name.value)
        case GivenField(name=name):
            return str(name.value)
    field = getattr(node, "field", None)
    return str(field.value) if isinstance(field, Token) and hasattr(node, "value") else ""
