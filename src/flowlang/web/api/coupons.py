"""Coupon lists: how they stand, and more codes for them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from flowlang.check.names import MAX_NAME
from flowlang.engine.receiving import codes_counts, coupon_lists, halted_for, receive_codes
from flowlang.intake.coupons import CodeRows, given_codes, read_codes
from flowlang.intake.objects import Ambiguous
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.web.api import bodies, models
from flowlang.web.api.guard import Guarded, Serving, asks
from flowlang.web.api.problems import Problem, answer, flaws
from flowlang.web.api.shapes import CODE_BODIES
from flowlang.web.service import Service

router = APIRouter(route_class=Guarded, tags=["coupons"])

ListName = Annotated[
    str,
    Path(min_length=1, max_length=MAX_NAME, pattern=models.PLAIN, examples=["early-bird"]),
]


@router.get("/coupons", response_model=models.CouponLists, **asks("coupons:read"))
def list_coupons(serving: Serving) -> Any:
    """List the coupon lists, each with how many codes are left and how many are used."""
    return {"coupons": coupon_lists(serving.store, serving.program)}


@router.post(
    "/coupons/{name:path}",
    response_model=models.CodesTaken,
    summary="Add codes",
    **asks("coupons:write", 404, 409, takes=CODE_BODIES),
)
async def add_codes(name: ListName, request: Request, serving: Serving) -> Any:
    """Add codes to a list, as `flow coupons import` does; they go out in this order, behind those
    that are there.

    A code that is known, used or not, is counted and left out. Where no code can be read, the
    answer is 409.
    """
    media = bodies.media_type(request.headers, (bodies.JSON, "text/plain", "text/csv"))
    return await run_in_threadpool(_add, serving, name, media, await request.body())


def _add(serving: Service, name: str, media: str, data: bytes) -> Any:
    """Take what can be taken; the answer.  Raises Problem."""
    known = serving.program.names.coupons
    if name not in known:
        hint = did_you_mean(name, sorted(known), tr("coupon list"))
        raise Problem(404, f'there is no coupon list "{name}"; {hint}')
    if media == bodies.JSON:
        codes = _codes(bodies.value(bodies.text(data)))
        bodies.several(codes, "codes", serving.limits.rows)
        found = given_codes("api", codes)
    else:
        bodies.check_rows(data, "lines", serving.limits.rows)
        found = read_codes("api.csv" if media == "text/csv" else "api.txt", data)
    return _taken(serving, name, found)


def _codes(value: object) -> list[str]:
    """The codes in JSON.  Raises Problem."""
    if not isinstance(value, dict) or isinstance(value, Ambiguous) or set(value) != {"codes"}:
        raise Problem(422, 'expected {"codes": ["A1", "A2"]}')
    codes = value["codes"]
    if not isinstance(codes, list) or not all(isinstance(one, str) for one in codes):
        raise Problem(422, "`codes`: expected a list of texts")
    if not codes:
        raise Problem(422, "`codes`: it is empty")
    return codes


def _taken(serving: Service, name: str, found: CodeRows) -> Any:
    if not found.codes:
        first = found.problems[0].message if found.problems else "there is no code in it"
        return answer(409, f"nothing was taken: {first}", **flaws(found.problems))
    now = serving.now()
    taken = receive_codes(serving.store, name, found, now, serving.program.language)
    halted = halted_for(serving.store, serving.program, name, now)
    return codes_counts(name, found, taken, halted) | flaws(found.problems)
