"""The inbox: what the engine has to tell."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from flowlang.engine.inbox import Seen, look
from flowlang.web.api import models
from flowlang.web.api.guard import Guarded, Serving, asks
from flowlang.web.api.models import After, Limit

router = APIRouter(route_class=Guarded, tags=["notices"])


@router.get("/notices", response_model=models.Inbox, **asks("notices:read"))
def read_notices(
    serving: Serving,
    limit: Limit = 100,
    after: After = 0,
    after_refused: Annotated[
        int, Query(ge=0, le=models.LAST, description="The same for what was refused.")
    ] = 0,
) -> Any:
    """Read what the engine has to tell: the latest notices behind a number, and arrivals that were
    refused when their turn came. Nothing is cleared away by it.
    """
    found = look(serving.store, Seen(after, after_refused), limit)
    return {
        "notices": [
            {"number": one.number, "at": one.at, "who": one.who, "text": one.text}
            for one in found.notices
        ],
        "refused": [
            {
                "number": one.seq, "at": one.at, "contact": one.contact, "type": one.type,
                "reason": one.reason,
            }
            for one in found.refused
        ],
    }  # fmt: skip
