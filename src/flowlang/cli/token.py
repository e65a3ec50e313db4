"""Make, list and revoke tokens for the HTTP API."""

from __future__ import annotations

import json
from pathlib import Path

import click

from flowlang.cli import paths, storing, terminal
from flowlang.speech import tr, why


@click.group(epilog="Example: flow token new shop --scope events:write")
def token() -> None:
    """Tokens that programs show to the HTTP API of `flow serve`."""


@token.command(epilog="Example: flow token new shop --scope events:write --scope contacts:read")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, metavar="SCOPE",
    help="What it is for; several times for several. `flow token scopes` lists them.",
)  # fmt: skip
@storing.workspace_option
@storing.store_option
@storing.now_option
def new(
    name: str, scopes: tuple[str, ...], path: Path | None, url: str | None, given_now: str | None
) -> None:
    """Make a token for the program or person that NAME says, and print it.

    It is shown this once: the store keeps a hash of it. `flow serve` takes it from now on, without
    a restart.
    """
    from flowlang.web import tokens

    workspace = paths.one(path)
    now = storing.moment(given_now, workspace.settings.config().timezone)
    with storing.opened(workspace, url) as store:
        try:
            secret = tokens.make(store, name, scopes, now)
        except tokens.BadToken as bad:
            raise click.UsageError(terminal.printable(why(bad))) from None
    terminal.write(f"{secret}\n")
    terminal.talk(tr('this is "{name}"; it is not shown again', name=name))


@token.command("list", epilog="Example: flow token list --output-format json")
@storing.workspace_option
@storing.store_option
@storing.format_option
def list_(path: Path | None, url: str | None, output_format: str) -> None:
    """List the tokens: their names, when they were made, and what they are for."""
    from flowlang.web import tokens

    with storing.existing(paths.one(path), url) as store:
        known = tokens.tokens(store)
    if output_format == "json":
        rows = [{"name": one.name, "made": one.made, "scopes": list(one.scopes)} for one in known]
        terminal.write(json.dumps(rows, indent=2) + "\n")
        return
    width = max((len(one.name) for one in known), default=0)
    for one in known:
        terminal.write(f"{one.name.ljust(width)}  {one.made[:10]}  {', '.join(one.scopes)}\n")
    if not known:
        terminal.talk(tr("there is no token"))


@token.command(epilog="Example: flow token revoke shop")
@click.argument("name")
@storing.workspace_option
@storing.store_option
def revoke(name: str, path: Path | None, url: str | None) -> None:
    """Revoke the token NAME: a second later it opens nothing any more."""
    from flowlang.web import tokens

    with storing.existing(paths.one(path), url) as store:
        try:
            tokens.revoke(store, name)
        except tokens.BadToken as bad:
            raise click.UsageError(terminal.printable(why(bad))) from None
    terminal.talk(tr('"{name}" is revoked', name=name))


@token.command(epilog="Example: flow token scopes")
def scopes() -> None:
    """List the scopes that a token may have."""
    from flowlang.web.tokens import SCOPES

    width = max(map(len, SCOPES))
    for name, said in SCOPES.items():
        terminal.write(f"{name.ljust(width)}  {terminal.told(said)}\n")
