"""Make a small workspace that checks, tests and runs."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from flowlang.cli import languages, paths, skeletons, terminal
from flowlang.speech import tr


@click.command(epilog="Example: flow new spring && flow test spring")
@click.argument("dir", type=click.Path(path_type=Path))
@click.option(
    "--language", metavar="CODE",
    help="Such as `de` or `en`; else that of the workspace around it, or English.",
)  # fmt: skip
def new(
    dir: Path,  # noqa: A002 - the argument's name is what the help shows
    language: str | None,
) -> None:
    """Make a small workspace that checks, tests and runs; the folder must be new or empty."""
    spoken = languages.known(language, "--language") if language else paths.language(dir)
    terminal.speak(spoken)
    if dir.exists() and (not dir.is_dir() or any(dir.iterdir())):
        raise click.UsageError(
            tr("{path} is there already; name a new or an empty folder", path=dir)
        )
    dir.mkdir(parents=True, exist_ok=True)
    for name, text in skeletons.files(spoken).items():
        (dir / name).write_text(text, encoding="utf-8")
        terminal.talk(tr("made {path}", path=dir / name))
    head = terminal.told(tr("Now try:"))
    shown = f"\n{' ' * (len(head) + 2)}".join(_next(dir))
    terminal.talk(f"\n{head}  {shown}")


def _next(folder: Path) -> list[str]:
    """What can be done with a new workspace, as it is typed into a shell."""
    at, people, events = (
        quote(str(path)) for path in (folder, folder / "contacts.csv", folder / "events.jsonl")
    )
    return [
        f"flow check {at}",
        f"flow test {at}",
        f"flow simulate {at} --contacts {people} --events {events}",
        f"flow contacts import {people} -w {at}",
        f"flow event send {events} -w {at}",
        f"flow run {at} --once",
    ]
