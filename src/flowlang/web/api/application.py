"""The API as an application of its own, which the server mounts at /api."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from flowlang.web.api import contacts, coupons, events, health, notices, processes, reference
from flowlang.web.api.models import Problem
from flowlang.web.api.problems import install
from flowlang.web.api.shapes import SCHEMAS
from flowlang.web.metrics import Metrics
from flowlang.web.service import Service
from flowlang.web.why import Why

BASE = "/api"
"""Where the server mounts it."""
_PARTS = (events, contacts, coupons, processes, notices, health)
_TITLE = "flow"
_TEXT = """What other programs ask of a store of campaigns.

Each request shows a token: `Authorization: Bearer flow_...`. `flow token new` makes one, with the
scopes it is for; `x-scope` says which one an operation asks for. What is wrong is told by RFC 9457:
**400** it cannot be read, **422** it does not have the form that is described here, **409** it has,
and was refused; `detail` says why in one sentence."""


def build(service: Service) -> FastAPI:
    """The API over a store."""
    app = FastAPI(
        title=_TITLE,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Names for those who generate clients.
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.service = service
    app.state.metrics = Metrics(service)
    app.state.why = Why(service)
    install(app)
    for part in _PARTS:
        app.include_router(part.router, prefix="/v1")

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _description(app)
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign] # as FastAPI's manual has it

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return reference.page(description(), BASE)

    return app


def _description(app: FastAPI) -> dict[str, Any]:
    """The API in OpenAPI, complete with what is read by hand."""
    found = get_openapi(
        title=_TITLE,
        version=version("flowlang"),
        description=_TEXT,
        routes=app.routes,
        servers=[{"url": BASE}],
    )
    parts = found.setdefault("components", {})
    problem = Problem.model_json_schema()
    parts["schemas"] = {**parts.get("schemas", {}), **SCHEMAS, "Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "Made by `flow token new`."}
    }
    return found
