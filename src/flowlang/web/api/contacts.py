"""Contacts: a page of them, an import, one of them, its history, why, and its end."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request

from flowlang.engine.receiving import contacts_counts, receive_contacts
from flowlang.engine.showing import (
    NoSuchContact,
    SeveralContacts,
    contact_data,
    is_leaving,
    row_of,
    show,
)
from flowlang.figures.source import Source, Where
from flowlang.figures.where import WrongCondition, condition
from flowlang.intake import schemas
from flowlang.intake.contacts import ContactRows, given_contacts, read_contacts
from flowlang.stores.rows import ArrivalRow
from flowlang.web.api import bodies, models
from flowlang.web.api.guard import Guarded, Serving, asks
from flowlang.web.api.models import After, ContactKey, Limit
from flowlang.web.api.problems import Problem, answer, flaws
from flowlang.web.api.shapes import CONTACT_BODIES
from flowlang.web.service import Service
from flowlang.web.why import CannotSay, Why

router = APIRouter(route_class=Guarded, tags=["contacts"])


class _Contact(Convertor[str]):
    """An id in an address: it may hold slashes, and what is asked of it may follow."""

    regex = r"(?:(?!/(?:history|why)$)[\s\S])*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("contact", _Contact())
_CONTACT = "/contacts/{contact:contact}"
_LONGEST = 2_000
"""Characters in a condition."""
_SOURCE = r"^[^\x00-\x1f\x7f/\\]*$"


@router.get("/contacts", response_model=models.Contacts, **asks("contacts:read", 409))
def list_contacts(
    serving: Serving,
    limit: Limit = 100,
    after: After = 0,
    where: Annotated[
        str | None,
        Query(
            max_length=_LONGEST,
            description="Only those for whom this condition of the language holds. One that does"
            " not fit the workspace is refused with 409.",
            examples=['tagged "vip"', "score >= 50"],
        ),
    ] = None,
) -> Any:
    """List contacts in the order in which they came, all or those for whom a condition holds."""
    asked = None
    if where is not None:
        try:
            asked = Where(condition(where, serving.program.names, "where"), serving.now())
        except WrongCondition as wrong:
            raise Problem(409, f"`where`: {wrong.finding.message}") from None
    source = Source(serving.store, serving.program)
    found, following = source.page(asked, after, limit, serving.limits.scan)
    return {"contacts": [contact_data(one) for one in found], "next": following}


@router.post(
    "/contacts",
    status_code=202,
    response_model=models.ContactsTaken,
    summary="Import contacts",
    **asks("contacts:write", 409, takes=CONTACT_BODIES),
)
async def import_contacts(
    request: Request,
    serving: Serving,
    source: Annotated[
        str,
        Query(
            min_length=1, max_length=100, pattern=_SOURCE,
            description="What automations call where it comes from.",
        ),
    ] = "api",
    strict: Annotated[bool, Query(description="Take all rows or none.")] = False,
) -> Any:  # fmt: skip
    """Import contacts, as `flow contacts import` does.

    JSON Lines (`application/x-ndjson`) are taken as well. A row is found by its `id`, else by its
    e-mail address. A bad row is left out and told with its reason; with `strict`, none is taken
    then. Where nothing is taken, the answer is 409.
    """
    media = bodies.media_type(request.headers, (bodies.JSON, *bodies.LINES, "text/csv"))
    data = await request.body()
    return await run_in_threadpool(_import, serving, media, data, source, strict)


def _import(serving: Service, media: str, data: bytes, source: str, strict: bool) -> Any:
    """Take what can be taken; the answer.  Raises Problem."""
    rows = _read(serving, media, data, source)
    if rows.rows and not (strict and rows.has_errors):
        now = serving.now()
        done = receive_contacts(serving.store, serving.states, rows, source, now, strict=strict)
        rows = rows.without(done.problems)
        if rows.rows and not (strict and done.problems):
            return contacts_counts(rows, done, refused=False) | flaws(rows.problems)
    first = next((one.message for one in rows.problems if one.severity == "error"), "no contact")
    return answer(
        409, f"nothing was taken: {first}", read=rows.read, taken=0, left_out=rows.read,
        **flaws(rows.problems),
    )  # fmt: skip


def _read(serving: Service, media: str, data: bytes, source: str) -> ContactRows:
    """Raises Problem."""
    most, program = serving.limits.rows, serving.program
    schema, zone = schemas.contact_schema(program), program.config.timezone
    if media == bodies.JSON:
        values = bodies.several(bodies.value(bodies.text(data)), "contacts", most)
        return given_contacts(f"{source}.json", values, schema, zone)
    bodies.check_rows(data, "lines", most)
    if media == "text/csv":
        return read_contacts(f"{source}.csv", data, schema, zone)
    bodies.text(data)
    return read_contacts(f"{source}.jsonl", data, schema, zone)


@router.get(
    f"{_CONTACT}/history",
    response_model=models.History,
    **asks("contacts:read", 404, 409),
)
def show_history(
    contact: ContactKey, serving: Serving, limit: Limit = 1_000, after: After = 0
) -> Any:
    """Show every decision that was made for a contact, with its reason."""
    found_id = _id(serving, contact)
    rows = serving.store.history(found_id)
    chosen = list(islice((row for row in rows if row.seq > after), limit))
    return {
        "contact": found_id,
        "entries": [row.entry.data() for row in chosen],
        "next": chosen[-1].seq if chosen and chosen[-1].seq < rows[-1].seq else None,
    }


@router.get(
    f"{_CONTACT}/why",
    response_model=models.Why,
    **asks("contacts:read", 404, 409),
)
async def ask_why(
    contact: ContactKey,
    request: Request,
    serving: Serving,
    about: Annotated[
        str,
        Query(
            max_length=200, pattern=models.PLAIN,
            description="A message or a campaign; without it, the last decision is meant.",
            examples=["Offer"],
        ),
    ] = "",
) -> Any:  # fmt: skip
    """Say why something was decided about a contact, or why not, as `flow contacts why` does."""
    asked: Why = request.app.state.why
    await run_in_threadpool(_id, serving, contact)
    try:
        found = await asked.answer(contact, about)
    except CannotSay as cannot:
        raise Problem(409, str(cannot)) from None
    return {"contact": contact, "lines": found.lines, "waiting": found.waiting}


@router.get(
    _CONTACT,
    response_model=models.OneContact,
    **asks("contacts:read", 404, 409),
)
def show_contact(contact: ContactKey, serving: Serving) -> Any:
    """Show what is known of a contact, and where it stands."""
    found_id = _id(serving, contact)
    try:
        found = show(serving.store, serving.states, found_id)
    except NoSuchContact as none:
        raise Problem(404, str(none)) from None
    return found.data | {"waiting": found.waiting}


@router.delete(
    _CONTACT,
    status_code=202,
    response_model=models.Deleted,
    **asks("contacts:write", 404, 409),
)
def delete_contact(contact: ContactKey, serving: Serving) -> Any:
    """Delete a contact, by the event `delete`: the engine does it when its turn comes."""
    with serving.store.transaction():
        found = _id(serving, contact)
        serving.store.append([ArrivalRow(serving.now(), found, "delete", "{}")])
    return {"contact": found, "status": "taken"}


def _id(serving: Service, contact: str) -> str:
    """The id of a contact that is there and stays.  Raises Problem."""
    try:
        found = row_of(serving.store, contact).id
    except NoSuchContact as none:
        raise Problem(404, str(none)) from None
    except SeveralContacts as several:
        raise Problem(409, str(several)) from None
    if is_leaving(serving.store, found):
        raise Problem(404, f'the contact "{contact}" is being deleted')
    return found
