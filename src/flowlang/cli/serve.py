"""Serve the HTTP API, metrics, and the links in mails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import link_key, paths, running, storing, terminal
from flowlang.cli.signals import Signals
from flowlang.speech import tr, why

if TYPE_CHECKING:
    import socket

    from flowlang.program.program import Program
    from flowlang.stores.store import Store
    from flowlang.web.service import Service
    from flowlang.workspace import MakeExpressions, Workspace


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
@click.option(
    "--rate", type=click.FloatRange(0.1, 1_000_000), default=50.0, show_default=True,
    help="Requests a second that one token may make in the long run, four times as many at once.",
)  # fmt: skip
@click.option(
    "--max-body", type=click.IntRange(1, 1024), default=16, show_default=True, metavar="MB",
    help="How large the body of a request may be.",
)  # fmt: skip
@click.option(
    "--open-metrics", is_flag=True,
    help="Metrics need no token; only where the server listens to this machine alone.",
)  # fmt: skip
@storing.now_option
def serve(
    path: Path | None, url: str | None, host: str, port: int, rate: float, max_body: int,
    open_metrics: bool, given_now: str | None,
) -> None:  # fmt: skip
    """Serve the HTTP API, and what the links in mails lead to, until it is interrupted.

    The API is at /api/v1, and /api/docs says what it can do; `flow token new` makes the tokens it
    asks for. The links are served at the path of `unsubscribe_url` in flow.toml: with
    "https://shop.example.com/u" at /u/…, so let the web server of that name pass such requests on
    to here. What comes in arrives in the store, and `flow run` applies it. Only this machine can
    reach the server unless --host says otherwise.
    """
    from flowlang.web.service import Limits, Service

    folder = running.one(path, url)
    zone = folder.settings.config().timezone
    # A call that is wrong leaves no store behind.
    storing.moment(given_now, zone)
    link_key.given()
    if folder.runnable is not None:
        _check_path(folder.runnable)
    bound = _bound(host, port, open_metrics=open_metrics)
    terminal.timed(zone)
    storing.tell_clock(given_now, zone)
    limits = Limits(body=max_body << 20, per_second=rate, burst=max(1, round(4 * rate)))
    with Signals() as signals, storing.opened(folder, url, signals=signals) as store:
        _, program = running.program_over(folder, store)
        _check_path(program)
        program.config = replace(program.config, link_key=link_key.of_store(store))
        service = Service(
            program,
            store,
            lambda: storing.moment(given_now, zone),
            lambda line: terminal.talk(terminal.printable(line)),
            lambda expressions: _load(path, store, expressions),
            limits,
            open_metrics=open_metrics,
        )
        _serve(service, bound, signals)
    terminal.talk(tr("stopped"))


def _serve(service: Service, bound: socket.socket, signals: Signals) -> None:
    """Answer what comes in, until a signal asks to end it.  Raises OSError where another program
    has begun to listen there.
    """
    from flowlang.web import server

    found = server.server(service)

    def end() -> None:
        found.should_exit = True

    signals.then = end
    if signals.asked:
        end()
    bound.listen(server.BACKLOG)
    terminal.talk(tr("serving at {address}; Ctrl-C ends it", address=server.address(bound)))
    found.run(sockets=[bound])


def _load(
    path: Path | None, store: Store, expressions: MakeExpressions | None
) -> tuple[Workspace, Program]:
    """The version that runs now.  Raises Unreadable and StoreError."""
    from flowlang.config import ConfigError
    from flowlang.web.service import Unreadable

    try:
        return running.program_over(paths.one(path, expressions), store, expressions)
    except click.ClickException as wrong:
        raise Unreadable(wrong.message) from None
    except paths.Unrunnable:
        raise Unreadable(tr("it has errors; `flow check` shows them")) from None
    except (ConfigError, OSError) as failure:
        raise Unreadable(why(failure)) from None


def _bound(host: str, port: int, *, open_metrics: bool) -> socket.socket:
    """A socket that can listen; it does once there is a store, for who comes before that is better
    sent away.  Raises ClickException, and UsageError where all could read what only this machine
    may.
    """
    from flowlang.web import server

    try:
        found = server.bind(host, port)
    except OSError as failure:
        reason = failure.strerror or failure
        raise click.ClickException(
            tr("{host} port {port}: {reason}", host=host, port=port, reason=reason)
        ) from None
    if open_metrics and not server.is_loopback(found):
        found.close()
        raise click.UsageError(
            tr("--open-metrics would show them to all who reach {host}", host=host)
        )
    return found


def _check_path(program: Program) -> None:
    """Raises UsageError where links would lead to the API."""
    from urllib.parse import urlsplit

    from flowlang.web.server import TAKEN

    path = f"{urlsplit(program.config.unsubscribe_url).path.rstrip('/')}/"
    if path.startswith(TAKEN):
        raise click.UsageError(
            tr(
                "flow.toml: sender.unsubscribe_url: {path!r} is the API's own path; take "
                "another one, such as /u",
                path=path.split("/")[1],
            )
        )
