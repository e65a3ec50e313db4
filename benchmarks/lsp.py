"""`flow lsp`: from a key press to the findings and to the completions, through the real protocol.

An editor has a file of 500 lines open, alone and in a workspace of 50 files, and a person types in
the middle of it.  Each key press is a change of the text; the time is taken until the findings of
that very version have come, and until the completions at the cursor have.
"""

from __future__ import annotations

import asyncio
import os
import platform
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

EDITS = 200
LINES = 500
OTHERS = 50
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "webinar" / "webinar.flow"
TYPED = '  if score >= 50 and tagged "webinar"\n    send "Offer 3"\n    wait until webinar_date\n'


def block(number: int) -> str:
    """The webinar example, self-contained, with names of its own."""
    text = EXAMPLE.read_text(encoding="utf-8").replace('use "consent"\n', "")
    text = text.replace('body file "mails/reminder.html"', 'body """\n    Tomorrow.\n    """')
    names = set(
        re.findall(r'^(?:coupons|message|policy|campaign|test) "([^"]+)"', text, re.MULTILINE)
    )
    for name in names:
        text = text.replace(f'"{name}"', f'"{name} {number}"')
        text = text.replace(f"'{name}'", f"'{name} {number}'")
    return text


def large() -> str:
    """A file of 500 lines or a little more."""
    text = ""
    while text.count("\n") < LINES:
        text += block(text.count("\n") // 70)
    return text


class Typing:
    """A person at an editor."""

    def __init__(self) -> None:
        self.client = LanguageClient("benchmark", "1")
        self.version = 0
        self.uri = ""
        self.arrived: dict[int, float] = {}
        self.told = asyncio.Event()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator] # pygls has no types there
        def published(params: types.PublishDiagnosticsParams) -> None:
            if params.uri == self.uri and params.version is not None:
                self.arrived.setdefault(params.version, time.perf_counter())
                self.told.set()

    async def begin(self, path: Path, text: str) -> None:
        """Start the server and open the file."""
        flow = str(Path(sys.executable).with_name("flow"))
        await self.client.start_io(flow, "lsp")
        params = types.InitializeParams(
            types.ClientCapabilities(), root_uri=path.parent.as_uri(), process_id=os.getpid()
        )
        await self.client.initialize_async(params)
        self.client.initialized(types.InitializedParams())
        self.uri = path.as_uri()
        item = types.TextDocumentItem(self.uri, "flow", 0, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        await self.findings(0)

    async def findings(self, version: int) -> float:
        """When the findings of a version have come."""
        while version not in self.arrived:
            self.told.clear()
            await self.told.wait()
        return self.arrived[version]

    async def press(self, text: str, at: int) -> tuple[float, float]:
        """Change the text; seconds until its findings, and of the completions after them."""
        self.version += 1
        begun = time.perf_counter()
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self.uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )
        found = await self.findings(self.version) - begun
        line = text.count("\n", 0, at)
        place = types.Position(line, at - (text.rfind("\n", 0, at) + 1))
        begun = time.perf_counter()
        await self.client.text_document_completion_async(
            types.CompletionParams(types.TextDocumentIdentifier(self.uri), place)
        )
        return found, time.perf_counter() - begun

    async def end(self) -> None:
        """Say goodbye."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call] # as above


async def measure(folder: Path, what: str) -> None:
    """Type in the middle of the file, key by key."""
    text = large()
    path = folder / "large.flow"
    path.write_text(text, encoding="utf-8")
    typing = Typing()
    await typing.begin(path, text)
    chance = random.Random(1)  # noqa: S311 - the same edits every time
    steps = [found.end() for found in re.finditer(r'  untag "webinar"\n', text)]
    found: list[float] = []
    completed: list[float] = []
    while len(found) < EDITS:
        at = chance.choice(steps)
        for length in range(1, len(TYPED) + 1):
            now = text[:at] + TYPED[:length] + "\n" + text[at:]
            findings, completion = await typing.press(now, at + length)
            found.append(findings)
            completed.append(completion)
            if len(found) == EDITS:
                break
    await typing.end()
    print(f"{what}, {len(found)} key presses:")
    for name, times in (("findings", found), ("completions", completed)):
        ordered = sorted(times)
        print(
            f"  {name:12} {statistics.median(ordered) * 1000:6.1f} ms in the median,"
            f" {ordered[len(ordered) * 95 // 100] * 1000:6.1f} ms at 95%"
        )


def main() -> None:
    """Measure both, and print the machine's facts beside them."""
    print(
        f"{platform.python_implementation()} {platform.python_version()},"
        f" {os.cpu_count()} cores, {platform.machine()},"
        f" load {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory() as temporary:
        lines = large().count("\n")
        asyncio.run(measure(Path(temporary), f"a file of {lines} lines"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "flow.toml").write_text("", encoding="utf-8")
        for number in range(OTHERS):
            other = folder / f"{number}.flow"
            other.write_text(block(1_000 + number), encoding="utf-8")
        asyncio.run(measure(folder, f"the same in a workspace of {OTHERS} more files"))


if __name__ == "__main__":
    main()
