"""What a failure of PostgreSQL means, for a person."""

from __future__ import annotations

import psycopg

from flowlang.speech import Text, tr

_ITSELF = Text("{text}", {"text": ""})
"""What the server or the driver says is clear enough."""
_NUL = tr("a text holds the character NUL, which PostgreSQL does not take")
_AT_WORK = {
    "22021": _NUL,
    "22P05": _NUL,
    "25006": tr("it can only be read: this is a replica, or it has been set so"),
    "25P03": tr("nothing happened in the transaction for too long, so the server gave it up"),
    "40P01": tr(
        "two who wrote waited for each other; nothing was saved, and it may be tried again"
    ),
    "42501": tr("this user may not do that: {text}", text=""),
    "53100": tr("the server's disk is full; nothing of the last step was saved"),
    "53200": tr(
        "the server is out of memory or of locks (max_locks_per_transaction): {text}", text=""
    ),
    "53300": tr("the server has no connection left (max_connections)"),
    "57P01": tr(
        "the server was shut down or ended the connection; nothing of the last step was saved"
    ),
    "3F000": tr("there is no schema to make tables in: {text}", text=""),
}
"""By SQLSTATE."""
_AT_CONNECTING = {
    "no password supplied": tr("a password is needed"),
    "password authentication failed": tr("user or password is wrong"),
    "does not exist": _ITSELF,
    "too many": tr("the server has no connection left: {text}", text=""),
    "remaining connection slots": tr("the server has no connection left"),
    "starting up": tr("the server is starting up"),
    "shutting down": tr("the server is shutting down"),
    "not currently accepting": tr("the server takes no connections to this database now"),
    "permission denied": _ITSELF,
    "no pg_hba.conf entry": tr("the server does not let this user in from here (pg_hba.conf)"),
    "invalid connection option": tr("the address has an unknown part: {text}", text=""),
}
"""By what the server or the driver says, before there is a connection."""
_LOST = ("server closed the connection", "connection is closed", "the connection is lost")


_AWAY = (
    "Connection refused", "No such file or directory", "timeout expired", "No route to host",
    "Network is unreachable", "Temporary failure in name resolution", "starting up",
    "shutting down", "not currently accepting", "too many clients", "remaining connection slots",
)  # fmt: skip
"""A server that is not there: nobody listens, its socket is gone, the network is not up yet, or it
says so itself.
"""


def is_away(failure: BaseException | None) -> bool:
    """Whether there was no connection because the server is not there now; not where user,
    password, database or the name of the machine are wrong.
    """
    no_connection = isinstance(failure, psycopg.OperationalError) and failure.sqlstate is None
    return no_connection and any(part in str(failure) for part in _AWAY)


def in_words(failure: BaseException | None) -> str:
    """One line.  It never holds the values that were to be written, nor a password."""
    text = _text(failure)
    state = getattr(failure, "sqlstate", None)
    if state in _AT_WORK:
        return _about(_AT_WORK[state], text)
    if state is None and isinstance(failure, psycopg.OperationalError):
        for part, words in _AT_CONNECTING.items():
            if part in text:
                return _about(words, text)
        if any(part in str(failure) for part in _LOST):
            return tr("the connection was lost; nothing of the last step was saved")
        return tr("the server cannot be reached: {text}", text=text)
    return text


def _about(words: Text, text: str) -> Text:
    """Words with what the server or the driver says."""
    return Text(words.template, {"text": text})


def _text(failure: BaseException | None) -> str:
    """What the server says itself, without details; of a failure to connect, the end."""
    if isinstance(failure, psycopg.Error) and failure.diag.message_primary:
        return failure.diag.message_primary
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    for line in lines:
        if "FATAL:" in line:
            return line.partition("FATAL:")[2].strip()
    return lines[0] if lines else type(failure).__name__
