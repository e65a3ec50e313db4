"""OPEN TEXTS → WHAT IS KNOWN OF THEM: each workspace parsed, indexed and checked as it is typed.

A `Study` is cheap and always of the text as it stands: parses and names are kept by file.  What the
checker and the rules say (`Checked`) costs more in a large workspace, and may be that of a moment
ago.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from flowlang.check.index import names_of, placed
from flowlang.check.lookup import Lookup
from flowlang.check.symbols import FileNames, Occurrence
from flowlang.config import ConfigError, Settings, read_settings
from flowlang.discovery import SETTINGS, own_files
from flowlang.lsp.checked import Checked, same_text
from flowlang.lsp.texts import Open, Texts
from flowlang.rules import baseline
from flowlang.rules.lint import Unwanted
from flowlang.source import Findings, Source, Span
from flowlang.syntax.parser import Parsed
from flowlang.workspace import Disk, Workspace, check, lint

QUICK = 0.04
"""Seconds of processor time up to which the checker, and then the rules, are asked at every key
press."""

Key = Path | str
"""A workspace: its folder; the file, for one without a flow.toml above it; the URI of a text that
is in no file."""


@dataclass
class Study:
    """A workspace as it stands in the editor."""

    key: Key
    files: list[Parsed]
    modules: list[Parsed]
    texts: Texts
    names: dict[int, tuple[Parsed, FileNames]]
    """By the identity of the parse."""

    @cached_property
    def lookup(self) -> Lookup:
        """The names of all files, of the modules that they use, and of their body files."""
        files: list[FileNames] = []
        templates: list[Occurrence] = []
        for parsed in (*self.modules, *self.files):
            names = self.names_in(parsed)
            files.append(names)
            templates += self._bodies(parsed, names)
        return Lookup(files, templates)

    def names_in(self, parsed: Parsed) -> FileNames:
        """The names in one file."""
        kept = self.names.get(id(parsed))
        if kept is None:
            kept = self.names[id(parsed)] = (parsed, names_of(parsed.tree))
        return kept[1]

    def _bodies(self, parsed: Parsed, names: FileNames) -> list[Occurrence]:
        found: list[Occurrence] = []
        for body in names.bodies:
            source = self.body_source(parsed, body.path)
            if source is not None:
                at = Span(source, 0, 0)
                found += placed(source.text, 0, at, body.node, (), body.message)
        return found

    def body_source(self, parsed: Parsed, path: str) -> Source | None:
        """The text of a file that a source names, None where there is none."""
        if parsed.source.path is None or "\0" in path:
            return None
        return self.texts.source(parsed.source.path.parent / path)

    def parsed(self, source: Source) -> Parsed | None:
        """The parse of one of its texts."""
        return next((one for one in self.files if same_text(one.source, source)), None)

    def owns(self, source: Source) -> bool:
        """Whether a text is of the workspace itself, and not of a module that it uses."""
        if source.path is not None and isinstance(self.key, Path) and self.key.is_dir():
            return source.path.is_relative_to(self.key)
        return self.parsed(source) is not None


@dataclass(slots=True)
class _Desk(Disk):
    """The files that sources name, as the editor has them."""

    texts: Texts

    def data(self, path: Path) -> bytes:
        document = self.texts.at(path)
        return path.read_bytes() if document is None else document.source.text.encode()

    def module(self, path: Path, language: str, findings: Findings) -> Parsed:
        parsed, found = self.texts.parsed(path, language)
        findings.take(found)
        return parsed


@dataclass(slots=True)
class _Room:
    """What is kept of one workspace."""

    revision: int = 0
    listing: list[Path] | None = None
    settings: Settings = field(default_factory=Settings)
    study: tuple[int, Study] | None = None
    checked: Checked | None = None
    judging: float = float("inf")
    """Seconds of processor time that the rules took last."""


@dataclass(slots=True)
class Studies:
    """All workspaces that the editor has something open of."""

    texts: Texts
    _rooms: dict[Key, _Room] = field(default_factory=dict)

    def key_of(self, document: Open) -> Key:
        """The workspace that a text belongs to."""
        return document.uri if document.source.path is None else key_of(document.source.path)

    @property
    def known(self) -> list[Key]:
        """The workspaces that something is open of."""
        return list(self._rooms)

    def changed(self, key: Key, *, listed: bool = False) -> None:
        """Something in a workspace has changed; `listed`: perhaps also which files there are."""
        room = self._rooms.setdefault(key, _Room())
        room.revision += 1
        if listed:
            room.listing = None

    def settings(self, key: Key) -> Settings:
        """What flow.toml says of a workspace, as far as it could be read."""
        room = self._rooms.get(key)
        return room.settings if room else Settings()

    def forget(self, key: Key) -> None:
        self._rooms.pop(key, None)

    def study(self, key: Key) -> Study:
        """The workspace as it stands."""
        room = self._rooms.setdefault(key, _Room())
        if room.study is None or room.study[0] != room.revision:
            files = [parsed for parsed, _ in self._parsed(key, room)]
            modules = room.checked.workspace.modules if room.checked else []
            kept = room.study[1].names if room.study else {}
            here = {id(one) for one in (*files, *modules)}
            names = {ident: value for ident, value in kept.items() if ident in here}
            room.study = (room.revision, Study(key, files, modules, self.texts, names))
        return room.study[1]

    def last(self, key: Key) -> Checked | None:
        """What the checker said last, perhaps of an older text."""
        room = self._rooms.get(key)
        return room.checked if room else None

    def is_current(self, key: Key) -> bool:
        """Whether the checker has seen the texts as they stand."""
        room = self._rooms.get(key)
        return room is not None and room.checked is not None and self._fresh(room)

    def is_slow(self, key: Key, *, judging: bool = False) -> bool:
        """Whether a check, or one with all the rules, takes too long for every key press.

        A check is tried before it is said to be slow, the rules before they are said to be quick.
        """
        room = self._rooms.get(key)
        if room is None or room.checked is None:
            return judging
        return room.checked.seconds + (room.judging if judging else 0) > QUICK

    def check(self, key: Key) -> Checked:
        """What the checker says of the texts as they stand; the rules may not have been asked."""
        room = self._rooms.setdefault(key, _Room())
        if room.checked is not None and self._fresh(room):
            return room.checked
        revision = room.revision
        unusable = self._read_settings(key, room)
        findings = Findings()
        folder = key if isinstance(key, Path) else Path()
        workspace = Workspace(
            folder if isinstance(key, str) or key.is_dir() else key.parent,
            room.settings,
            findings,
            disk=_Desk(self.texts),
        )
        for parsed, found in self._parsed(key, room):
            workspace.files.append(parsed)
            findings.take(found)
        begun = time.thread_time()
        check(workspace, room.settings.config())
        seconds = time.thread_time() - begun
        had = room.checked.workspace.modules if room.checked else []
        if [one.source.path for one in had] != [one.source.path for one in workspace.modules]:
            room.study = None
        mistakes = tuple(findings.in_order())
        room.checked = Checked(workspace, revision, mistakes, seconds, unusable=unusable)
        return room.checked

    def judge(self, key: Key) -> Checked | None:
        """The same with what the rules say: all that `flow check` shows.

        None where the texts were changed before the end, which comes soon then.
        """
        checked = self.check(key)
        room = self._rooms[key]
        if checked.judged is not None:
            return checked
        # The checker's own findings stay as they are: of them hangs what may be run.
        findings = Findings()
        findings.take(checked.workspace.findings)
        unusable = checked.unusable
        begun = time.thread_time()
        try:
            lint(
                replace(checked.workspace, findings=findings),
                still_wanted=lambda: room.revision == checked.revision,
            )
        except Unwanted:
            return None
        except ConfigError as error:
            unusable = (*unusable, _why(checked.workspace.root / baseline.NAME, error))
        room.judging = time.thread_time() - begun
        judged = replace(checked, judged=tuple(findings.in_order()), unusable=unusable)
        if room.checked is checked:
            room.checked = judged
        return judged

    @staticmethod
    def _fresh(room: _Room) -> bool:
        return room.checked is not None and room.checked.revision == room.revision

    @staticmethod
    def _read_settings(key: Key, room: _Room) -> tuple[tuple[Path, str], ...]:
        """Read flow.toml; why it cannot be used, if it cannot."""
        if not isinstance(key, Path) or not key.is_dir():
            return ()
        try:
            room.settings = read_settings(key / SETTINGS)
        except ConfigError as error:
            return (_why(key / SETTINGS, error),)
        return ()

    def _parsed(self, key: Key, room: _Room) -> list[tuple[Parsed, Findings]]:
        """Its files, parsed; those that cannot be read are left out."""
        language = room.settings.language
        found: list[tuple[Parsed, Findings]] = []
        if isinstance(key, str):
            document = self.texts.open.get(key)
            if document is None or not document.is_flow:
                return []
            return [self.texts.parsed(document, language)]
        for path in self._listing(key, room):
            try:
                found.append(self.texts.parsed(path, language))
            except OSError:
                room.listing = None
        return found

    def _listing(self, key: Path, room: _Room) -> list[Path]:
        if room.listing is None:
            if not key.is_dir():
                document = self.texts.at(key)
                is_flow = key.suffix == ".flow" if document is None else document.is_flow
                room.listing = [key] if is_flow else []
            else:
                there = set(own_files(key))
                there |= {
                    path
                    for one in list(self.texts.open.values())
                    if (path := one.source.path) is not None
                    and path.suffix == ".flow"
                    and key_of(path) == key
                }
                room.listing = sorted(there)
        return room.listing


def key_of(path: Path) -> Key:
    """The workspace that a file belongs to, whether it is there or not."""
    for folder in path.parents:
        if (folder / SETTINGS).is_file():
            return folder
    return path


def _why(path: Path, error: ConfigError) -> tuple[Path, str]:
    """A file of settings, and why it cannot be used."""
    return path, str(error).removeprefix(f"{path}: ")
