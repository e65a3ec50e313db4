"""What a send does: wait for the window, be checked, take its codes, go out; all or none.

A send waits for its window first and is checked when it goes out.  One that is barred is skipped,
for the first reason of: cancelled, overdue, blocked, no address, robinson, no consent or
objection, window, cap, missing value, template error, no code.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flowlang.check.names import EmptyAction, Message, Policy
from flowlang.check.templates import Template
from flowlang.check.view import View
from flowlang.contact import Contact, Run, Sent, usable_address
from flowlang.effects import SendOutcome, Terms
from flowlang.engine.letters import written
from flowlang.engine.limits import Limits, policies_for
from flowlang.engine.processes import Process, of_send
from flowlang.engine.render import Rendered, Renderer, Unrenderable
from flowlang.engine.telling import Said, counted
from flowlang.engine.world import Pool, SentOut, Skipped, World
from flowlang.kinds import in_words
from flowlang.program.program import Program

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


class Sending:
    """The sends of an interpreter."""

    def __init__(self, program: Program, world: World) -> None:
        self.program = program
        self.config = program.config
        self.world = world
        self.renderer = Renderer(program)
        self.limits = Limits(world)
        self.shared_caps = [
            (policy.name, index, cap)
            for policy in program.names.policies.values()
            for index, cap in enumerate(policy.caps)
            if cap.in_all
        ]

    # -------------------------------------------------------------- who may get it

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
        return self._judged(contact, message)[0]

    def _judged(self, contact: Contact, message: Message) -> tuple[str | None, str]:
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
        template = template_for(message, self._own_language(contact))
        run = view.run or Run("", "", "")
        needs = () if message.when_missing == "show" else template.needs or ()
        if any(_value(contact, run, view.event, head, name) is None for head, name in needs):
            return False
        return all(self._has_code(contact, name, template) for name in template.lists)

    def _has_code(self, contact: Contact, name: str, template: Template) -> bool:
        if self.program.names.coupons[name].when_empty == "show" or self.world.pool(name).left:
            return True
        return name not in template.fresh and name in contact.codes

    # -------------------------------------------------------------- language

    def language(self, view: View, terms: Terms) -> str:
        """What a send says, else the contact's own, else the workspace's."""
        said = terms.language(view) if terms.language is not None else None
        return str(said) if said else self._own_language(view.contact)

    def _own_language(self, contact: Contact) -> str:
        return str(contact.fields.get("language") or self.config.language)

    # -------------------------------------------------------------- the send

    def send(self, do: RunEffects, message: Message, terms: Terms) -> SendOutcome:
        """Try to send to the run's contact."""
        resumed = self._resumed(message)
        passed = self._passed_over(do, message)
        if passed is not None:
            return self._skip(do, message, passed)
        policies = policies_for(do, terms)
        if policies and self._waits_for_window(do, message, policies, resumed=resumed):
            return "waiting"
        reason, address = self._judged(do.contact, message)
        if reason is None and not resumed and self._behind(message, terms.when_empty):
            return self._halt(do, message, terms, Said("behind", {}))
        if reason is None and policies:
            if self.limits.outside(do, message, policies):
                reason = "window"
            else:
                capped = self.limits.capped(do, message, policies)
                if capped is not None and capped[0] == "wait":
                    do.note("waiting", f"for the cap{_until(do, capped[1])}")
                    do.hold(capped[1], keeps_place=resumed)
                    return "waiting"
                reason = "cap" if capped is not None else None
        if reason is not None:
            return self._skip(do, message, reason)
        outcome, codes = self._fill(do, message, terms, address)
        if outcome == "sent":
            self._record(do, message, policies, address, codes)
            if do.run.wait:
                do.run.wait = {}
        return outcome

    def _resumed(self, message: Message) -> bool:
        """Whether this is the send that a person has just resumed; the run's next one is not."""
        if self.world.resuming != message.name:
            return False
        self.world.resuming = None
        return True

    def _passed_over(self, do: RunEffects, message: Message) -> str | None:
        """Why a send is not even tried, after what a person has done; None if it is."""
        if do.interrupted and do.interrupted.get(of_send(message.name, do.campaign, do.run.key)):
            return "cancelled"  # what is paused does not come here
        return "overdue" if do.passing is do.run else None

    def _waits_for_window(
        self, do: RunEffects, message: Message, policies: Sequence[Policy], *, resumed: bool
    ) -> bool:
        opening = self.limits.opening(do, message, policies)
        if opening is not None and opening <= do.now:
            return False
        do.note("waiting", f"for the send window{_until(do, opening)}")
        do.hold(opening, keeps_place=resumed)
        return True

    def _behind(self, message: Message, when_empty: EmptyAction | None) -> bool:
        """Whether others wait for this halted send, and this one has to wait behind them."""
        name = message.name
        return (
            name in self.world.halted
            and self._queues(message, when_empty)
            and self.world.anyone_waits(name)
        )

    def send_to(self, do: RunEffects, message: Message, address: str, terms: Terms) -> SendOutcome:
        """Send to another address, filled with the contact's data.

        Windows hold for it; caps count what the contact gets, and this it does not get.
        """
        resumed = self._resumed(message)
        passed = self._passed_over(do, message)
        if passed is not None:
            return self._skip(do, message, passed)
        policies = policies_for(do, terms)
        if policies and self._waits_for_window(do, message, policies, resumed=resumed):
            return "waiting"
        reason = self._barred_elsewhere(do, message, policies, address)
        if reason is not None:
            return self._skip(do, message, reason)
        if not resumed and self._behind(message, terms.when_empty):
            return self._halt(do, message, terms, Said("behind", {}))
        outcome, codes = self._fill(do, message, terms, usable_address(address)[0])
        if outcome == "sent":
            self._process(do, message).done += 1
            do.contact.elsewhere[message.name] = usable_address(address)[0], do.now
            do.note("sent", f"to {address}{codes}")
            do.run.wait = {}
        return outcome

    def _barred_elsewhere(
        self, do: RunEffects, message: Message, policies: Sequence[Policy], address: str
    ) -> str | None:
        """Why a message cannot go to an address that is not the contact's."""
        if do.contact.blocked:
            return "blocked"
        usable = usable_address(address)[0]
        if "@" not in usable or usable.casefold() in do.contact.bounced:
            return "no address"
        return "window" if self.limits.outside(do, message, policies) else None

    def _queues(self, message: Message, when_empty: EmptyAction | None) -> bool:
        """Whether a send of this message may be halted, and so waits behind those who are."""
        if message.when_missing == "halt":
            return True
        return any(self._policy_of(name, when_empty) == "halt" for name in message.lists)

    def _policy_of(self, name: str, when_empty: EmptyAction | None) -> EmptyAction:
        return when_empty or self.program.names.coupons[name].when_empty

    def _fill(
        self, do: RunEffects, message: Message, terms: Terms, address: str
    ) -> tuple[SendOutcome, str]:
        """Render, check, take the codes, all or none; and what the history says of the codes."""
        language = self.language(do.view, terms)
        template = template_for(message, language)
        nothing = not template.lists and template.needs == () and not template.may_fail
        if nothing and not self.world.writes_letters:
            return "sent", ""  # there is nothing to fill in
        try:
            return self._filled(do, message, terms, address, language)
        except Unrenderable as failure:  # nothing has been taken yet
            return self._skip(do, message, "template error", str(failure)), ""

    def _filled(
        self, do: RunEffects, message: Message, terms: Terms, address: str, language: str
    ) -> tuple[SendOutcome, str]:
        when_empty, template = terms.when_empty, template_for(message, language)
        codes, missing = self._codes(do, message, template, language)
        if missing:
            action = message.when_missing or "skip"
            if action == "halt":
                return self._halt(
                    do, message, terms, Said("nothing-to-put-in", {"name": missing})
                ), ""
            if action == "skip":
                return self._skip(do, message, "missing value", missing), ""
        empty = [name for name, code in codes.items() if code is None]
        actions = {self._policy_of(name, when_empty) for name in empty}
        if "skip" in actions:
            return self._skip(do, message, "no code"), ""
        if "halt" in actions:
            lists = ", ".join(
                f'"{name}"' for name in empty if self._policy_of(name, when_empty) == "halt"
            )
            return self._halt(do, message, terms, Said("empty", {"lists": lists})), ""
        shown = {name: code for name, code in codes.items() if code is not None}
        for name in empty:
            listed = self.program.names.coupons[name].text
            shown[name] = terms.text if when_empty == "show" else listed
        rendered = None
        if self.world.writes_letters:  # before anything is taken: it may fail
            rendered = self.renderer.render(message, template, do, shown, language)
        self._take(do, message, codes, template)
        for name in empty:
            self.world.pool(name).fallback += 1
        if rendered is not None:
            self._write(do, message, rendered, address, shown)
        return "sent", _codes_in_words(shown, empty) if self.world.history is not None else ""

    def _codes(
        self, do: RunEffects, message: Message, template: Template, language: str
    ) -> tuple[dict[str, str | None], str]:
        """Which codes the message would show (None: the list is empty), and what it lacks."""
        lists: frozenset[str] = template.lists
        if template.needs is None or template.may_fail:
            shown = {name: self._next_code(do, name, template) or "" for name in lists}
            rendered = self.renderer.render(message, template, do, shown, language)
            missing = rendered.missing
            lists = rendered.lists
        elif message.when_missing == "show":
            missing = ""
        else:
            missing = next(
                (
                    name
                    for head, name in template.needs
                    if _value(do.contact, do.run, do.view.event, head, name) is None
                ),
                "",
            )
        return {name: self._next_code(do, name, template) for name in sorted(lists)}, missing

    def _next_code(self, do: RunEffects, name: str, template: Template) -> str | None:
        if name not in template.fresh and name in do.contact.codes:
            return do.contact.codes[name][0]
        free = self.world.pool(name).free
        return free[0] if free else None

    def _take(
        self, do: RunEffects, message: Message, codes: dict[str, str | None], template: Template
    ) -> None:
        for name, code in codes.items():
            if code is None or (name not in template.fresh and name in do.contact.codes):
                continue
            pool = self.world.pool(name)
            pool.free.popleft()
            pool.used += 1
            if self.world.keeps_sends:
                pool.taken.append((code, do.contact.id, message.name, do.now))
            do.contact.codes[name] = (code, do.now)
            self._watch(do, name, pool)

    def _watch(self, do: RunEffects, name: str, pool: Pool) -> None:
        """Tell once each time the stock falls under the line."""
        limit = self.program.names.coupons[name].warn_below
        if limit and pool.left >= limit - 1:
            self.world.nears(pool.left - limit + 1)
        if limit and pool.left == limit - 1:
            codes = counted(self.config.language, "code", pool.left)
            self.world.tell(do.now, Said("low", {"list": name, "codes": codes}))
            self.world.happened("coupons low", {"list": name, "left": pool.left})
        if pool.left == 0:
            self.world.happened("coupons empty", {"list": name, "left": 0})

    def _record(
        self,
        do: RunEffects,
        message: Message,
        policies: Sequence[Policy],
        address: str,
        codes: str,
    ) -> None:
        contact, run, campaign = do.contact, do.run, do.campaign
        contact.seq += 1
        under = tuple([policy.name for policy in policies])
        contact.messages.append(
            Sent(
                message.name, do.now, message.channel, message.kind, campaign.name,
                f"{run.key}#{run.number}.{run.round}", contact.seq, under, address=address,
            )
        )  # fmt: skip
        for policy_name, index, cap in self.shared_caps:
            if cap.marketing_only and message.kind != "marketing":
                continue
            if cap.of_this_policy and policy_name not in under:
                continue
            self.world.recent.setdefault((policy_name, index), deque()).append(do.now)
        self._process(do, message).done += 1
        if self.world.history is not None:
            do.note("sent", f"to {address}{codes}")

    def _process(self, do: RunEffects, message: Message) -> Process:
        return self.world.send_process(message.name, do.campaign, do.run.key, do.now)

    def _skip(self, do: RunEffects, message: Message, reason: str, detail: str = "") -> SendOutcome:
        self._process(do, message).skipped[reason] += 1
        if self.world.keeps_sends:
            self.world.skipped.append(Skipped(message.name, do.contact.id, do.now, reason, detail))
        do.note("skipped", f"{reason}: {detail}" if detail else reason)
        do.run.wait = {}
        return "skipped"

    def _halt(self, do: RunEffects, message: Message, terms: Terms, why: Said) -> SendOutcome:
        because = why.say("en")
        self.world.anyone_waits(message.name)  # else it is not halted any more
        do.halt(
            message.name, because, when_empty=terms.when_empty,
            language=self.language(do.view, terms) if terms.language else None,
        )  # fmt: skip
        process = self._process(do, message)
        if process.status == "halted":
            return "halted"  # for the reason that was told when the first one came to wait
        others = self.world.processes.halted(message.name)
        process.halt(do.now, others[0].because if others else because)
        if not others:
            told = why.say(self.config.language)
            self.world.tell(do.now, Said("halted", {"message": message.name, "because": told}))
            self.world.happened("send halted", {"message": message.name, "waiting": 1})
        return "halted"

    def _write(
        self,
        do: RunEffects,
        message: Message,
        rendered: Rendered,
        address: str,
        codes: dict[str, str],
    ) -> None:
        """It goes out."""
        letter = written(do, message, rendered, self.renderer, address=address, codes=codes)
        self.world.letters.append(letter)
        if self.world.keeps_sends:
            self.world.sent.append(
                SentOut(
                    message.name, do.contact.id, address, do.now, do.campaign.name,
                    rendered.subject, rendered.text or rendered.html,
                    address != self.address(do.contact, message)[0],
                )
            )  # fmt: skip

    # -------------------------------------------------------------- resuming

    def missing_codes(self, message: Message, waiting: list[tuple[Contact, Run]]) -> dict[str, int]:
        """How many codes each list lacks for all who still wait and may still get the message."""
        needed: dict[str, int] = {}
        for contact, run in waiting:
            language = run.wait.get("language") or self._own_language(contact)
            template = template_for(message, language)
            if not self._may_still_get(contact, run, message, template):
                continue
            when_empty: EmptyAction | None = run.wait.get("when_empty")
            for name in template.lists:
                if self._policy_of(name, when_empty) != "halt":
                    continue
                if name in template.fresh or name not in contact.codes:
                    needed[name] = needed.get(name, 0) + 1
        return {
            name: count - self.world.pool(name).left
            for name, count in sorted(needed.items())
            if count > self.world.pool(name).left
        }

    def _may_still_get(
        self, contact: Contact, run: Run, message: Message, template: Template
    ) -> bool:
        """Whether one who waits would get the message now, were there codes."""
        if run.wait.get("elsewhere"):
            return not contact.blocked
        if self.barred(contact, message) is not None:
            return False
        if message.when_missing == "show":
            return True
        event = run.event or {}
        return all(
            _value(contact, run, event, head, name) is not None
            for head, name in template.needs or ()
        )


def _until(do: RunEffects, moment: datetime | None) -> str:
    """Until when a send waits, in words."""
    return f", until {in_words(moment, do.zone)}" if moment is not None else ""


def terms_at(do: RunEffects) -> Terms:
    """What the send says of itself at which the run stands."""
    found = getattr(do.campaign.instructions[do.run.pc], "terms", None)
    return found if isinstance(found, Terms) else Terms()


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


def _codes_in_words(taken: dict[str, str], empty: list[str]) -> str:
    """The codes that a send took, and the texts that stand in for one, for the history."""
    words = ""
    for name, code in taken.items():
        if name in empty:
            words += f', "{code}" in place of a code of "{name}"'
        else:
            words += f', code {code} of "{name}"'
    return words


def _value(contact: Contact, run: Run, event: dict[str, Any], head: str, name: str) -> Any:
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
