"""Messages: their kind, their channel, and what they say in each language."""

from __future__ import annotations

from flowlang.check import diagnostics as d
from flowlang.check.declarations.reader import Reader, reads
from flowlang.check.names import Message, Part, Variant
from flowlang.source import Span, did_you_mean
from flowlang.speech import tr
from flowlang.syntax import declarations as tree
from flowlang.syntax.tree import Node, Token


@reads(tree.Message)
def message(reader: Reader, item: tree.Message) -> None:
    """A message, with its parts in each language."""
    found = Message(item.name.value, item.name.span)
    shared = found.variants[""] = Variant()
    seen: set[type] = set()
    said: set[str] = set()
    senders: list[Token] = []
    for line in item.lines or ():
        if isinstance(line, tree.Variant):
            _variant(reader, line, found)
            continue
        reader.once(line, seen)
        match line:
            case tree.MessageKind(kind=kind):
                found.kind = kind.kind.lower()
                said.add("kind")
            case tree.Channel(name=name):
                found.channel = _channel(reader, name)
                said.add("channel")
            case tree.WhenMissing(action=action, text=text):
                found.when_missing = action.kind.lower()  # type: ignore[assignment] # HALT, SKIP or SHOW
                found.missing_text = text.value if text else ""
            case tree.Sender(address=address):
                found.sender = address.value
                senders.append(address)
            case tree.ReplyTo(address=address):
                found.reply_to = address.value
                senders.append(address)
            case _:
                _part(reader, line, shared)
    for address in senders if found.channel == "email" else ():
        _mailbox(reader, address)
    if item.lines and not reader.broken_within(item.span):
        _complete(reader, item, found, said)
    if reader.new(tr("message"), item.name):
        reader.names.messages[found.name] = found


def _mailbox(reader: Reader, token: Token) -> None:
    """What a mail comes from or is answered to; a finding where it would not be taken."""
    from flowlang.addresses import mailbox  # only a message with a sender of its own

    if mailbox(token.value) is None:
        reader.findings.report(
            d.BAD_VALUE,
            token.span,
            what=tr('"{text}" is not one plain e-mail address', text=token.value),
            hint=tr('such as "Shop <news@example.com>"'),
        )


def _channel(reader: Reader, token: Token) -> str:
    """The name of a channel, and a finding where there is none of that name."""
    name = str(token.value)
    if name not in reader.names.channels:
        hint = did_you_mean(name, reader.names.channels)
        reader.findings.report(d.UNKNOWN_CHANNEL, token.span, name=name, hint=hint)
    return name


def _complete(reader: Reader, item: tree.Message, found: Message, said: set[str]) -> None:
    """Report the parts that a message cannot be without."""

    def lacks(what: str, hint: str = "") -> None:
        reader.findings.report(d.MISSING_PART, item.name.span, what=what, hint=hint)

    name, shared = found.name, found.variants[""]
    others = [variant for language, variant in found.variants.items() if language]
    if "kind" not in said:
        what = tr("the message `{name}` does not say its kind", name=name)
        lacks(what, tr("add `kind marketing` or `kind service`"))
    if "channel" not in said:
        what = tr("the message `{name}` does not say its channel", name=name)
        lacks(what, tr("add `channel email`, for example"))
    if shared.body is None and not (others and all(variant.body for variant in others)):
        lacks(tr("the message `{name}` has no body", name=name))
    needs_subject = found.channel == "email" and shared.subject is None
    if needs_subject and not (others and all(variant.subject for variant in others)):
        lacks(tr("the mail `{name}` has no subject", name=name))


def _variant(reader: Reader, line: tree.Variant, found: Message) -> None:
    language = line.language.value
    if language in found.variants:
        reader.findings.report(d.DUPLICATE_LINE, line.span, what=f'`in "{language}"`')
    variant = found.variants[language] = Variant()
    for part in line.lines or ():
        _part(reader, part, variant)


def _part(reader: Reader, line: Node, variant: Variant) -> None:
    match line:
        case tree.Subject(text=token):
            variant.subject = Part(token.value, token.span, token)
        case tree.Body(text=token):
            variant.body = Part(token.value, token.span, token)
        case tree.BodyFile(path=token):
            variant.body = _body_file(reader, token)


def _body_file(reader: Reader, token: Token) -> Part | None:
    path = reader.path(token)
    html = token.value.lower().endswith((".html", ".htm"))
    source = reader.read_text(path, token.span) if path is not None else None
    if source is None:
        return Part("", token.span, token, html)
    return Part(source.text, Span(source, 0, len(source.text)), None, html, token)
