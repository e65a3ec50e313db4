"""A session at a terminal: history, completion, highlighting, several lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import (
    CompleteEvent,
    Completer,
    Completion,
    get_common_complete_suffix,
)
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from flowlang.repl import word
from flowlang.repl.completion import complete, typed
from flowlang.repl.entry import opens, unfinished
from flowlang.repl.saying import enter
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row, rows
from flowlang.source import Findings, Source
from flowlang.speech import in_language, tr
from flowlang.syntax.lexer import lines

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

INDENT = "  "
_STYLE = Style.from_dict(
    {
        "word": "bold",
        "keyword": "ansiblue",
        "text": "ansigreen",
        "value": "ansicyan",
        "comment": "ansibrightblack",
        "who": "bold",
        "clock": "ansibrightblack",
        "what-if": "ansiyellow",
        "auto-suggestion": "ansibrightblack",
        "completion-menu": "noinherit",
        "completion-menu.completion": "noinherit",
        "completion-menu.completion.current": "noinherit reverse",
    }
)
_KINDS = {
    **dict.fromkeys(("STRING", "BLOCK", "OPEN_STRING", "OPEN_BLOCK"), "class:text"),
    **dict.fromkeys(("NUMBER", "PERCENT", "DATE", "DATETIME", "TIME"), "class:value"),
}
"""How the kinds of lexeme are shown."""


class Terminal:
    """The conversation with one person."""

    def __init__(
        self,
        session: Session,
        tell: Callable[[Told], None],
        *,
        color: bool,
        history: Path | None = None,
        given: Input | None = None,
        shown: Output | None = None,
    ) -> None:
        self.session = session
        self.tell = tell
        self.prompt: PromptSession[str] = PromptSession(
            history=_history(history),
            completer=_Completer(session),
            complete_while_typing=False,
            auto_suggest=AutoSuggestFromHistory(),
            lexer=Highlighter(session),
            style=_STYLE,
            color_depth=None if color else ColorDepth.DEPTH_1_BIT,
            key_bindings=_keys(session),
            multiline=True,
            prompt_continuation=lambda width, number, wrapped: " " * (width - 2) + "· ",
            input=given,
            output=shown,
        )

    def run(self) -> None:
        """Talk until someone has had enough."""
        while not self.session.over:
            try:
                text = self.prompt.prompt(lambda: _prompt(self.session))
            except KeyboardInterrupt:
                continue  # the line is given up
            except EOFError:
                return
            self.answer(text)

    def answer(self, text: str) -> None:
        """Do what was entered; what cannot be done is told, and the session stays as it was."""
        try:
            self.tell(enter(self.session, text))
        except Wrong as wrong:
            message, hint = wrong.in_(self.session.tongue.words.code)
            told = [row(("bad", message), hang=2)]
            told += [row(("dim", f"  {hint}"), hang=2)] if hint else []
            self.tell([*told, *(rows(wrong.detail, indent=2) if wrong.detail else [])])
        except KeyboardInterrupt:
            self.tell([row(("bad", tr("interrupted; everything is as it was")))])


def _prompt(session: Session) -> StyleAndTextTuples:
    """Who is meant, what time it is, whether this is another way."""
    parts: StyleAndTextTuples = [("class:who", session.whom or "flow")]
    if session.stage.begun:
        parts.append(("class:clock", f" {session.teller().clock(session.now)}"))
    for _ in session.state.branches:
        parts.append(("class:what-if", " " + in_language(tr("what if"), session.language)))
    return [*parts, ("", " > ")]


def _history(path: Path | None) -> History:
    """What was typed before, in a file where that can be written."""
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
        path.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))


def _keys(session: Session) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        """Enter what is complete; go on in a new line where more may follow."""
        buffer = event.current_buffer
        text, last = buffer.text, buffer.document.current_line.strip()
        more = unfinished(session, text) or (bool(last) and opens(session, text))
        if buffer.document.is_cursor_at_the_end and more:
            buffer.insert_text("\n" + INDENT)
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        """A new line, whatever stands there."""
        event.current_buffer.insert_text("\n" + INDENT)

    @keys.add("tab")
    def _(event: KeyPressEvent) -> None:
        """Complete at once, so that what is typed next finds it there; of several ways what they
        share, and then one after the other.
        """
        buffer = event.current_buffer
        if buffer.complete_state is not None:
            buffer.complete_next()
            return
        ways = list(_Completer(session).get_completions(buffer.document, CompleteEvent()))
        if len(ways) == 1:
            buffer.apply_completion(ways[0])
        elif ways:
            buffer.insert_text(get_common_complete_suffix(buffer.document, ways))
            buffer.start_completion()

    return keys


class _Completer(Completer):
    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        text = document.text_before_cursor
        begun = typed(text)
        for one in complete(self.session, text):
            yield Completion(one, start_position=-len(begun))


class Highlighter(Lexer):
    """Colours what is typed as the language reads it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        text, styles = document.text, [""] * len(document.text)
        source = Source("<typed>", text)
        if source.text == text:  # what is spelt in another way has other places
            self._paint(source, styles)
        starts = [0]
        for line in document.lines:
            starts.append(starts[-1] + len(line) + 1)

        def line_of(number: int) -> StyleAndTextTuples:
            if number >= len(document.lines):
                return []
            start = starts[number]
            return [
                (styles[start + at], letter) for at, letter in enumerate(document.lines[number])
            ]

        return line_of

    def _paint(self, source: Source, styles: list[str]) -> None:
        words, text = self.session.tongue.words, source.text
        for line in lines(source, words, Findings()):
            for kind, lexeme, start, end in line.lexemes:
                style = _KINDS.get(kind, "")
                if kind == "WORD" and lexeme.lower() in words.phrases:
                    style = "class:keyword"
                styles[start:end] = [style] * (end - start)
        found = word.find(text.lstrip(), words.code)
        if found is not None:
            start = len(text) - len(text.lstrip())
            end = len(text.rstrip()) - len(found[1])
            styles[start:end] = ["class:word"] * (end - start)
