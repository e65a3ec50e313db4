"""Findings while one types: those of `flow check`, at the same places, in every file they concern.

In a workspace that takes long to check, what is wrong with the syntax comes at once, and the rest
from the check before, moved with its lines, until a check in the background has come to its end.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types

from flowlang.discovery import SETTINGS
from flowlang.lsp.server import FlowServer
from flowlang.lsp.study import Checked, Key, carried, key_of, same_text
from flowlang.lsp.texts import Open, path_of, uri_of
from flowlang.source import Finding

PAUSE = 0.15
"""Seconds without a key press after which a check begins that takes long."""

_SEVERITY = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


class Publisher:
    """Tells the editor what was found, and nothing twice."""

    def __init__(self, server: FlowServer) -> None:
        self.server = server
        self.shown: dict[str, list[types.Diagnostic]] = {}
        self._by_key: dict[Key, set[str]] = {}
        self._due: dict[Key, asyncio.TimerHandle] = {}
        self._running: set[Key] = set()

    # ------------------------------------------------------------------ when

    def changed(self, key: Key, edited: Open | None = None) -> None:
        """Something has changed: say what is found now, as soon as nothing else is to be done."""
        self.server.studies.changed(key, listed=edited is None)
        self._after(key, 0, edited)

    def _after(self, key: Key, seconds: float, edited: Open | None) -> None:
        if key in self._due:
            self._due.pop(key).cancel()
        loop = asyncio.get_running_loop()
        self._due[key] = loop.call_later(seconds, self._begin, key, edited)

    def _begin(self, key: Key, edited: Open | None) -> None:
        self._due.pop(key, None)
        try:
            last = self.server.studies.last(key)
            if last is None or edited is None or not self.server.studies.is_slow(key):
                self.publish(key, self.server.studies.check(key))
                return
            self._publish_quickly(key, last, edited)
            loop = asyncio.get_running_loop()
            self._due[key] = loop.call_later(PAUSE, self._in_background, key)
        except Exception as failure:  # noqa: BLE001 - the editor goes on, whatever went wrong here
            self.server.tell_fault("the check", failure)

    def _in_background(self, key: Key) -> None:
        self._due.pop(key, None)
        if key in self._running:
            self._due[key] = asyncio.get_running_loop().call_later(PAUSE, self._in_background, key)
            return
        self._running.add(key)
        task = asyncio.get_running_loop().run_in_executor(None, self.server.studies.check, key)
        task.add_done_callback(lambda done: self._checked(key, done))

    def _checked(self, key: Key, done: asyncio.Future[Checked]) -> None:
        self._running.discard(key)
        failure = done.exception()
        if failure is not None:
            self.server.tell_fault("the check", failure)
        elif self.server.studies.is_current(key):
            self.publish(key, done.result())
            self._ask_again()

    def _ask_again(self) -> None:
        """Let the editor ask again for what it got no answer to while the check was under way."""
        workspace = self.server.client_capabilities.workspace
        hints = workspace.inlay_hint if workspace else None
        if hints is not None and hints.refresh_support:
            self.server.workspace_inlay_hint_refresh(None)

    # ------------------------------------------------------------------ what

    def publish(self, key: Key, checked: Checked) -> None:
        """Say all that was found in a workspace, and that nothing is wrong where it was."""
        found: dict[str, list[types.Diagnostic]] = {
            self.server.places.uri(parsed.source): [] for parsed in checked.workspace.files
        }
        for finding in checked.workspace.findings.in_order():
            uri = self.server.places.uri(finding.span.source)
            found.setdefault(uri, []).append(self._diagnostic(finding))
        if isinstance(key, Path) and key.is_dir():
            found[uri_of(key / SETTINGS)] = _of_settings(checked)
        for gone in self._by_key.get(key, set()) - found.keys():
            found[gone] = []
        self._by_key[key] = {uri for uri, some in found.items() if some}
        for uri, diagnostics in found.items():
            self._show(uri, diagnostics)

    def _publish_quickly(self, key: Key, last: Checked, edited: Open) -> None:
        """Say what is wrong with the syntax of one text; the rest is as it was."""
        source = edited.source
        old = next((one for one in last.workspace.files if same_text(one.source, source)), None)
        language = last.workspace.settings.language
        _, findings = self.server.texts.parsed(edited, language)
        fresh = findings.in_order()
        if old is not None:
            known = [f for f in last.findings_in(source) if f.diagnostic.code >= "FL1"]
            fresh += carried(known, old.source, source)
        uri = self.server.places.uri(source)
        self._by_key.setdefault(key, set()).add(uri)
        self._show(uri, [self._diagnostic(finding) for finding in fresh])

    def clear(self, key: Key) -> None:
        """Take back all that was said of a workspace."""
        if key in self._due:
            self._due.pop(key).cancel()
        for uri in self._by_key.pop(key, set()):
            self._show(uri, [])

    def _show(self, uri: str, diagnostics: list[types.Diagnostic]) -> None:
        document = self.server.opened(uri)
        if self.shown.get(uri, []) == diagnostics and document is None:
            return
        self.shown[uri] = diagnostics
        version = document.version if document else None
        self.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, diagnostics, version)
        )

    def _diagnostic(self, finding: Finding) -> types.Diagnostic:
        return diagnostic(self.server, finding)


def diagnostic(server: FlowServer, finding: Finding) -> types.Diagnostic:
    """A finding as the editor shows it."""
    related = [
        types.DiagnosticRelatedInformation(server.places.location(span), sentence)
        for span, sentence in finding.also
    ]
    return types.Diagnostic(
        server.places.range(finding.span),
        f"{finding.message}\n{finding.hint}" if finding.hint else finding.message,
        _SEVERITY[finding.severity],
        finding.diagnostic.code,
        source="flow",
        related_information=related or None,
        data={"name": finding.diagnostic.name},
    )


def _of_settings(checked: Checked) -> list[types.Diagnostic]:
    """What is wrong with flow.toml, at the line that TOML names."""
    error = checked.settings_error
    if not error:
        return []
    at = _LINE.search(error)
    start = types.Position(int(at[1]) - 1, int(at[2]) - 1) if at else types.Position(0, 0)
    span = types.Range(start, types.Position(start.line, start.character + 1))
    return [types.Diagnostic(span, error, types.DiagnosticSeverity.Error, source="flow")]


def register(server: FlowServer) -> None:
    """Follow what is opened, typed, saved and closed, and what changes on disk."""
    publisher = Publisher(server)

    @server.answers(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(server: FlowServer, params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        document = Open.of(item.uri, item.version, item.text, item.language_id)
        server.texts.put(document)
        publisher.changed(server.studies.key_of(document))

    @server.answers(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(server: FlowServer, params: types.DidChangeTextDocumentParams) -> None:
        before = server.opened(params.text_document.uri)
        if before is None or not params.content_changes:
            return
        raw = server.workspace.get_text_document(before.uri).source
        document = Open.of(before.uri, params.text_document.version, raw, before.language)
        server.texts.put(document)
        publisher.changed(server.studies.key_of(document), document)

    @server.answers(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(server: FlowServer, params: types.DidSaveTextDocumentParams) -> None:
        document = server.opened(params.text_document.uri)
        if document is not None:
            publisher.changed(server.studies.key_of(document))

    @server.answers(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(server: FlowServer, params: types.DidCloseTextDocumentParams) -> None:
        document = server.opened(params.text_document.uri)
        if document is None:
            return
        key = server.studies.key_of(document)
        server.texts.drop(document.uri)
        if any(server.studies.key_of(one) == key for one in server.texts.open.values()):
            publisher.changed(key)
        else:
            publisher.clear(key)
            server.studies.forget(key)

    @server.answers(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_files(server: FlowServer, params: types.DidChangeWatchedFilesParams) -> None:
        _refresh(publisher, (path_of(change.uri) for change in params.changes))


def _refresh(publisher: Publisher, paths: Iterable[Path | None]) -> None:
    """Look again at the workspaces in which something has changed on disk."""
    studies = publisher.server.studies
    changed = [path for path in paths if path is not None]
    if any(path.name == SETTINGS for path in changed):
        # A folder has become a workspace, or is one no more: every text may belong elsewhere.
        for key in studies.known:
            publisher.clear(key)
            studies.forget(key)
        for document in publisher.server.texts.open.values():
            publisher.changed(studies.key_of(document))
        return
    for key in studies.known:
        for path in changed:
            if key_of(path) == key or (isinstance(key, Path) and path.is_relative_to(key)):
                publisher.changed(key)
                break
