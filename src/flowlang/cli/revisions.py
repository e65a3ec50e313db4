"""A workspace as it was in a git revision, in a folder of its own while it is looked at."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from flowlang.speech import tr


@contextmanager
def checked_out(revision: str, root: Path) -> Iterator[Path]:
    """The folder of a workspace as a revision has it, with all `.flow` files of the repository,
    which it may use.

    Raises ClickException where there is no git, no repository, no such revision, or no such folder
    in it.
    """
    if shutil.which("git") is None:
        raise click.ClickException(
            tr('"{revision}": there is no `git` here, and no such folder', revision=revision)
        )
    if revision.startswith("-"):
        raise click.ClickException(tr('"{revision}" is no git revision', revision=revision))
    none = tr(
        '"{revision}": there is no such folder, and this is no git repository', revision=revision
    )
    top = Path(_git(root, "rev-parse", "--show-toplevel", what=none).strip())
    inside = root.resolve().relative_to(top.resolve()).as_posix()
    commit = _git(
        root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}",
        what=tr('there is no git revision "{revision}" (and no such folder)', revision=revision),
    ).strip()  # fmt: skip
    wanted = [inside, ":(glob)**/*.flow"] if inside != "." else ["."]
    archive = _run(top, "archive", "--format=tar", commit, "--", *wanted)
    if archive.returncode:
        raise click.ClickException(
            tr('the revision "{revision}" has no folder {inside}', revision=revision, inside=inside)
        )
    with tempfile.TemporaryDirectory(prefix="flow-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        found = Path(folder) / inside
        if not found.is_dir():
            raise click.ClickException(
                tr(
                    'the revision "{revision}" has no folder {inside}',
                    revision=revision,
                    inside=inside,
                )
            )
        yield found


def _git(root: Path, *args: str, what: str) -> str:
    """What git prints; `what` is told where it fails."""
    done = _run(root, *args)
    if done.returncode:
        raise click.ClickException(what)
    return done.stdout.decode(errors="replace")


def _run(root: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    # The words are ours, but for a revision, which does not begin with a dash, and folders.
    call = ["git", "-C", str(root), *args]
    return subprocess.run(call, capture_output=True, check=False)  # noqa: S603 - as said above
