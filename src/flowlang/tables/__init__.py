"""ROWS → FILES: columns, how values are spelt, and one module a format.

Reports (`figures`) and the exports of automations write with the same code.
"""
