"""THE HTTP API: what other programs ask of a store, under /api/v1.

Thin: each address does what a verb of the command line does, through the same functions.
`guard` says who may ask, and how much; `bodies` reads what is sent; `problems` says what is wrong.
"""
