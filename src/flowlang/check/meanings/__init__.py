"""The one meaning of each condition and expression, by topic.

The folder is the registry: importing it imports every topic, and each registers its nodes.
"""

import importlib
import pkgutil

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")
