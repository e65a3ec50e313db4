"""Build hook: puts into the wheel what lies outside the package in the source tree.

grammar/ becomes flowlang/grammar, stdlib/ becomes flowlang/stdlib, and the grammar's parse table,
computed here, becomes flowlang/grammar/flow.table, so that the first `flow` need not build it.  The
catalogues of locale/ become flowlang/locale/*.mo, as programs read them.

An editable install reads these folders from the source tree, and makes table and catalogues at
first use: there is nothing to do for it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("grammar", "stdlib")


class WheelHook(BuildHookInterface[BuilderConfig]):
    """The hook of the wheel target; hatchling finds it by its base class."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            self.app.display_info("editable install: no parse table is shipped")
            return
        root = Path(self.root)
        included = build_data["force_include"]
        for name in FOLDERS:
            included[str(root / name)] = f"flowlang/{name}"
        self._scratch = TemporaryDirectory(prefix="flowlang-")
        table = Path(self._scratch.name, "flow.table")
        table.write_bytes(parse_table(root))
        included[str(table)] = "flowlang/grammar/flow.table"
        for written in sorted((root / "locale").glob("*.po")):
            catalogue = Path(self._scratch.name, f"{written.stem}.mo")
            catalogue.write_bytes(compiled(root, written.read_bytes()))
            included[str(catalogue)] = f"flowlang/locale/{catalogue.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._scratch.cleanup()


def parse_table(root: Path) -> bytes:
    """The table of grammar/flow.lark, by the function that also builds it at run time."""
    grammar = (root / "grammar" / "flow.lark").read_text(encoding="utf-8")
    with loaded(root / "src" / "flowlang" / "syntax" / "table.py") as module:
        return as_bytes(module.build(grammar))


def compiled(root: Path, catalogue: bytes) -> bytes:
    """A catalogue as programs read it, by the function that also compiles it at run time."""
    with loaded(root / "src" / "flowlang" / "catalogues.py") as module:
        return as_bytes(module.compiled(catalogue))


@contextmanager
def loaded(path: Path) -> Iterator[Any]:
    """A module, loaded by path.

    Importing `flowlang` would ask the isolated build environment for every dependency, while these
    modules need lark and babel only.  So that a build without isolation cannot succeed where one
    with isolation fails, `flowlang` is hidden in both.
    """
    spec = importlib.util.spec_from_file_location(f"flowlang_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    # The module itself is listed because dataclasses look theirs up by name.
    with patch.dict(sys.modules, {"flowlang": None, spec.name: module}):
        spec.loader.exec_module(module)
        yield module


def as_bytes(made: object) -> bytes:
    """What a module has made."""
    if not isinstance(made, bytes):
        raise TypeError(f"{type(made).__name__} was made, not bytes")
    return made
