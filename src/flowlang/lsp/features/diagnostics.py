"""Findings while one types: those of `flow check`, at the same places, in every file they concern.

Where all is quick, all comes with the key press.  Where the rules take long, what they say follows
when nothing is typed for a moment, and is never that of an older text.  Where the check itself
does, what is wrong with the syntax comes at once, and the rest from the check before, moved with
its lines, until then.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from lsprotocol import types

from flowlang.discovery import SETTINGS
from flowlang.lsp.checked import Checked, carried, same_text
from flowlang.lsp.server import FlowServer
from flowlang.lsp.study import Key, key_of
from flowlang.lsp.texts import Open, path_of, uri_of
from flowlang.rules import baseline
from flowlang.source import Finding

PAUSE = 0.15
"""Seconds without a key press after which that begins which takes long."""

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
        self._due: dict[Key, asyncio.TimerHandle | asyncio.Task[None]] = {}
        self._running: dict[Key, asyncio.Future[Checked | None]] = {}

    # ------------------------------------------------------------------ when

    def changed(self, key: Key, edited: Open | None = None) -> None:
        """Something has changed: say what is found now, as soon as nothing else is to be done."""
        self.server.studies.changed(key, listed=edited is None)
        self._cancel(key)
        self._due[key] = asyncio.get_running_loop().call_later(0, self._begin, key, edited)

    def _cancel(self, key: Key) -> None:
        if key in self._due:
            self._due.pop(key).cancel()

    def _begin(self, key: Key, edited: Open | None) -> None:
        self._due.pop(key, None)
        studies = self.server.studies
        try:
            last = studies.last(key)
            if last is not None and edited is not None and studies.is_slow(key):
                self._publish_quickly(key, last, edited)
            elif not studies.is_slow(key, judging=True) and (whole := studies.judge(key)):
                self.publish(key, whole)
                return
            else:
                self.publish(key, studies.check(key))
        except Exception as failure:  # noqa: BLE001 - the editor goes on, whatever went wrong here
            self.server.tell_fault("the check", failure)
            return
        rest = self._rest(key, PAUSE if edited else 0)
        self._due[key] = asyncio.get_running_loop().create_task(rest)

    async def _rest(self, key: Key, pause: float) -> None:
        """Say what takes long to find, after a while in which nothing was changed."""
        await asyncio.sleep(pause)
        studies = self.server.studies
        try:
            if key in self._running:
                await asyncio.wait([self._running[key]])
            for work in (studies.check, studies.judge):
                if work == studies.check and studies.is_current(key):
                    continue
                found = await self._in_background(key, work)
                if found is None or not studies.is_current(key):
                    return
                self.publish(key, found)
            self._ask_again()
        except Exception as failure:  # noqa: BLE001 - as above
            self.server.tell_fault("the check", failure)

    async def _in_background(
        self, key: Key, work: Callable[[Key], Checked | None]
    ) -> Checked | None:
        """What some work gives, done on a thread beside; one at a time for each workspace."""
        running = asyncio.get_running_loop().run_in_executor(None, work, key)
        self._running[key] = running
        running.add_done_callback(lambda _: self._running.pop(key, None))
        # The work goes on when this task is cancelled, and the next one waits for its end.
        return await asyncio.shield(running)

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
        for finding in checked.findings:
            uri = self.server.places.uri(finding.span.source)
            found.setdefault(uri, []).append(self._diagnostic(finding))
        if isinstance(key, Path) and key.is_dir():
            for name in (SETTINGS, baseline.NAME):
                found.setdefault(uri_of(key / name), [])
        for path, why in checked.unusable:
            found[uri_of(path)] = [_unusable(why)]
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
            known = [
                one
                for one in last.certain
                if one.diagnostic.code >= "FL1" and same_text(one.span.source, source)
            ]
            fresh += carried(known, old.source, source)
        uri = self.server.places.uri(source)
        self._by_key.setdefault(key, set()).add(uri)
        self._show(uri, [self._diagnostic(finding) for finding in fresh])

    def clear(self, key: Key) -> None:
        """Take back all that was said of a workspace."""
        self._cancel(key)
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


def _unusable(why: str) -> types.Diagnostic:
    """Why a file of settings cannot be used, at the line that TOML names."""
    at = _LINE.search(why)
    start = types.Position(int(at[1]) - 1, int(at[2]) - 1) if at else types.Position(0, 0)
    span = types.Range(start, types.Position(start.line, start.character + 1))
    return types.Diagnostic(span, why, types.DiagnosticSeverity.Error, source="flow")


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
