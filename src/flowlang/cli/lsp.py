"""Answer an editor: a language server on standard input and output."""

from __future__ import annotations

import click


@click.command(epilog="Example: flow lsp (an editor starts it; docs/editors.md says how)")
@click.option(
    "--stdio", is_flag=True, hidden=True, help="What it does anyway; some editors say it."
)
def lsp(stdio: bool) -> int:
    """Answer an editor: a language server on standard input and output.

    It finds mistakes while you type, completes, explains, renames, formats, and runs tests.
    """
    from flowlang.lsp.server import serve

    return serve()
