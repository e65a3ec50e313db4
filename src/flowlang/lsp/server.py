"""The server: what an editor asks, and who answers."""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import logging
import os
import pkgutil
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException, PyglsError
from pygls.lsp.server import LanguageServer

from flowlang.lsp import features
from flowlang.lsp.checked import Checked
from flowlang.lsp.places import Places
from flowlang.lsp.study import Studies, Study
from flowlang.lsp.texts import Open, Texts
from flowlang.source import Source
from flowlang.workspace import lint, load_text

H = TypeVar("H", bound=Callable[..., Any])


class FlowServer(LanguageServer):
    """Knows what is open and what is known of it; the features answer with that."""

    def __init__(self) -> None:
        # Whole texts: it costs nothing at this size, and no edit can be applied in a wrong place.
        super().__init__(
            "flow", version("flowlang"), text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self.texts = Texts()
        self.studies = Studies(self.texts)
        self._places: Places | None = None
        self.ended_well = False
        """The editor has said goodbye as it should."""

    @property
    def places(self) -> Places:
        """Translates positions, in the encoding that was agreed on with the editor."""
        if self._places is None:
            encoding = self.workspace.position_encoding or "utf-16"
            self._places = Places(self.texts, str(getattr(encoding, "value", encoding)))
        return self._places

    def answers(self, method: str, options: Any = None) -> Callable[[H], H]:
        """Register what answers a request: it takes the server and the parameters.

        A fault of ours is one line in the editor's log, and the answer is empty.
        """

        def register(handler: H) -> H:
            self.feature(method, options)(self._guarded(method, handler))
            return handler

        return register

    def runs(self, command: str) -> Callable[[H], H]:
        """Register what a command does: it takes the server and the command's arguments."""

        def register(handler: H) -> H:
            def run(*arguments: Any) -> Any:
                return self._guarded(command, handler)(arguments)

            self.command(command)(run)
            return handler

        return register

    def _guarded(self, what: str, handler: Callable[..., Any]) -> Callable[[Any], Any]:
        @functools.wraps(handler)
        def guarded(params: Any) -> Any:
            try:
                return handler(self, params)
            except (JsonRpcException, PyglsError):
                raise
            except Exception as failure:  # noqa: BLE001 - nothing may end the editor's session
                self.tell_fault(what, failure)
                return None

        # pygls looks at the signature of what it registers; this one takes the parameters alone.
        del guarded.__dict__["__wrapped__"]
        return guarded

    def tell_fault(self, what: str, failure: BaseException) -> None:
        """Note a fault of ours in the editor's log, in one line."""
        if os.environ.get("FLOW_DEBUG"):
            logging.getLogger(__name__).error(what, exc_info=failure)
        self._log(f"internal error in {what}: {type(failure).__name__}: {failure}")

    def _log(self, message: str) -> None:
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message[:500]))

    def report_server_error(
        self, error: Exception, source: type[PyglsError | JsonRpcException]
    ) -> None:
        """What pygls itself could not make sense of, in one line.

        A request that fails is answered with its error; there is nothing to tell besides.
        """
        if source is not FeatureRequestError:
            self._log(f"a message cannot be read: {type(error).__name__}: {error}")

    # ------------------------------------------------------------------ what is asked about

    def opened(self, uri: str) -> Open | None:
        """An open text."""
        return self.texts.open.get(uri)

    def study(self, uri: str) -> tuple[Open, Study] | None:
        """An open text, and its workspace as it stands; None for one that is not open."""
        document = self.opened(uri)
        if document is None:
            return None
        return document, self.studies.study(self.studies.key_of(document))

    def checked(self, uri: str) -> tuple[Open, Checked] | None:
        """An open text, and what the checker says of its workspace, at once."""
        document = self.opened(uri)
        if document is None:
            return None
        return document, self.studies.check(self.studies.key_of(document))

    def settled(self, uri: str) -> tuple[Open, Checked] | None:
        """The same where it is known already or known soon; else None, until a check in the
        background has come to its end.
        """
        document = self.opened(uri)
        if document is None:
            return None
        key = self.studies.key_of(document)
        if self.studies.is_slow(key) and not self.studies.is_current(key):
            return None
        return document, self.studies.check(key)

    def offset(self, source: Source, position: types.Position) -> int:
        return self.places.offset(source, position)


_SAMPLE = """
message "M"
  kind service
  channel email
  subject "{{ email }}"
  body "B"

campaign "C"
  start when email is set
  send "M"
"""


def warm_up() -> None:
    """Load what a first check loads, so that it is there before the first key is pressed."""
    lint(load_text(_SAMPLE))


def make() -> FlowServer:
    """A server with all features: one module of `features` each."""
    server = FlowServer()
    for found in pkgutil.iter_modules(features.__path__):
        importlib.import_module(f"{features.__name__}.{found.name}").register(server)
    return server


def serve() -> int:
    """Answer on standard input and output until the editor says goodbye; gives the exit code that
    the protocol asks for: 0 if it has, 1 if it is just gone.
    """
    warm_up()
    # What is loaded by now stays; a check makes many objects and little garbage: look less often.
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    level = logging.INFO if os.environ.get("FLOW_DEBUG") else logging.CRITICAL
    logging.getLogger("pygls").setLevel(level)
    server = make()

    @server.answers(types.SHUTDOWN)
    def shutdown(server: FlowServer, params: None) -> None:
        server.ended_well = True

    # A copy of standard output: the server closes it, and nothing else may be printed into it.
    with (
        os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out,
        contextlib.redirect_stdout(sys.stderr),
    ):
        server.start_io(sys.stdin.buffer, out)
    return 0 if server.ended_well else 1
