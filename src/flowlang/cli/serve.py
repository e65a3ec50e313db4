"""Serve the links in mails over HTTP."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import click

from flowlang.cli import storing, terminal


@click.command(epilog="Example: flow serve examples/webinar --port 8080")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@storing.store_option
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="The address to listen at; 0.0.0.0 is every one that this machine has.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True,
    help="The port to listen at; 0 takes a free one.",
)  # fmt: skip
@storing.now_option
def serve(path: Path | None, url: str | None, host: str, port: int, given_now: str | None) -> None:
    """Serve what the links in mails lead to, until it is interrupted.

    They are served at the path of `unsubscribe_url` in flow.toml: with "https://shop.example.com/u"
    at /u/…, so let the web server of that name pass such requests on to here. What people do there
    arrives in the store, and `flow run` applies it. Only this machine can reach the server unless
    --host says otherwise.
    """
    from flowlang.web import server
    from flowlang.web.service import Service

    workspace, program = storing.program_of(path)
    zone = program.config.timezone
    storing.moment(given_now, zone)  # refuses what is no time before anything else
    with storing.opened(workspace, url) as store:
        program.config = replace(program.config, link_key=storing.link_key(store))
        service = Service(
            program,
            store,
            lambda: storing.moment(given_now, zone),
            lambda line: terminal.talk(terminal.printable(line)),
        )
        try:
            listening = server.listen(host, port)
        except OSError as failure:
            reason = failure.strerror or failure
            raise click.ClickException(f"{host} port {port}: {reason}") from None
        # The server ends in good order by itself, and then raises the signal again.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        terminal.talk(f"serving at {server.address(listening)}; Ctrl-C ends it")
        server.server(service).run(sockets=[listening])
    terminal.talk("stopped")
