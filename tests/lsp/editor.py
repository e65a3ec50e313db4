"""A real client on the other side of `flow lsp`, for tests that are no coroutines."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Condition, Thread
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from tests.cli.forking import forks

T = TypeVar("T")
PATIENCE = 30
"""Seconds after which an answer is given up."""
FLOW = str(Path(sys.executable).with_name("flow"))


class Editor:
    """Opens texts, types in them, and asks."""

    def __init__(self, folder: Path, encodings: Sequence[str] | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._told = Condition()
        self.client = LanguageClient("tests", "1")
        self.shown: list[str] = []
        """Messages for the person."""
        self.logged: list[str] = []
        self.published: dict[str, types.PublishDiagnosticsParams] = {}
        self.history: list[types.PublishDiagnosticsParams] = []
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        # partial: pygls marks what it registers, and a method cannot be marked.
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self._publish))
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(lambda one: self.shown.append(one.message))
        self.client.feature(types.WINDOW_LOG_MESSAGE)(lambda one: self.logged.append(one.message))
        environment = {key: value for key, value in os.environ.items() if key != "FLOW_DEBUG"}
        self._do(self.client.start_io(str(forks().program() / "flow"), "lsp", env=environment))
        general = types.GeneralClientCapabilities(position_encodings=encodings)
        params = types.InitializeParams(
            capabilities=types.ClientCapabilities(general=general),
            process_id=os.getpid(),
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)],
            root_uri=folder.as_uri(),
        )
        self.server: types.InitializeResult = self.ask("initialize", params)
        self._notify("initialized", types.InitializedParams())

    def _publish(self, params: types.PublishDiagnosticsParams) -> None:
        with self._told:
            self.published[params.uri] = params
            self.history.append(params)
            self._told.notify_all()

    def _do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    def close(self) -> None:
        """Say goodbye.  The server must not have had a fault of its own."""
        self.ask("shutdown", None)
        self._notify("exit", None)
        process = self.client._server
        assert process is not None
        assert self._do(process.wait()) == 0
        self._do(self.client.stop())  # type: ignore[no-untyped-call] # pygls has no types there
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
        faults = [one for one in (*self.logged, *self.shown) if "internal error" in one]
        assert not faults, faults

    # ------------------------------------------------------------------ texts

    def open(self, where: Path | str, text: str | None = None, language: str = "flow") -> str:
        """Open a file, or a text that is in no file; gives its URI."""
        uri = where.as_uri() if isinstance(where, Path) else where
        if text is None:
            assert isinstance(where, Path)
            text = where.read_text(encoding="utf-8")
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self._notify("text_document_did_open", types.DidOpenTextDocumentParams(item))
        return uri

    def type(self, uri: str, text: str) -> None:
        """Let a text be another one, as if it had been typed."""
        self.texts[uri] = text
        self.versions[uri] += 1
        change = types.TextDocumentContentChangeWholeDocument(text)
        named = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self._notify("text_document_did_change", types.DidChangeTextDocumentParams(named, [change]))

    def shut(self, uri: str) -> None:
        """Close a text."""
        self._notify(
            "text_document_did_close",
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)),
        )

    def changed_on_disk(self, *paths: Path) -> None:
        """Tell of files that something else has changed."""
        changes = [types.FileEvent(path.as_uri(), types.FileChangeType.Changed) for path in paths]
        self._notify(
            "workspace_did_change_watched_files", types.DidChangeWatchedFilesParams(changes)
        )

    def _notify(self, method: str, params: Any) -> None:
        self._loop.call_soon_threadsafe(getattr(self.client, method), params)

    # ------------------------------------------------------------------ findings

    def until(self, holds: Callable[[], bool]) -> bool:
        """Wait until something holds of what was published; False where it never comes to."""
        with self._told:
            return self._told.wait_for(holds, PATIENCE)

    def findings(self, uri: str) -> list[types.Diagnostic]:
        """What was published last for a text."""
        found = self.published.get(uri)
        return list(found.diagnostics) if found else []

    def codes(self, uri: str) -> list[str]:
        """The codes of what was published last for a text."""
        return [str(one.code) for one in self.findings(uri)]

    def is_current(self, uri: str) -> bool:
        """Whether the findings of a text are those of what was typed last."""
        found = self.published.get(uri)
        return found is not None and found.version in (self.versions.get(uri), None)

    def shows(self, uri: str, *codes: str) -> bool:
        """Whether a text comes to have these findings and no others."""
        return self.until(lambda: self.is_current(uri) and self.codes(uri) == list(codes))

    # ------------------------------------------------------------------ questions

    def place(self, uri: str, needle: str) -> types.Position:
        """Where `|` stands in the first text like this one; without it, at its beginning."""
        text = self.texts[uri]
        before, _, after = needle.partition("|")
        at = text.index(before + after) + (len(before) if "|" in needle else 0)
        line = text.count("\n", 0, at)
        column = at - (text.rfind("\n", 0, at) + 1)
        return types.Position(line, column)

    def ask(self, method: str, params: Any) -> Any:
        """The answer to a request, by the name that it has in Python."""
        return self._do(getattr(self.client, f"{method}_async")(params))

    def hover(self, uri: str, needle: str) -> str:
        """What is said of a place."""
        params = types.HoverParams(types.TextDocumentIdentifier(uri), self.place(uri, needle))
        found = self.ask("text_document_hover", params)
        return found.contents.value if found else ""

    def completions(self, uri: str, where: str | types.Position) -> dict[str, types.CompletionItem]:
        """What could stand at a place, by its label."""
        named = types.TextDocumentIdentifier(uri)
        place = where if isinstance(where, types.Position) else self.place(uri, where)
        params = types.CompletionParams(named, place)
        found = self.ask("text_document_completion", params)
        return {item.label: item for item in found.items} if found else {}

    def completed(self, uri: str, needle: str, label: str) -> str:
        """The text after one of the completions was taken."""
        edit = self.completions(uri, needle)[label].text_edit
        assert isinstance(edit, types.TextEdit)
        return self.edited(uri, [edit])

    def definitions(self, uri: str, needle: str) -> list[str]:
        """Where a name is declared, as `file:line`, counted from 1."""
        named = types.TextDocumentIdentifier(uri)
        params = types.DefinitionParams(named, self.place(uri, needle))
        return self._lines(self.ask("text_document_definition", params))

    def references(self, uri: str, needle: str, *, declared: bool = True) -> list[str]:
        """Where a name is used, as `file:line`."""
        params = types.ReferenceParams(
            types.ReferenceContext(include_declaration=declared),
            types.TextDocumentIdentifier(uri),
            self.place(uri, needle),
        )
        return self._lines(self.ask("text_document_references", params))

    def rename(self, uri: str, needle: str, new: str) -> dict[str, str]:
        """The texts after a renaming, by the names of their files."""
        params = types.RenameParams(types.TextDocumentIdentifier(uri), self.place(uri, needle), new)
        return self.applied(self.ask("text_document_rename", params))

    def actions(
        self,
        uri: str,
        around: types.Range | None = None,
        about: Sequence[types.Diagnostic] = (),
    ) -> list[types.CodeAction]:
        """What can be done in a stretch of a text, or in all of it, and about findings."""
        everything = types.Range(types.Position(0, 0), types.Position(10**6, 0))
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            around or everything,
            types.CodeActionContext([*about]),
        )
        return list(self.ask("text_document_code_action", params) or [])

    def run(self, command: str, *arguments: Any) -> Any:
        """What a command answers."""
        params = types.ExecuteCommandParams(command, list(arguments))
        return self.ask("workspace_execute_command", params)

    # ------------------------------------------------------------------ edits

    def applied(self, edit: types.WorkspaceEdit) -> dict[str, str]:
        """The texts after an edit, by the names of their files."""
        found: dict[str, str] = {}
        for uri, edits in (edit.changes or {}).items():
            found[uri.rsplit("/", 1)[1]] = self.edited(uri, edits)
        return found

    def edited(self, uri: str, edits: Sequence[Any]) -> str:
        """A text after edits, which may not lie over each other."""
        text = self.texts.get(uri) or Path(uri.removeprefix("file://")).read_text(encoding="utf-8")
        lines = text.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)

        def offset(place: types.Position) -> int:
            if place.line >= len(lines):
                return len(text)
            before = lines[place.line].encode("utf-16-le")[: place.character * 2]
            return starts[place.line] + len(before.decode("utf-16-le"))

        spans = sorted((offset(e.range.start), offset(e.range.end), e.new_text) for e in edits)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        for start, end, new in reversed(spans):
            text = text[:start] + new + text[end:]
        return text

    @staticmethod
    def _lines(locations: Sequence[types.Location] | None) -> list[str]:
        return [
            f"{one.uri.rsplit('/', 1)[-1]}:{one.range.start.line + 1}" for one in locations or ()
        ]
