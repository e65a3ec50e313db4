"""Reads the declarations of all files into `Names`, by topic.

The folder is the registry: importing it imports every topic, and each registers what it reads.
"""

import importlib
import pkgutil

from flowlang.check.declarations.events import complete_events
from flowlang.check.declarations.reader import MAX_FILE, Reader

__all__ = ["MAX_FILE", "Reader", "complete_events"]

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")
