"""The server's application: its parts, and what it says where none of them answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flowlang.stores.store import StoreError
from flowlang.web import links, pages
from flowlang.web.api import application
from flowlang.web.service import Service

WATCHED = ("/health", "/health/live", "/metrics")
"""Addresses of the API that are served at the root as well: programs that watch look there."""
THREADS = 12


def build(service: Service) -> Starlette:
    """The application over a store."""
    language = service.program.config.language

    def nothing_here(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, HTTPException)
        return pages.notice("nothing", language, failure.status_code, failure.headers)

    def busy(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, StoreError)
        service.absence.failed(failure)
        return pages.notice("busy", language, 503, {"Retry-After": "60"})

    app = Starlette(
        # The links take every address that nobody before them takes.
        routes=[*links.routes(service)],
        exception_handlers={HTTPException: nothing_here, StoreError: busy},
        middleware=[
            Middleware(_Guarded, service=service),
            Middleware(_WithApi, api=application.build(service)),
        ],
        lifespan=_threads,
    )
    # Nobody who sends a POST by RFC 8058 follows redirects.
    app.router.redirect_slashes = False
    return app


@asynccontextmanager
async def _threads(app: Starlette) -> AsyncIterator[None]:
    """Not more threads than a store has connections: none of them waits for one of those."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


class _WithApi:
    """Gives the API what is asked of it.  A `Mount` would not see an address with a line break."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path in WATCHED:
            path = f"{application.BASE}/v1{path}"
        if path.startswith(f"{application.BASE}/"):
            there = {"path": path, "root_path": application.BASE}
            if (
                scope.get("method") == "HEAD"
            ):  # like GET; the server sends no body (RFC 9110, 9.3.2)
                there["method"] = "GET"
            await self._api({**scope, **there}, receive, send)
        else:
            await self._app(scope, receive, send)


class _Guarded:
    """Makes of a fault of ours one line for the person who runs the server, and a page."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as failure:  # noqa: BLE001 - the one place where every request ends
            self.service.tell_fault(failure)
            if not begun:
                page = pages.notice("broken", self.service.program.config.language, 500)
                await page(scope, receive, send)
