"""What is done with each kind of node, registered by those who do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class ByNode(dict[type, F]):
    """Functions by node class; two for one class are a mistake of whoever wrote the second."""

    def register(self, *nodes: type) -> Callable[[F], F]:
        """Let a function be the one for nodes.  Raises ValueError where there is one already."""

        def register(function: F) -> F:
            for node in nodes:
                if node in self:
                    raise ValueError(f"{function.__name__}: {node.__name__} has a function already")
                self[node] = function
            return function

        return register
