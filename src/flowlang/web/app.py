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
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flowlang.stores.store import StoreError
from flowlang.web import links, pages
from flowlang.web.api import application, problems
from flowlang.web.service import Service

WATCHED = ("/health", "/health/live", "/metrics")
"""Addresses of the API that are served at the root as well: programs that watch look there."""
THREADS = 12
_OF_API = (f"{application.BASE}/", *WATCHED)


def build(service: Service) -> Starlette:
    """The application over a store."""
    language = service.program.config.language

    def nothing_here(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, HTTPException)
        return pages.notice("nothing", language, failure.status_code, failure.headers)

    def busy(request: Request, failure: Exception) -> Response:
        service.tell(str(failure))
        return pages.notice("busy", language, 503, {"Retry-After": "60"})

    api = application.build(service)
    app = Starlette(
        # The links come last: they take every address that nobody before them takes.
        routes=[
            Mount(application.BASE, api),
            *(Route(path, _At(f"/v1{path}", api)) for path in WATCHED),
            *links.routes(service),
        ],
        exception_handlers={HTTPException: nothing_here, StoreError: busy},
        middleware=[Middleware(_Guarded, service=service)],
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


class _At:
    """An address of the API, at another one."""

    def __init__(self, path: str, api: ASGIApp) -> None:
        self._path = application.BASE + path
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        there = {"path": self._path, "raw_path": self._path.encode()}
        await self._api({**scope, **there, "root_path": application.BASE}, receive, send)


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
            what = f"{type(failure).__name__}: {failure}"
            self.service.tell(f"internal error: {what[:300]}; please report this")
            if not begun and scope["path"].startswith(_OF_API):
                said = "something went wrong, and it is our fault"
                await problems.answer(500, said)(scope, receive, send)
            elif not begun:
                page = pages.notice("broken", self.service.program.config.language, 500)
                await page(scope, receive, send)
