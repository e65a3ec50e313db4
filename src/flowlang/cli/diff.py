"""Name each change against a git revision or another folder, and whom it can touch; no store."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowlang.cli import FOUND, paths, storing, terminal
from flowlang.program.step_changes import about_in_words, effect_in_words
from flowlang.speech import Text, joined, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from flowlang.changes import Change
    from flowlang.leave import Leave
    from flowlang.workspace import Workspace


@click.command(epilog="Example: flow diff --against main")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--against", required=True, metavar="REV|DIR", help="A git revision, or a folder.")
@storing.now_option
@storing.format_option
def diff(path: Path | None, against: str, given_now: str | None, output_format: str) -> int:
    """Compare a workspace with how it was, by meaning.

    Each change is cosmetic (the meaning is the same: layout, comments, a translation), forward only
    (it touches who comes later), in flight (it touches who is under way), or policy (audience,
    consent, caps, goals, exits). Exit code 1 where there is one of the last two that no comment
    allows: `# flow: allow change until 2026-12-31 because …`.
    """
    from flowlang.changes import changes
    from flowlang.leave import leaves

    new = paths.one(path)
    paths.runnable(new)
    with ExitStack() as stack:
        old = paths.one(_folder(against, new, stack))
        if old.runnable is None:
            first = next(one for one in old.findings.in_order() if one.severity == "error")
            raise click.ClickException(
                tr(
                    '"{against}" has errors: {file}:{line}: {message}',
                    against=against,
                    file=first.span.source.name,
                    line=first.span.line,
                    message=first.message,
                )
            )
        found = changes(old, new)
    terminal.speak(new.language)
    known, flaws = leaves(new)
    for flaw in flaws:
        terminal.talk(
            terminal.printable(
                tr("{file}:{line}: warning: {text}", file=flaw.file, line=flaw.line, text=flaw.text)
            )
        )
    today = storing.moment(given_now, new.settings.config().timezone).date()
    rows = list(_rows(found, known, today))
    refused = sum(row["needs leave"] and row["allowed"] is None for row in rows)
    if output_format == "json":
        data = {"changes": rows, "refused": refused}
        terminal.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    else:
        terminal.write("".join(f"{terminal.printable(line)}\n" for line in _text(rows)))
        terminal.talk(_summary(rows, refused))
    return FOUND if refused else 0


def _folder(against: str, new: Workspace, stack: ExitStack) -> Path:
    """The folder to compare with: a revision is taken out of git for as long as it is needed."""
    folder = Path(against)
    if folder.is_dir():
        if not _is_workspace(folder):
            raise click.ClickException(
                tr(
                    '"{against}" is a folder, but no workspace: it has neither a flow.toml nor'
                    " .flow files of its own",
                    against=against,
                )
            )
        return folder
    from flowlang.cli import revisions

    return stack.enter_context(revisions.checked_out(against, new.root))


def _is_workspace(folder: Path) -> bool:
    """Not where it only belongs to one that begins above it."""
    from flowlang import discovery

    roots = [root.resolve() for root, _ in discovery.find([folder])]
    return bool(roots) and all(root.is_relative_to(folder.resolve()) for root in roots)


def _rows(
    found: Iterable[Change], known: list[tuple[str, Leave]], today: date
) -> Iterable[dict[str, Any]]:
    from flowlang.leave import granted

    for one in found:
        row: dict[str, Any] = {
            "effect": one.effect, "about": one.about, "what": one.what, "text": one.text,
            "file": one.file, "line": one.line, "needs leave": one.needs_leave, "allowed": None,
        }  # fmt: skip
        if one.needs_leave:
            now, before = granted(one, known, today)
            if now is not None:
                row["allowed"] = {"until": now.until.isoformat(), "because": now.because}
            elif before is not None:
                row["was allowed until"] = before.until.isoformat()
        yield row


def _text(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each change, in the language that is spoken; the first column is aligned."""
    effects = [terminal.told(effect_in_words(row["effect"])) for row in rows]
    width = max(map(len, effects), default=0)
    return [
        f"{effect:<{width}}  {row['file']}:{row['line']}  {terminal.told(_in_words(row))}"
        for effect, row in zip(effects, rows, strict=True)
    ]


def _in_words(row: dict[str, Any]) -> Text:
    parts: list[str] = [row["what"], ": ", row["text"]]
    if row["about"]:
        parts.append(tr(" ({about})", about=about_in_words(row["about"])))
    if row["allowed"] is not None:
        parts.append(tr("; allowed until {until}: {because}", **row["allowed"]))
    elif "was allowed until" in row:
        parts.append(tr("; was allowed until {until}", until=row["was allowed until"]))
    return joined(parts, "")


def _summary(rows: list[dict[str, Any]], refused: int) -> Text:
    if not rows:
        return tr("no change")
    counts = Counter(row["effect"] for row in rows)
    told = joined(
        tr("{count:,} {effect}", count=counts[effect], effect=effect_in_words(effect))
        for effect in ("policy", "in flight", "forward only", "cosmetic")
        if counts[effect]
    )
    if not refused:
        return told
    from flowlang.rules.change_allowances import example
    from flowlang.syntax import keywords

    form = example(keywords.load(terminal.spoken()), terminal.told(tr("DATE")))
    return tr_n(
        "{told}; {count:,} is not allowed. In the file: `{form}`",
        "{told}; {count:,} are not allowed. In the file: `{form}`",
        refused, told=told, form=form,
    )  # fmt: skip
