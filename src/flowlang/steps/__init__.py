"""One statement a file: its node, how it is checked and compiled, how it runs.

The folder is the registry: importing it imports every statement, and each registers its node with
the grammar's rule.  Parser, compiler, interpreter, graph and formatter know no statement by name.
"""

import importlib
import pkgutil

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")
