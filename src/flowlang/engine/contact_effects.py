"""What a step can do to its contact: a change shows at once; as a trigger it has its turn later."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flowlang import calendar
from flowlang.check.view import View
from flowlang.contact import Happening
from flowlang.engine.at_hand import NO_RUN, AtHand
from flowlang.engine.changes import NONE, Change
from flowlang.engine.recalling import recall
from flowlang.kinds import in_words

HAD_IT = ", which it had"
"""Behind a tag that was given to one who had it: no trigger."""


class ContactEffects(AtHand):
    """Changes to the contact at hand."""

    def _changed(
        self,
        text: str,
        held: frozenset[tuple[str, int]],
        event: str = "",
        data: dict[str, Any] | None = None,
        fields: dict[str, tuple[Any, Any]] | None = None,
    ) -> None:
        contact = self.contact
        contact.seq += 1
        self.changes.append(
            Change(
                text, self.now, contact.seq, event, data or {}, fields or {}, self.ancestry, held
            )
        )

    def _held(self) -> frozenset[tuple[str, int]]:
        """The starts `as soon as` whose condition holds before a change."""
        if not self.as_soon:
            return NONE
        contact = self.contact
        found = []
        for name, index, condition in self.as_soon:
            view = View(contact, self.now, self._zone(contact, self.by_name[name]), self)
            if condition(view):
                found.append((name, index))
        return frozenset(found)

    def tag(self, name: str, until: datetime | None) -> None:
        contact = self.contact
        if name in contact.tags:
            contact.tags[name] = until
            self._tag_timer(name, until)
            self.note("tagged", f"{name}{HAD_IT}")
            return
        held = self._held()
        contact.tags[name] = until
        self._tag_timer(name, until)
        self.note("tagged", name)
        self._changed(f'tag "{name}"', held)

    def _tag_timer(self, name: str, until: datetime | None) -> None:
        if until is not None:
            self.contact.tag_began[name] = self.world.tick()
        elif self.contact.tag_began:
            self.contact.tag_began.pop(name, None)

    def untag(self, name: str) -> None:
        contact = self.contact
        if name not in contact.tags:
            return
        held = self._held()
        del contact.tags[name]
        contact.tag_began.pop(name, None)
        self.note("untagged", name)
        self._changed(f'untag "{name}"', held)

    def _end_tag(self, name: str) -> None:
        self.note("tag ended", name)
        held = self._held()
        del self.contact.tags[name]
        self.contact.tag_began.pop(name, None)
        self._changed(f'the tag "{name}" ended', held)

    def set_field(self, name: str, value: Any) -> None:
        self.set_fields({name: value})

    def set_fields(self, values: dict[str, Any]) -> None:
        """Set fields as one change; those that stay as they are do not count."""
        contact = self.contact
        changed = {
            name: (contact.fields.get(name), value)
            for name, value in values.items()
            if contact.fields.get(name) != value
        }
        if not changed:
            return
        held = self._held()
        for name, (_, value) in changed.items():
            if value is None:
                contact.fields.pop(name, None)
            else:
                contact.fields[name] = value
        if "timezone" in changed:
            self._zone_changed()
        if self.world.history is not None:
            for name, (old, value) in changed.items():
                change = f"{in_words(old, self.zone)} → {in_words(value, self.zone)}"
                self.note("set" if value is not None else "cleared", f"{name}: {change}")
        verb = "set" if any(value is not None for _, value in changed.values()) else "clear"
        self._changed(f"{verb} {', '.join(changed)}", held, fields=changed)

    def _zone_changed(self) -> None:
        """Waits that begin from now on are in the contact's new zone."""
        name = self.contact.zone_name()
        if name and calendar.zone(name) is None:
            self.note("unknown time zone", f"{name}: {self.default_zone.key} is used")
        self._home = self._zone(self.contact, None)
        self.zone = self._zone(self.contact, self.campaign if self.run is not NO_RUN else None)
        run = self.run if self.run is not NO_RUN else None
        self.view = View(self.contact, self.now, self.zone, self, run)

    def join(self, group: str) -> None:
        if group in self.contact.groups:
            return
        held = self._held()
        self.contact.groups.add(group)
        self.note("joined group", group)
        self._changed(f'join group "{group}"', held)

    def leave(self, group: str) -> None:
        if group not in self.contact.groups:
            return
        held = self._held()
        self.contact.groups.discard(group)
        self.note("left group", group)
        self._changed(f'leave group "{group}"', held)

    def revise(
        self,
        *,
        fields: dict[str, Any],
        tags: Iterable[str] = (),
        groups: Iterable[str] = (),
        consent: dict[str, bool] | None = None,
        blocked: bool | None = None,
        records: dict[str, list[dict[str, Any]]] | None = None,
        new: bool = False,
    ) -> bool:
        """A new contact, or a row of an import that changes one: all of it is one trigger.

        Gives whether anything changed; a row that changes nothing is no trigger.
        """
        contact = self.contact
        held = NONE if new else self._held()
        changed = {
            name: (contact.fields.get(name), value)
            for name, value in fields.items()
            if contact.fields.get(name) != value
        }
        for name, (_, value) in changed.items():
            if value is None:
                contact.fields.pop(name, None)
            else:
                contact.fields[name] = value
        more = [tag for tag in tags if tag not in contact.tags]
        contact.tags.update(dict.fromkeys(more))
        joined = [group for group in groups if group not in contact.groups]
        contact.groups.update(joined)
        agreed = {c: yes for c, yes in (consent or {}).items() if contact.consent.get(c) is not yes}
        contact.consent.update(agreed)
        barred = blocked is not None and blocked is not contact.blocked
        if blocked is not None:
            contact.blocked = blocked
        rows = {
            name: one for name, one in (records or {}).items() if contact.records.get(name) != one
        }
        contact.records.update(rows)
        self.zone = self._home = self._zone(contact, None)
        if not (new or changed or more or joined or agreed or barred or rows):
            return False
        self.view = View(contact, self.now, self.zone, self)
        self._note_revised("created" if new else "updated", [*changed, *rows], more, joined)
        if not new:
            self._recall_revised(agreed, barred=barred and contact.blocked)
        self._changed("new contact" if new else "contact updated", held, fields=changed)
        return True

    def _recall_revised(self, agreed: dict[str, bool], *, barred: bool) -> None:
        if barred:
            self._recall()
        for channel, granted in agreed.items():
            if not granted:
                self._recall(channel)

    def _note_revised(
        self, what: str, fields: list[str], tags: list[str], groups: list[str]
    ) -> None:
        """Note what came with a contact, each kind of thing for itself."""
        quoted = {"tags": tags, "groups": groups}
        kinds = [", ".join(fields)] if fields else []
        for kind, names in quoted.items():
            if names:
                kinds.append(f"{kind} " + ", ".join(f'"{name}"' for name in names))
        self.note(what, "; ".join(kinds))

    def add_record(self, name: str, row: dict[str, Any]) -> None:
        held = self._held()
        rows = self.contact.records.setdefault(name, [])
        rows.append({key: value for key, value in row.items() if value is not None})
        self.note("record added", name)
        self._changed(f"add {name}", held)

    def change_records(
        self, name: str, change: dict[str, Any], holds: Callable[[dict[str, Any]], bool]
    ) -> None:
        held = self._held()
        view, changed = self.view, False
        for row in self.contact.records.get(name, ()):
            if not holds(row):
                continue
            for field, value in change.items():
                if callable(value):
                    view.row = row
                    new = value(view)
                    view.row = None
                else:
                    new = value
                if row.get(field) != new:
                    changed = True
                    row[field] = new
        if changed:
            self.note("records changed", name)
            self._changed(f"set {name}", held)

    def remove_records(self, name: str, holds: Callable[[dict[str, Any]], bool]) -> None:
        rows = self.contact.records.get(name, [])
        kept = [row for row in rows if not holds(row)]
        if len(kept) == len(rows):
            return
        held = self._held()
        self.contact.records[name] = kept
        self.note("records removed", name)
        self._changed(f"remove {name}", held)

    def happen(self, event: str, data: dict[str, Any]) -> None:
        self._happened(event, data, self._held())

    def react(self, kind: str, message: str, link: str | None) -> None:
        """The contact opened or clicked the last copy of a message that it got."""
        held = self._held()
        for sent in reversed(self.contact.messages):
            if sent.message == message:
                moments = getattr(sent, kind)
                self.world.reactions[kind, message] += not moments
                moments.append((self.now, self.contact.seq + 1))
                break
        self._happened(kind, {"message": message, "link": link}, held)

    def came_back(self, kind: str, message: str | None) -> None:
        """Count what came back of the last copy of a message, once for each copy."""
        for sent in reversed(self.contact.messages):
            if sent.message == message:
                if kind in sent.returned:
                    return
                sent.returned += (kind,)
                break
        self.world.reactions[kind, message or ""] += 1

    def bounce(self, address: str | None, message: str | None) -> None:
        """A hard bounce: the address gets nothing more."""
        held = self._held()
        other, _ = self.contact.elsewhere.get(message or "", ("", None))
        if not address or address.casefold() != other.casefold():
            self.came_back("bounced", message)
        elif address.casefold() not in self.contact.bounced:
            self.world.reactions["bounced", message or ""] += 1
        if address:
            self.contact.bounced.add(address.casefold())
        self._happened("bounced", {"message": message, "address": address or None}, held)

    def _happened(self, event: str, data: dict[str, Any], held: frozenset[tuple[str, int]]) -> None:
        contact = self.contact
        known = {
            "at": self.now,
            **{name: value for name, value in data.items() if value is not None},
        }
        self.note("event", event)
        self._changed(event, held, event, known)
        contact.events.setdefault(event, []).append(Happening(known["at"], known, contact.seq))

    def consent(self, channel: str, granted: bool) -> None:
        if self.contact.consent.get(channel) is granted:
            return
        held = self._held()
        self.contact.consent[channel] = granted
        self.note("consent granted" if granted else "consent withdrawn", f"marketing by {channel}")
        if not granted:
            self._recall(channel)
        verb = "grant" if granted else "withdraw"
        self._changed(f"{verb} marketing by {channel}", held)

    def block(self, blocked: bool) -> None:
        if self.contact.blocked is blocked:
            return
        held = self._held()
        self.contact.blocked = blocked
        self.note("blocked" if blocked else "unblocked")
        if blocked:
            self._recall()
        self._changed("block" if blocked else "unblock", held)

    def delete(self) -> None:
        contact = self.contact
        run, campaign = self.run, self.campaign
        for other in contact.runs.values():
            if other.under_way and other is not run:
                self._take(other)
                self._over(other, "stopped", "the contact was deleted")
        self.run, self.campaign = run, campaign
        if run is not NO_RUN and run.under_way:
            self._over(run, "finished", "the contact was deleted")
        self.note("deleted")
        contact.deleted = True
        contact.tag_began.clear()
        recall(self.world, contact, "the contact was deleted", self.now)
        self.changes.clear()

    def _recall(self, channel: str = "") -> None:
        """Take back marketing by a channel that waits to go out; without one, all letters."""
        contact, reason = self.contact, self.sending.recipients.withdrawn if channel else "blocked"
        recall(self.world, contact, reason, self.now, channel)
