"""For the programs that watch over this one: its health, and its metrics."""

from __future__ import annotations

from typing import Any

import anyio
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from flowlang.speech import tr
from flowlang.stores.store import StoreError
from flowlang.web.api import models
from flowlang.web.api.guard import Guarded, Serving, answers, asks
from flowlang.web.metrics import CONTENT_TYPE, Metrics

router = APIRouter(route_class=Guarded, tags=["operations"])

_PATIENCE = 5.0
"""Seconds in which the store must answer."""


@router.get(
    "/health",
    response_model=models.Health,
    responses={
        503: {"model": models.Health, "description": "The store cannot be used."},
        **answers(500),
    },
)
async def show_health(serving: Serving) -> Any:
    """Say whether the server can do its work: it is ready while the store answers."""
    store = serving.store
    try:
        with anyio.fail_after(_PATIENCE):
            await anyio.to_thread.run_sync(store.notices, 1, abandon_on_cancel=True)
    except StoreError as failure:
        serving.absence.failed(failure)
    except TimeoutError:
        slow = tr("{place}: no answer within {count:g} seconds", place=store.shown, count=_PATIENCE)
        serving.absence.failed(StoreError(slow))
    else:
        serving.absence.over()
        return {"live": True, "ready": True}
    return JSONResponse({"live": True, "ready": False}, 503)


@router.get("/health/live", response_model=models.Live, responses=answers(500))
async def show_life() -> Any:
    """Say that the server answers; the store is not asked."""
    return {"live": True}


_METRICS = asks("metrics")
_METRICS["responses"][200] = {
    "description": "The metrics, in the text format of Prometheus.",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


@router.get("/metrics", response_class=PlainTextResponse, **_METRICS)
def read_metrics(request: Request) -> Response:
    """Read the metrics; they are a few seconds old at most."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.text(), media_type=CONTENT_TYPE)
