"""SOURCE → CATALOGUES: what can be translated, found where it is said.

    python tests/speech/catalogues.py

brings the catalogues in locale up to date: what is new comes in without a translation, what is said
no longer goes, and nothing is guessed.  A test fails until all of it is translated.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from flowlang.lsp.features.hover import own_text

TREE = Path(__file__).resolve().parent.parent.parent
PACKAGE = TREE / "src" / "flowlang"
LOCALE = TREE / "locale"

SAID_BY = {
    "tr": (0,), "Diagnostic": (3,), "_error": (2,), "Rule": (3,), "Action": (2,), "Mistake": (0, 1),
}  # fmt: skip
"""Which arguments of which calls are sentences."""
COUNTED_BY = {"tr_n": 3, "forms": 2}
"""Calls whose first two arguments are the forms for one and for several."""


def extracted() -> Catalog:
    """All that can be translated, with the files in which it stands."""
    found = Catalog(charset="utf-8", fuzzy=False)
    found.add(",", context="between thousands")
    found.add(".", context="decimal mark")
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = path.relative_to(PACKAGE).as_posix()
        for message in _said(tree):
            found.add(message, locations=[(place, 0)])
        for message in _of_nodes(tree):
            found.add(message, locations=[(place, 0)])
        family = path.parent.name if path.parent.parent.name == "rules" else ""
        if family not in ("", "mistakes") and path.name != "__init__.py":
            for message in _paragraphs(ast.get_docstring(tree) or ""):
                found.add(message, locations=[(place, 0)])
        if path.parent.name == "figures" and _is_report(tree):
            found.add((ast.get_docstring(tree) or "").split("\n", 1)[0], locations=[(place, 0)])
        for message in _of_words(tree):
            found.add(message, locations=[(place, 0)])
    return found


def _said(tree: ast.Module) -> Iterator[str | tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if COUNTED_BY.get(name) == len(node.args):
            one, many = (_literal(argument) for argument in node.args[:2])
            if one and many:
                yield one, many
        if name == "Retold":
            yield from filter(None, map(_literal, node.args))
        for index in SAID_BY.get(name, ()):
            text = _literal(node.args[index]) if index < len(node.args) else ""
            if any(letter.isalpha() for letter in _without_places(text)):
                yield text


def _of_nodes(tree: ast.Module) -> Iterator[str]:
    """What statements say of themselves, as hover shows it."""
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef) and any(_makes_a_node(by) for by in one.decorator_list):
            yield own_text(ast.get_docstring(one) or "")


def _is_report(tree: ast.Module) -> bool:
    """Whether a module of `figures` is a report, which says in its first line what it tells."""
    assigned = (one for one in tree.body if isinstance(one, ast.Assign))
    return any(
        isinstance(target, ast.Name) and target.id == "NAME"
        for one in assigned
        for target in one.targets
    )


def _of_words(tree: ast.Module) -> Iterator[str]:
    """What the words of a session say of themselves, as `help` shows it."""
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef) and any(
            isinstance(base, ast.Name) and base.id == "Word" for base in one.bases
        ):
            yield from _paragraphs(ast.get_docstring(one) or "")


def _makes_a_node(decorator: ast.expr) -> bool:
    made_by = decorator.func if isinstance(decorator, ast.Call) else None
    return isinstance(made_by, ast.Name) and made_by.id == "node"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield " ".join(paragraph.split())


def _literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _without_places(text: str) -> str:
    """A sentence without what is filled in: where nothing is left, there is nothing to say."""
    from string import Formatter

    return "".join(literal for literal, *_ in Formatter().parse(text))


def updated(path: Path, template: Catalog) -> Catalog:
    """A catalogue with all that the template has, and nothing else."""
    catalogue = read_po(BytesIO(path.read_bytes()), locale=path.stem, abort_invalid=True)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The text of a catalogue, in which no date and no line number changes by itself."""
    made = BytesIO()
    write_po(made, catalogue, width=100, omit_header=True, ignore_obsolete=True, sort_by_file=True)
    return HEAD.format(language=catalogue.locale_identifier).encode() + made.getvalue()


HEAD = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


if __name__ == "__main__":
    sought = extracted()
    for file in sorted(LOCALE.glob("*.po")):
        made = updated(file, sought)
        file.write_bytes(written(made))
        left = sum(not (one.string and all(one.string)) for one in made if one.id)
        sys.stderr.write(f"{file.name}: {len(made)} sentences, {left} without a translation\n")
