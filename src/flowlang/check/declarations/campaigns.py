"""Campaigns, automations and tests: their names; what they say is compiled later."""

from __future__ import annotations

from flowlang.check.declarations.reader import Reader, reads
from flowlang.speech import tr
from flowlang.syntax import campaigns as tree
from flowlang.syntax import scripts


@reads(tree.Campaign)
def campaign(reader: Reader, item: tree.Campaign) -> None:
    """A campaign."""
    if reader.new(tr("campaign"), item.name):
        reader.names.campaigns[item.name.value] = item


@reads(tree.Automation)
def automation(reader: Reader, item: tree.Automation) -> None:
    """An automation."""
    if reader.new(tr("automation"), item.name):
        reader.names.automations[item.name.value] = item


@reads(scripts.Test)
def test(reader: Reader, item: scripts.Test) -> None:
    """A test."""
    reader.new(tr("test"), item.name)
