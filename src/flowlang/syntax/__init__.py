"""TEXT → TREE.

`lexer` makes logical lines, `keywords` knows the words, `table` holds the grammar's LALR table,
`parser` walks it and recovers, `tree` and its neighbours are the nodes, `format` writes a text back.
"""
