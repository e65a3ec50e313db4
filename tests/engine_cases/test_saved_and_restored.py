"""SpiffWorkflow: every timer and message test has a twin that saves and restores in between.

Here every test there is has one: after whatever happened to a contact, it is written as the store
writes it, forgotten, and read again.
"""

from __future__ import annotations

import pytest

from flowlang.cli.codes import of_files
from flowlang.contact import Contact
from flowlang.engine.play import NotedFiles, Play
from flowlang.engine.state import Aside, States
from flowlang.engine.timeline import Timeline
from flowlang.engine.world import World
from flowlang.program.program import Program
from tests.workspaces import load, names


class Restoring(Timeline):
    """A timeline whose contacts are written and read again after whatever happened to them."""

    states: States

    def settle(self, contact: Contact) -> None:
        super().settle(contact)
        text = self.states.write(contact, Aside())
        again, aside = self.states.read(text)
        assert aside == Aside()
        assert self.states.write(again, Aside()) == text
        if contact is self.system:
            self.system = self._by_number[0] = again
        else:
            self.contacts[contact.id] = again
            self._by_number[self._numbers[contact.id]] = again


def restored_play(program: Program, codes: dict[str, tuple[str, ...]]) -> Play:
    """A test's stage over such a timeline."""
    world, files = World(program, writes_letters=True), NotedFiles()
    Restoring.states = States(program)
    play = Play(program, world, Restoring(program, world, files), files)
    world.history = play.entries.append
    world.answers = play.answer
    for name, known in codes.items():
        world.pool(name).add(known)
    return play


@pytest.mark.parametrize("place", names("examples", "tests/semantics", "tests/language"))
def test_what_holds_holds_for_contacts_that_are_saved_and_read_again(place: str) -> None:
    found = load(place)
    program = found.runnable
    if program is None:  # one whose mistakes are the test
        assert "findings" in place
        return
    codes, _ = of_files(program)
    for script in found.tests:
        result = script.run(program, codes, restored_play)
        assert result.passed, result.message
