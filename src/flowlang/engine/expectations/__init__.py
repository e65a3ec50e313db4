"""What a test expects, by topic: each line becomes a check.

The folder is the registry: importing it imports every topic, and each registers its nodes.
"""

import importlib
import pkgutil

from flowlang.engine.expectations.expectation import Check, Expectations

__all__ = ["Check", "Expectations"]

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")
