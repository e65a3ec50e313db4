"""Contacts in the store: import them, look at them, read their history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowlang.cli import FOUND, decisions, intake, paths, running, storing, terminal
from flowlang.cli.export import export_contacts
from flowlang.cli.merging import merge
from flowlang.cli.why import contacts_why
from flowlang.speech import Text, tr, why

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flowlang.contact import Contact
    from flowlang.engine.admission import Admitted
    from flowlang.intake.contacts import ContactRows


@click.group(epilog="Example: flow contacts import people.csv")
def contacts() -> None:
    """Contacts in the store, by hand."""


@contacts.command("import", epilog="Example: flow contacts import people.csv --strict")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Take all rows or none.")
@click.option(
    "--source", metavar="NAME",
    help="What automations call where it comes from; without it, the name of the file.",
)  # fmt: skip
@storing.workspace_option
@storing.store_option
@storing.now_option
@storing.format_option
def import_(
    file: Path, strict: bool, source: str | None, path: Path | None, url: str | None,
    given_now: str | None, output_format: str,
) -> int:  # fmt: skip
    """Import contacts from a CSV or JSON Lines FILE; `-` is standard input.

    A row is found by its `id`, else by its e-mail address. Each new contact and each row that
    changes one is a trigger, which `flow run` applies when its turn comes; a row that changes
    nothing is passed over. A bad row is told with its line and left out, and the exit code is 1.
    The import is a process, which is finished when the last of its rows is applied.

    JSON is one object: how many rows were read, taken and left out, and all that is wrong.
    """
    from flowlang.engine.admission import Admitted
    from flowlang.engine.receiving import contacts_counts, receive_contacts
    from flowlang.engine.state import States
    from flowlang.intake import schemas
    from flowlang.intake.contacts import read_contacts

    workspace, program = running.program_of(path, url)
    zone = program.config.timezone
    now, data = storing.moment(given_now, zone), storing.content(file)
    rows = read_contacts(storing.label(file), data, schemas.contact_schema(program), zone)
    done, refused = Admitted(), strict and rows.has_errors
    if not refused:
        with storing.opened(workspace, url) as store:
            done = receive_contacts(
                store, States(program), rows, source or Path(rows.name).name, now, strict=strict
            )
        rows = rows.without(done.problems)
        refused = strict and bool(done.problems)
    # Not before they are saved.
    if output_format == "json":
        intake.write(rows.name, contacts_counts(rows, done, refused=refused), rows.problems)
    else:
        _tell(rows, done, refused=refused)
    return FOUND if rows.has_errors else 0


def _tell(rows: ContactRows, done: Admitted, *, refused: bool) -> None:
    """What became of a file; it was refused as a whole because of --strict."""
    from flowlang.engine.receiving import contacts_told

    terminal.talk(terminal.printable(rows.headline))
    intake.tell(rows.name, rows.problems)
    if refused:
        terminal.talk(tr("nothing was taken, because of --strict"))
        return
    terminal.talk(contacts_told(done))
    if done.arrivals:
        terminal.talk(tr("`flow run` applies them"))


contacts.add_command(export_contacts, "export")
contacts.add_command(merge)
contacts.add_command(contacts_why)


@contacts.command("list", epilog="Example: flow contacts list --where 'score >= 50' --limit 10")
@click.option(
    "--where", "text", metavar="CONDITION", help="Only those for whom it holds: 'tagged \"vip\"'."
)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@storing.workspace_option
@storing.store_option
@storing.now_option
@storing.format_option
def list_(
    text: str | None, limit: int, path: Path | None, url: str | None, given_now: str | None,
    output_format: str,
) -> int:  # fmt: skip
    """List contacts in the order in which they came, all or those for whom a condition holds."""
    from itertools import chain, islice

    from flowlang.engine.showing import contact_data
    from flowlang.figures.source import Source

    workspace, program = running.program_of(path, url)
    where = storing.where(text, program, given_now)
    with storing.existing(workspace, url) as store:
        source = Source(store, program)
        found = list(islice(chain.from_iterable(source.contacts(where)), limit + 1))
    shown = found[:limit]
    if output_format == "json":
        rows = [contact_data(one) for one in shown]
        terminal.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    width = max((len(one.id) for one in shown), default=0)
    for one in shown:
        tags = ", ".join(sorted(one.tags))
        line = f"{one.id.ljust(width)}  {one.fields.get('email') or '-'}  {tags}".rstrip()
        terminal.write(terminal.printable(line) + "\n")
    if not shown:
        terminal.talk(tr("there is no such contact") if where else tr("there is no contact"))
    elif len(found) > limit:
        terminal.talk(tr("there are more than {limit:,}; `--limit` shows more", limit=limit))
    return 0


@contacts.command(epilog="Example: flow contacts show c1")
@click.argument("contact")
@storing.workspace_option
@storing.store_option
@storing.format_option
def show(contact: str, path: Path | None, url: str | None, output_format: str) -> int:
    """Show what is known of a CONTACT (its id or e-mail address), and where it stands."""
    from flowlang.engine.showing import NotOneContact
    from flowlang.engine.showing import show as shown
    from flowlang.engine.state import States

    workspace, program = running.program_of(path, url)
    with storing.existing(workspace, url) as store:
        try:
            found = shown(store, States(program), contact)
        except NotOneContact as none:
            terminal.talk(terminal.printable(why(none)))
            return FOUND
    data = found.data
    if output_format == "json":
        terminal.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    else:
        terminal.write(_as_text(data, found.contact, program.config.timezone))
    if found.waiting:
        terminal.talk(tr("more has arrived for it, which `flow run` applies"))
    return 0


def _as_text(data: dict[str, Any], contact: Contact, zone: ZoneInfo) -> str:
    from flowlang.kinds import in_words

    lines: list[str] = [data["id"]]
    lines += [f"  {name}: {in_words(value, zone)}" for name, value in contact.fields.items()]
    for name, said in (("tags", tr("tags")), ("groups", tr("groups"))):
        if data[name]:
            lines.append(tr("  {name}: {values}", name=said, values=", ".join(data[name])))
    for channel, yes in data["consent"].items():
        said = tr("yes") if yes else tr("withdrawn")
        lines.append(tr("  marketing by {channel}: {said}", channel=channel, said=said))
    if data["blocked"]:
        lines.append(tr("  blocked"))
    for name, rows in contact.records.items():
        lines += [f"  {name}: {in_words(row, zone)}" for row in rows]
    lines += [_standing(run, zone) for run in data["campaigns"]]
    lines += [
        tr(
            '  got "{message}" at {moment}',
            message=sent["message"],
            moment=terminal.clock(sent["at"], zone),
        )
        for sent in data["messages"]
    ]
    return "".join(f"{terminal.printable(line)}\n" for line in lines)


def _standing(run: dict[str, Any], zone: ZoneInfo) -> Text:
    """Where a run stands, and until when."""
    from flowlang.engine import retelling

    due = run.get("until")
    return tr(
        "  {name}: {status}{until}{held}{step}",
        name=_named(run["campaign"]),
        status=retelling.status(run["status"]),
        until=tr(" until {moment}", moment=terminal.clock(due, zone)) if due else "",
        held=tr(", held (paused)") if run.get("held") else "",
        step=f" ({run['step']})" if run.get("step") else "",
    )


def _named(campaign: str) -> str:
    """A campaign by its name; a group send, which has none that a person gave it, as what it is."""
    from flowlang.engine import retelling

    known = retelling.whose(campaign)
    return known if known is not campaign else tr('campaign "{name}"', name=campaign)


@contacts.command(epilog="Example: flow contacts history c1")
@click.argument("contact")
@storing.workspace_option
@storing.store_option
@storing.format_option
def history(contact: str, path: Path | None, url: str | None, output_format: str) -> int:
    """Show every decision that was made for a CONTACT (its id or e-mail address), with its reason.

    JSON is one object a line, as `flow simulate --timeline` writes it.
    """
    from flowlang.engine.showing import SeveralContacts, contact_id, there_is_none

    workspace = paths.one(path)
    zone = workspace.settings.config().timezone
    with storing.existing(workspace, url) as store:
        try:
            found_id = contact_id(store, contact)
        except SeveralContacts as several:
            terminal.talk(terminal.printable(why(several)))
            return FOUND
        rows = store.history(found_id)
        if not rows:
            none = there_is_none(store, found_id, tr("there is no history of a contact"))
            terminal.talk(terminal.printable(why(none)))
            return FOUND
    decisions.write([row.entry for row in rows], zone, output_format)
    return 0


@contacts.group(epilog="Example: flow contacts robinson import robinson.txt")
def robinson() -> None:
    """The Robinson list: addresses that get no marketing, whatever their contact agreed to."""


@robinson.command("import", epilog="Example: flow contacts robinson import robinson.txt")
@click.argument("file", type=click.Path(path_type=Path))
@storing.workspace_option
@storing.store_option
@storing.format_option
def import_robinson(file: Path, path: Path | None, url: str | None, output_format: str) -> int:
    """Add the addresses in a FILE (one a line, or CSV) to the Robinson list; `-` is standard
    input.
    """
    from flowlang.intake.robinson import read_addresses

    found = read_addresses(storing.label(file), storing.content(file))
    with storing.opened_below(path, url) as store:
        new = store.import_robinson(found.addresses)
    known = len(found.addresses) - new
    if output_format == "json":
        counts = {
            "read": found.read, "new": new, "known": known, "duplicates": found.duplicates,
            "left_out": found.left_out,
        }  # fmt: skip
        intake.write(found.name, counts, found.problems)
    else:
        terminal.talk(terminal.printable(found.headline))
        intake.tell(found.name, found.problems)
        terminal.talk(tr("{new:,} new, {known:,} known", new=new, known=known))
    return FOUND if found.has_errors else 0
