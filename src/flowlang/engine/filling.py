"""How a message is filled in: rendered, checked, its codes taken; all or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from flowlang.check.names import EmptyAction, Message
from flowlang.check.templates import Template
from flowlang.effects import Terms
from flowlang.engine.letters import written
from flowlang.engine.recipients import Recipients, template_for, value_of
from flowlang.engine.render import Rendered, Renderer, Unrenderable
from flowlang.engine.telling import Said, counted
from flowlang.engine.world import Pool, SentOut, World
from flowlang.program.program import Program

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


class Unfilled(NamedTuple):
    """Why a message cannot be filled in: its send is skipped."""

    reason: Literal["template error", "missing value", "no code"]
    detail: str = ""


class Filling:
    """Fills in the messages of a world, and takes their codes out of its lists."""

    def __init__(self, program: Program, world: World, recipients: Recipients) -> None:
        self.program = program
        self.config = program.config
        self.world = world
        self.recipients = recipients
        self.renderer = Renderer(program)

    def may_halt(self, message: Message, when_empty: EmptyAction | None) -> bool:
        """Whether a send of this message may be halted, and so waits behind those who are."""
        if message.when_missing == "halt":
            return True
        return any(self.policy_of(name, when_empty) == "halt" for name in message.lists)

    def policy_of(self, name: str, when_empty: EmptyAction | None) -> EmptyAction:
        """What becomes of a send where a coupon list is empty, by the send or by the list."""
        return when_empty or self.program.names.coupons[name].when_empty

    def fill(
        self, do: RunEffects, message: Message, terms: Terms, address: str, language: str
    ) -> str | Unfilled | Said:
        """Write the letter and take its codes.

        Gives what the history says of the codes.  Nothing has been taken where it gives the reason
        instead: `Unfilled` where the send is skipped, `Said` where it is halted.
        """
        template = template_for(message, language)
        nothing = not template.lists and template.needs == () and not template.may_fail
        if nothing and not self.world.writes_letters:
            return ""  # there is nothing to fill in
        try:
            return self._filled(do, message, terms, address, language)
        except Unrenderable as failure:
            return Unfilled("template error", str(failure))

    def _filled(
        self, do: RunEffects, message: Message, terms: Terms, address: str, language: str
    ) -> str | Unfilled | Said:
        when_empty, template = terms.when_empty, template_for(message, language)
        codes, missing = self._codes(do, message, template, language)
        if missing:
            action = message.when_missing or "skip"
            if action == "halt":
                return Said("nothing-to-put-in", {"name": missing})
            if action == "skip":
                return Unfilled("missing value", missing)
        empty = [name for name, code in codes.items() if code is None]
        actions = {self.policy_of(name, when_empty) for name in empty}
        if "skip" in actions:
            return Unfilled("no code")
        if "halt" in actions:
            lists = ", ".join(
                f'"{name}"' for name in empty if self.policy_of(name, when_empty) == "halt"
            )
            return Said("empty", {"lists": lists})
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
        return _codes_in_words(shown, empty) if self.world.history is not None else ""

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
                    if value_of(do.contact, do.run, do.view.event, head, name) is None
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
            self.world.nears(("low", name), pool.left - limit + 1)
        if limit and pool.left == limit - 1:
            codes = counted(self.program.language, "code", pool.left)
            self.world.tell(do.now, Said("low", {"list": name, "codes": codes}))
            self.world.happened("coupons low", {"list": name, "left": pool.left})
        if pool.left == 0:
            self.world.happened("coupons empty", {"list": name, "left": 0})

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
                    address != self.recipients.address(do.contact, message)[0],
                )
            )  # fmt: skip


def _codes_in_words(taken: dict[str, str], empty: list[str]) -> str:
    """The codes that a send took, and the texts that stand in for one, for the history."""
    words = ""
    for name, code in taken.items():
        if name in empty:
            words += f', "{code}" in place of a code of "{name}"'
        else:
            words += f', code {code} of "{name}"'
    return words
