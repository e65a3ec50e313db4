"""Who may get a message now: at which address, in which language, and why not."""

from __future__ import annotations

from typing import Any

from flowlang.check.names import Message
from flowlang.check.templates import Template
from flowlang.check.view import View
from flowlang.contact import Contact, Run, usable_address
from flowlang.effects import Terms
from flowlang.engine.world import World
from flowlang.program.program import Program


class Recipients:
    """The contacts of a world, as those who get its messages."""

    def __init__(self, program: Program, world: World) -> None:
        self.program = program
        self.config = program.config
        self.world = world

    def address(self, contact: Contact, message: Message) -> tuple[str, bool]:
        """The address for a message's channel ("" if none), and whether it is [NO MAILING]."""
        name = self.config.address_field(message.channel)
        raw = contact.fields.get(name) if name else None
        if raw is None:
            return "", False
        found = usable_address(raw) if "[" in raw else (raw, False)
        if contact.bounced and found[0].casefold() in contact.bounced:
            return "", False
        return found

    def barred(self, contact: Contact, message: Message) -> str | None:
        """Why a contact cannot get a message now, apart from windows and caps; None if it can."""
        return self.judged(contact, message)[0]

    def judged(self, contact: Contact, message: Message) -> tuple[str | None, str]:
        """Why a contact cannot get a message now, None if it can; and the address for it."""
        if contact.blocked:
            return "blocked", ""
        address, marked = self.address(contact, message)
        marketing = message.kind == "marketing"
        if not address or (marked and marketing):
            return "no address", address
        if not marketing:
            return None, address
        if self.world.robinson and address.casefold() in self.world.robinson:
            return "robinson", address
        consent = contact.consent.get(message.channel)
        if self.config.regime == "opt-in":
            return None if consent is True else "no consent", address
        return "objection" if consent is False else None, address

    @property
    def withdrawn(self) -> str:
        """Why who has withdrawn the consent gets no marketing."""
        return "no consent" if self.config.regime == "opt-in" else "objection"

    def receivable(self, view: View, message: Message) -> bool:
        """Whether nothing but windows and caps stands against a send: values, codes are there."""
        contact = view.contact
        if self.barred(contact, message) is not None:
            return False
        template = template_for(message, self.own_language(contact))
        run = view.run or Run("", "", "")
        needs = () if message.when_missing == "show" else template.needs or ()
        if any(value_of(contact, run, view.event, head, name) is None for head, name in needs):
            return False
        return all(self._has_code(contact, name, template) for name in template.lists)

    def _has_code(self, contact: Contact, name: str, template: Template) -> bool:
        if self.program.names.coupons[name].when_empty == "show" or self.world.pool(name).left:
            return True
        return name not in template.fresh and name in contact.codes

    def language(self, view: View, terms: Terms) -> str:
        """What a send says, else the contact's own, else the workspace's."""
        said = terms.language(view) if terms.language is not None else None
        return str(said) if said else self.own_language(view.contact)

    def own_language(self, contact: Contact) -> str:
        """The contact's own language, else the workspace's."""
        return str(contact.fields.get("language") or self.config.language)


def template_for(message: Message, language: str) -> Template:
    """The variant in a language, else the one that is shared."""
    ready = message.ready
    if len(ready) == 1:
        return ready[""]
    language = language.lower()
    for candidate in (language, language.replace("_", "-").split("-")[0]):
        if candidate in ready:
            return ready[candidate]
    return ready[""]


def value_of(contact: Contact, run: Run, event: dict[str, Any], head: str, name: str) -> Any:
    """A value that a template needs (`Template.needs`); None where there is none."""
    match head:
        case "contact":
            return contact.id if name == "id" else contact.fields.get(name)
        case "event":
            return event.get(name)
        case "reply":
            return (run.reply or {}).get(name)
        case _:
            data = run.answer
            for part in name.split("."):
                data = data.get(part) if isinstance(data, dict) else None
            return data
