"""What can be done about findings: the fix of each, all safe ones of a text at once, a comment that
allows what a rule finds, and the test that shows it.

A safe fix is the preferred one; what is not safe says so in its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from flowlang.lsp.checked import Checked, same_text
from flowlang.lsp.features.diagnostics import diagnostic
from flowlang.lsp.server import FlowServer
from flowlang.lsp.shown_by_tests import insertions
from flowlang.lsp.texts import Open
from flowlang.rules import allowances
from flowlang.source import Edit, Finding, Fix, touching
from flowlang.speech import in_language, tr

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.flow"


def register(server: FlowServer) -> None:
    """Answer what can be done about findings."""
    kinds: list[types.CodeActionKind | str] = [types.CodeActionKind.QuickFix, FIX_ALL]

    @server.answers(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(kinds))
    def actions(server: FlowServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        found = server.settled(params.text_document.uri)
        if found is None:
            return []
        document, checked = found
        wanted = params.context.only
        actions: list[types.CodeAction] = []
        if _is_wanted(types.CodeActionKind.QuickFix.value, wanted):
            here = list(_asked_about(server, document, checked, params))
            actions += [
                _quick_fix(server, finding, fix)
                for finding in here
                if (fix := finding.fix) is not None and fix.edits
            ]
            actions += _allowing(server, document, checked, here)
            actions += _showing(server, document, checked, here)
        if _is_wanted(FIX_ALL, wanted):
            actions += _fix_all(server, document, checked)
        return actions


def _is_wanted(kind: str, only: Iterable[types.CodeActionKind | str] | None) -> bool:
    """Whether an editor asks for this kind of action: for it, one above it, or for any."""
    if not only:
        return True
    asked = [str(getattr(one, "value", one)) for one in only]
    return any(kind == one or kind.startswith(f"{one}.") for one in asked)


def _asked_about(
    server: FlowServer, document: Open, checked: Checked, params: types.CodeActionParams
) -> Iterator[Finding]:
    """The findings in the stretch at hand, and those that the editor names: often its line's."""
    first = server.offset(document.source, params.range.start)
    last = server.offset(document.source, params.range.end)
    named = {
        (one.code, server.offset(document.source, one.range.start))
        for one in params.context.diagnostics
    }
    for finding in checked.findings_in(document.source):
        is_named = (finding.diagnostic.code, finding.span.start) in named
        if is_named or _concerns(finding, first, last):
            yield finding


def _concerns(finding: Finding, first: int, last: int) -> bool:
    """Whether a finding, or one of its edits, lies in a stretch of its text."""
    spans = [finding.span, *(edit.span for edit in (finding.fix.edits if finding.fix else ()))]
    return any(
        span.source is finding.span.source and span.start <= last and first <= span.end
        for span in spans
    )


def _quick_fix(server: FlowServer, finding: Finding, fix: Fix) -> types.CodeAction:
    return types.CodeAction(
        _title(finding, fix),
        types.CodeActionKind.QuickFix,
        [diagnostic(server, finding)],
        is_preferred=fix.safe,
        edit=_edit(server, fix.edits),
    )


def _allowing(
    server: FlowServer, document: Open, checked: Checked, here: Iterable[Finding]
) -> Iterator[types.CodeAction]:
    """Comments that allow findings; until the reason is filled in, the comment is one itself."""
    files = checked.workspace.files
    parsed = next((one for one in files if same_text(one.source, document.source)), None)
    if parsed is None:  # a body file, where no comment can stand
        return
    for finding in here:
        edit = allowances.allowing(finding, parsed, checked.workspace.settings.rules)
        if edit is not None:
            yield types.CodeAction(
                tr("Allow {rule} on this line because …", rule=finding.diagnostic.name).in_(
                    finding.language
                ),
                types.CodeActionKind.QuickFix,
                [diagnostic(server, finding)],
                edit=_edit(server, (edit,)),
            )


def _showing(
    server: FlowServer, document: Open, checked: Checked, here: Iterable[Finding]
) -> Iterator[types.CodeAction]:
    """Tests in which a contact walks the path that a finding is about."""
    for finding, edit in insertions(checked, document.source, here):
        yield types.CodeAction(
            tr("Insert the test that shows it").in_(finding.language),
            types.CodeActionKind.QuickFix,
            [diagnostic(server, finding)],
            edit=_edit(server, (edit,)),
        )


def _title(finding: Finding, fix: Fix) -> str:
    """What a fix does, in a few words."""
    first = fix.edits[0]
    new, old = first.text.strip(), first.span.text.strip()
    said: str
    if new == old:  # it is about blanks
        said = finding.hint or finding.message
        said = f"{said[:1].upper()}{said[1:]}"
    elif not new:
        said = tr("Remove `{old}`", old=_short(old))
    elif not old:
        said = tr("Insert `{new}`", new=_short(new))
    else:
        said = tr("Write `{new}` for `{old}`", new=_short(new), old=_short(old))
    if len(fix.edits) > 1:
        said = tr("{said} ({count} places)", said=said, count=len(fix.edits))
    if not fix.safe:
        said = tr("{said} (unsafe: read it again)", said=said)
    return in_language(said, finding.language)


def _short(text: str) -> str:
    line = text.split("\n", 1)[0]
    return f"{line[:37]}..." if len(line) > 40 else line


def _fix_all(server: FlowServer, document: Open, checked: Checked) -> list[types.CodeAction]:
    """All safe fixes of a text that do not touch each other."""
    chosen: list[Edit] = []
    count = 0
    for finding in checked.findings_in(document.source):
        fix = finding.fix
        if fix is None or not fix.safe or not fix.edits:
            continue
        if any(edit.span.source is not finding.span.source for edit in fix.edits):
            continue
        if not any(touching(one, other) for one in fix.edits for other in chosen):
            chosen += fix.edits
            count += 1
    if not chosen:
        return []
    title = tr("Apply all safe fixes ({count})", count=count).in_(document.source.language)
    return [types.CodeAction(title, FIX_ALL, edit=_edit(server, chosen))]


def _edit(server: FlowServer, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        uri = server.places.uri(edit.span.source)
        changes.setdefault(uri, []).append(server.places.edit(edit.span, edit.text))
    return types.WorkspaceEdit(changes)
