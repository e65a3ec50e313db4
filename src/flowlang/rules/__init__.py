"""CHECKED PROGRAM → REMARKS: what is allowed, and yet most likely an accident.

A rule is one file in the folder of its family (`flow`, `timing`, `names`, `consent`, `coupons`,
`messages`, `style`); the folder is the registry, and the file's name is the rule's.  It has

- a docstring: its page in docs/rules, for marketers; first a sentence, then why and what to do;
- `RULE = Rule(__name__, "FL641", "warning", "what the finding says, with {words} to fill in")`:
  a code of its own within the hundred of its family, and how severe it is where nobody says;
- `BAD`, a whole file in which it finds one thing, and `GOOD`, one in which no rule finds any;
  `FIXED` too, where it offers a safe fix: what becomes of BAD;
- functions that give a `Hit` for each thing found, under one of these decorators:
  `@RULE.nodes(Wait, …)`, called as `(node, look)` for each such node in the walk that all rules
  share; `@RULE.campaigns`, called as `(campaign, look)` for each compiled campaign;
  `@RULE.workspace(Tag, …)`, called as `(look)` once, with the nodes it names in `look.every(Tag)`.

`look` (rule.Look) has the program, the file, the nodes above, and what conditions come to on the
paths of a campaign (`look.paths(campaign)`).  `timing/wait_of_zero.py` is the shortest example.
`tests/rules` proves every rule by its BAD, GOOD and FIXED; `python tests/rules/pages.py` renews the
pages.  A rule is off where it cannot be sure: it never claims what is not so.

`lint` runs the rules that are on, `severities` reads `[rules]` of flow.toml, `allowances` reads the
comments that allow something, and `baseline` knows what an old workspace is forgiven.  `mistakes`
has the pages of all that is found without a rule.
"""
