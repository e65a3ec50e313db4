"""TEXTS ⇄ VERSIONS: what of a workspace is applied in one piece, and a program out of it again.

The texts are the `.flow` files, the modules that they use, and the files that they name for their
meaning, such as the bodies of messages.  Of flow.toml what gives the texts their meaning belongs to
a version; where mail comes from and where the store is, is a matter of the machine.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flowlang import resources, workspace
from flowlang.config import Settings
from flowlang.engine.applying import named
from flowlang.engine.version import Version, applied
from flowlang.program.program import Program
from flowlang.source import Findings, Source
from flowlang.speech import tr
from flowlang.stores.store import Store
from flowlang.syntax.declarations import BodyFile, ContactBlock, Use
from flowlang.syntax.parser import Parsed, parse
from flowlang.syntax.scripts import Test
from flowlang.syntax.tree import Node, walk
from flowlang.workspace import Disk, MakeExpressions, Workspace

_SETTINGS = ("language", "timezone", "random_seed", "regime", "channels", "missed")
"""What of flow.toml gives the texts their meaning."""
_STANDARD = "<stdlib>/"
"""Before the name of a module of the standard library."""


class Unreadable(Exception):
    """A version cannot be compiled by this program any more; the message says why."""


# ---------------------------------------------------------------------- out of a workspace


def version_of(found: Workspace) -> Version:
    """What would be applied of a workspace that has no errors."""
    assert found.program is not None
    return named(replace(_texts(found), digest=digest(found)), found.program)


def has_the_texts_of(found: Workspace, version: Version) -> bool:
    """Whether a workspace is a version word for word."""
    return _texts(found).same_texts(version)


def _texts(found: Workspace) -> Version:
    root = found.root.resolve()
    files = {_name(parsed.source, root): parsed.source.text for parsed in found.files}
    files |= {_name(parsed.source, root): parsed.source.text for parsed in found.modules}
    files |= {_relative(path, root): text for path, text in sorted(found.texts.items())}
    return Version(files, {name: getattr(found.settings, name) for name in _SETTINGS})


def _name(source: Source, root: Path) -> str:
    path = source.path
    if path is None:
        return source.name
    if path.parent == resources.stdlib():
        return _STANDARD + path.name
    return _relative(path, root)


def _relative(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path.absolute(), root)).as_posix()


def digest(found: Workspace) -> str:
    """The same for texts that mean the same, whatever their layout and language."""
    told = [repr(sorted((name, repr(value)) for name, value in _meaning(found.settings).items()))]
    told += sorted(map(_normal, declarations(found)))
    order = [one.name for one in found.program.campaigns] if found.program else []
    texts = sorted(texts_named(found).values())
    return hashlib.sha256("\0".join([*told, *order, *texts]).encode()).hexdigest()[:12]


def _meaning(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in _SETTINGS if name != "language"}


def declarations(found: Workspace) -> Iterator[Node]:
    """All that its files declare, those of modules too; tests declare nothing."""
    for parsed in (*found.modules, *found.files):
        for item in parsed.tree.items:
            if not isinstance(item, (Test, Use)):
                yield item


def _normal(item: Node) -> str:
    """The normal form of a declaration; the lines of `contact` have no order."""
    if isinstance(item, ContactBlock):
        return "\0".join(sorted(map(repr, item.lines or ())))
    return repr(item)


def texts_named(found: Workspace) -> dict[str, str]:
    """What the files hold that declarations name, by the path as it is written."""
    known = {path.resolve(): text for path, text in found.texts.items()}
    texts = {}
    for item in declarations(found):
        for one in walk(item):
            if isinstance(one, BodyFile) and one.span.source.path is not None:
                path = (one.span.source.path.parent / one.path.value).resolve()
                texts[str(one.path.value)] = known.get(path, "")
    return texts


# ---------------------------------------------------------------------- into a workspace again


@dataclass
class _Kept(Disk):
    """The texts of a version, as if they stood on disk; all else that they named was there."""

    files: dict[Path, str]

    def has(self, path: Path) -> bool:
        return True

    def data(self, path: Path) -> bytes:
        text = self.files.get(path.absolute())
        if text is None:
            raise FileNotFoundError(path)
        return text.encode()

    def module(self, path: Path, language: str, findings: Findings) -> Parsed:
        text = self.data(Path(os.path.normpath(path.absolute()))).decode()
        return parse(Source(path.name, text, path), findings, language)


def restored(
    version: Version, root: Path, settings: Settings, expressions: MakeExpressions | None = None
) -> Workspace:
    """The workspace of a version, compiled.  Raises Unreadable where it has errors now."""
    settings = replace(settings, **version.settings)
    root = root.resolve()
    kept = {_path(name, root): text for name, text in version.files.items()}
    found = Workspace(root, settings, Findings(), disk=_Kept(kept))
    config = settings.config()
    for name, text in version.files.items():
        if name.endswith(".flow") and not name.startswith((_STANDARD, "../")):
            source = Source(name, text, _path(name, root))
            found.files.append(parse(source, found.findings, config.language))
    workspace.check(found, config, expressions)
    if found.runnable is None:
        first = next(one for one in found.findings.in_order() if one.severity == "error")
        raise Unreadable(
            tr(
                "version {number} cannot be read any more: {name}:{line}: {message}",
                number=version.number,
                name=first.span.source.name,
                line=first.span.line,
                message=first.message,
            )
        )
    return found


def _path(name: str, root: Path) -> Path:
    if name.startswith(_STANDARD):
        return resources.stdlib() / name.removeprefix(_STANDARD)
    return Path(os.path.normpath(root / name))


def program_of(
    version: Version,
    store: Store,
    root: Path,
    settings: Settings,
    expressions: MakeExpressions | None = None,
) -> tuple[Workspace, Program]:
    """The program of a version, with what of earlier ones some runs have stayed on.

    Raises Unreadable.
    """  # fmt: skip
    found = restored(version, root, settings, expressions)
    program = found.runnable
    assert program is not None
    for number, names in _by_number(version.kept).items():
        earlier = applied(store, number)
        if earlier is None:
            continue
        before = restored(earlier, root, settings, expressions).program
        for name in names if before is not None else ():
            assert before is not None
            program.keep(before, name)
    return found, program


def _by_number(kept: dict[str, dict[str, int]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for name, versions in kept.items():
        for number in versions.values():
            found.setdefault(number, []).append(name)
    return found


def folder_differs(found: Workspace, version: Version) -> bool:
    """Whether a folder says something else than the version that is applied."""
    return found.runnable is None or digest(found) != version.digest


def unknown(number: int, last: Version | None) -> str:
    """That there is no version of a number."""
    if last is None:
        return tr("there is no version {number}: nothing is applied yet", number=number)
    return tr(
        "there is no version {number}; there are 1 to {last}", number=number, last=last.number
    )
