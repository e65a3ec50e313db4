"""Run a test or simulate a campaign, from a line above it.

The server runs both; the answer of the command has what came of it, and a message says it in short.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from lsprotocol import types

from flowlang import calendar
from flowlang.engine import retelling
from flowlang.engine.files import FileFailure
from flowlang.lsp.checked import Checked
from flowlang.lsp.running import contacts_file, played, simulated
from flowlang.lsp.server import FlowServer
from flowlang.program.program import Program
from flowlang.speech import ENGLISH, in_language, joined, tr, tr_n, why
from flowlang.syntax.campaigns import Campaign
from flowlang.syntax.scripts import Test

RUN_TEST = "flow.runTest"
SIMULATE = "flow.simulate"


def register(server: FlowServer) -> None:
    """Answer code lenses and their two commands."""

    @server.answers(types.TEXT_DOCUMENT_CODE_LENS)
    def lenses(server: FlowServer, params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        found = server.study(uri)
        parsed = found[1].parsed(found[0].source) if found else None
        if found is None or parsed is None:
            return []
        made: list[types.CodeLens] = []
        language = parsed.language
        last = server.studies.last(found[1].key)
        data = contacts_file(last.workspace) if last else None
        for item in parsed.tree.items:
            if isinstance(item, Test):
                title = in_language(tr("Run test"), language)
                command = types.Command(title, RUN_TEST, arguments=[uri, item.name.value])
            elif isinstance(item, Campaign) and data is not None:
                title = tr("Simulate with {file}", file=data.name).in_(language)
                command = types.Command(title, SIMULATE, arguments=[uri, item.name.value])
            else:
                continue
            made.append(types.CodeLens(server.places.range(item.name.span), command))
        return made

    @server.runs(RUN_TEST)
    def run_test(server: FlowServer, arguments: Sequence[Any]) -> dict[str, Any]:
        """Run one test: `passed`, and where it failed the `message`; `line` is counted from 1."""
        found = _runnable(server, arguments)
        if isinstance(found, str):
            return _told(server, arguments, {"passed": False, "message": found}, found, failed=True)
        checked, program, name = found
        script = next((one for one in checked.workspace.tests if one.name == name), None)
        if script is None:
            said = tr('there is no test "{name}"', name=name)
            return _told(server, arguments, {"passed": False, "message": said}, said, failed=True)
        result, _ = played(checked.workspace, program, script)
        said = (
            tr('"{name}" passed', name=name)
            if result.passed
            else tr('"{name}" failed: {message}', name=name, message=result.message)
        )
        answer = {
            "passed": result.passed,
            "message": result.message,
            "name": name,
            "line": result.line,
        }
        return _told(server, arguments, answer, said, failed=not result.passed)

    @server.runs(SIMULATE)
    def simulate(server: FlowServer, arguments: Sequence[Any]) -> dict[str, Any]:
        """Simulate the workspace; the answer has the counts of `flow simulate`."""
        found = _runnable(server, arguments)
        if isinstance(found, str):
            return _told(server, arguments, {"message": found}, found, failed=True)
        checked, program, name = found
        data = contacts_file(checked.workspace)
        if data is None:
            said = tr("there is no contacts.csv in the workspace to simulate with")
            return _told(server, arguments, {"message": said}, said, failed=True)
        zone = program.config.timezone
        today = calendar.instant(datetime.now(zone).date(), time(0), zone)
        try:
            counts, wrong = simulated(checked.workspace, program, data, today)
        except (FileFailure, OSError) as failure:
            return _told(server, arguments, {"message": str(failure)}, why(failure), failed=True)
        return _told(server, arguments, counts, _summary(name, counts, wrong), failed=False)


def _runnable(server: FlowServer, arguments: Sequence[Any]) -> tuple[Checked, Program, str] | str:
    """What a command is about: the workspace, its program, and a name; or why it cannot run."""
    if len(arguments) != 2 or not all(isinstance(one, str) for one in arguments):
        return tr("the address of a text and a name are needed")
    uri, name = arguments
    found = server.checked(uri)
    if found is None:
        return tr("this file is not open")
    program = found[1].workspace.runnable
    if program is None:
        errors = [one for one in found[1].mistakes if one.severity == "error"]
        first = errors[0]
        place = f"{first.span.source.name}:{first.span.line}"
        return tr(
            "there are errors in the workspace, the first at {place}: {message}",
            place=place,
            message=first.message,
        )
    return found[1], program, str(name)


def _summary(name: str, counts: dict[str, Any], wrong: int) -> str:
    """A simulation in one line."""
    campaign = counts["campaigns"].get(name, {})
    became = joined(
        tr("{count} {status}", count=count, status=retelling.status(status))
        for status, count in campaign.items()
        if count
    )
    sent = ", ".join(f'"{message}" {count}' for message, count in counts["sent"].items())
    said = tr(
        '"{name}": {became}; sent: {sent}',
        name=name,
        became=became or tr("nobody started"),
        sent=sent or tr("nothing"),
    )
    if not wrong:
        return said
    return tr_n("{said}; {count} row left out", "{said}; {count} rows left out", wrong, said=said)


def _told(
    server: FlowServer, arguments: Sequence[Any], answer: dict[str, Any], said: str, *, failed: bool
) -> dict[str, Any]:
    """Show a message in the language of the text, and give the answer."""
    kind = types.MessageType.Error if failed else types.MessageType.Info
    found = server.study(arguments[0]) if arguments and isinstance(arguments[0], str) else None
    language = found[0].source.language if found else ENGLISH
    server.window_show_message(types.ShowMessageParams(kind, in_language(said, language)))
    return answer
