"""A strict reader of the part of DOT that is written: what it does not know is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<word>[A-Za-z_]\w*)|(?P<sign>->|[{}\[\];=,]))'
)


@dataclass
class Read:
    """The nodes and edges of a graph, each with its attributes, and the labels of clusters."""

    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            assert found is not None, f"no token of DOT: {text[at : at + 30]!r}"
            self.tokens.append(found[0].strip())
            at = found.end()
        self.read = Read()

    def take(self, expected: str = "") -> str:
        token = self.tokens.pop(0)
        assert not expected or token == expected, f"{token!r} stands where {expected!r} should"
        return token

    def graph(self) -> Read:
        self.take("digraph")
        self.name()
        self.block()
        assert not self.tokens
        return self.read

    def block(self) -> None:
        self.take("{")
        while self.tokens[0] != "}":
            if self.tokens[0] == "subgraph":
                self.take()
                assert self.name().startswith("cluster_")
                self.block()
                continue
            self.statement()
            self.take(";")
        self.take("}")

    def statement(self) -> None:
        name = self.name()
        if self.tokens[0] == "=":
            self.take()
            self.read.clusters.append(self.value())
        elif self.tokens[0] == "->":
            self.take()
            target = self.name()
            self.read.edges.append((name, target, self.attributes()))
        elif name in ("graph", "node", "edge"):
            self.attributes()
        else:
            assert name not in self.read.nodes
            self.read.nodes[name] = self.attributes()

    def attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.tokens[0] != "[":
            return found
        self.take()
        while True:
            name = self.name()
            self.take("=")
            assert name not in found
            found[name] = self.value()
            if self.take() == "]":
                return found

    def name(self) -> str:
        token = self.take()
        assert re.fullmatch(r"[A-Za-z_]\w*", token, re.ASCII), token
        return token

    def value(self) -> str:
        token = self.take()
        assert token.startswith('"'), token
        shown = re.sub(r"\\(.)", lambda one: "\n" if one[1] == "n" else one[1], token[1:-1])
        assert not re.search(r"&(?!amp;)", shown)
        return shown.replace("&amp;", "&")


def read(text: str) -> Read:
    """The graph.  Raises AssertionError for what is no DOT."""
    return _Reader(text).graph()
