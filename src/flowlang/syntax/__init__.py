"""TEXT → TREE.

`reading` decodes a file, `lexer` makes logical lines (and `flaws` says what is wrong with their
characters), `keywords` knows the words of a language.  `table` holds the grammar's LALR table,
`machine` walks it, `reader` feeds it a line as keywords, names and values, `parser` a file.  A line
that does not parse goes to `recovery`, which tries `repairs` and speaks by `wording`.  `tree` and
its neighbours are the nodes; `format` writes a text back.
"""
