"""Mistakes in how a file is written: FL001 to FL026."""

from flowlang.rules.mistakes import Mistake

_WAITS = """\
campaign "Hello"
  start when tagged "new"
  wait 2 days
  tag "greeted"
"""

_WARTET = """\
# sprache: de
kampagne "Hello"
  starte wenn getaggt mit "new"
  warte 2 tage
  tag "greeted"
"""

PAGES = {
    "syntax-error": Mistake(
        "A line that cannot be read as it stands.",
        "The finding marks the word at which the line stops making sense, and names what could"
        " stand there. Mostly a word is missing, a sign is turned round, or two statements share"
        " one line.",
        'contact\n  score  number\n\nsegment "regulars"\n  score => 50\n',
        'contact\n  score  number\n\nsegment "regulars"\n  score >= 50\n',
        {"de": '# sprache: de\nkontakt\n  score  zahl\n\nsegment "regulars"\n  score => 50\n'},
    ),
    "misspelled-keyword": Mistake(
        "A word that is nearly one of flow, or that means one of it in another program.",
        "flow reads the words of its table and no others, so that nothing is guessed when mails"
        " go out. The hint names the word that is meant.",
        _WAITS.replace("tagged", "taged"),
        _WAITS,
        {"de": _WARTET.replace("getaggt", "getagt")},
    ),
    "unclosed-text": Mistake(
        "A text that opens with a quote and does not close.",
        'Everything up to the end of the line would belong to it. Close it: with `"` in the same'
        ' line, a block that opens with `"""` with `"""` on a line of its own.',
        _WAITS.replace('"greeted"', '"greeted'),
        _WAITS,
        {"de": _WARTET.replace('"greeted"', '"greeted')},
    ),
    "unclosed-parenthesis": Mistake(
        "A parenthesis that opens and does not close.",
        "What belongs together in a condition stands between `(` and `)`. Close it where the part"
        " ends.",
        'segment "reachable"\n  email is set and (mobile is set or blocked\n',
        'segment "reachable"\n  email is set and (mobile is set or blocked)\n',
        {
            "de": '# sprache: de\nsegment "reachable"\n'
            "  email ist gesetzt und (mobile ist gesetzt oder gesperrt\n"
        },
    ),
    "wrong-quotes": Mistake(
        "A text in the quotes of a word processor.",
        'A text stands in straight double quotes: `"…"`. Word processors and mail programs turn'
        " them into others when text is pasted; the fix turns all of a file back.",
        _WAITS.replace('"new"', "“new”"),
        _WAITS,
        {"de": _WARTET.replace('"new"', "„new“")},
    ),
    "tab-in-indentation": Mistake(
        "A line that begins with a tab.",
        "Indentation says what belongs to what, and a tab is as wide as the program shows it. Two"
        " spaces a level are usual; the fix puts them in.",
        _WAITS.replace("  wait", "\twait"),
        _WAITS,
        {"de": _WARTET.replace("  warte", "\twarte")},
    ),
    "unexpected-indentation": Mistake(
        "A line that stands deeper than the one above, which takes no lines below it.",
        "What stands deeper belongs to the line above, and that one needs nothing more. Put both"
        " at the same depth, or write them in one line, where the second goes on with the first.",
        _WAITS.replace('  tag "greeted"', '    tag "greeted"'),
        _WAITS,
        {"de": _WARTET.replace('  tag "greeted"', '    tag "greeted"')},
    ),
    "inconsistent-indentation": Mistake(
        "A line that is as deep as none of the lines above it.",
        "It cannot be told what it belongs to. Put it at the depth of the lines beside it.",
        'campaign "Hello"\n  start when tagged "new"\n  if email is set\n      tag "a"\n'
        '    tag "b"\n',
        'campaign "Hello"\n  start when tagged "new"\n  if email is set\n    tag "a"\n  tag "b"\n',
        {
            "de": '# sprache: de\nkampagne "Hello"\n  starte wenn getaggt mit "new"\n'
            '  wenn email ist gesetzt\n      tag "a"\n    tag "b"\n'
        },
    ),
    "nested-too-deep": Mistake(
        "Lines that stand within each other too many times.",
        "Nobody can follow a campaign of fifty levels. Ask in another order, or move a part into"
        " a campaign of its own and start it with `start campaign`.",
    ),
    "line-too-long": Mistake(
        "A line of more words than anyone can read.",
        "Such a line comes from a program or from a list that was pasted. Put the list into a"
        " field, a group or a segment.",
    ),
    "file-too-large": Mistake(
        "A file that is larger than campaigns are.",
        "Texts and data belong in files of their own: `body file` for a message, an import for"
        " contacts, `from` for codes.",
    ),
    "bad-character": Mistake(
        "A sign that has no meaning in flow.",
        "Colons, semicolons and braces are not needed: a line ends where it ends, and indentation"
        " says what belongs to what. For signs of a word processor the hint names the one to"
        " write.",
        _WAITS.replace('"Hello"', '"Hello":'),
        _WAITS,
        {"de": _WARTET.replace('"Hello"', '"Hello":')},
    ),
    "mixed-language-keywords": Mistake(
        "A word of another language than that of the file.",
        "A file is in one language, so that everyone who reads it can read all of it. The fix"
        " writes what `flow fmt` would. A file all in the other language only needs a first line"
        " that says so.",
        _WAITS.replace("wait 2 days", "warte 2 tage"),
        _WAITS,
        {"de": _WARTET.replace("warte 2 tage", "wait 2 days")},
    ),
    "unknown-language": Mistake(
        "The first line names a language that flow does not speak.",
        "There is one table of words for each language; the finding lists them.",
        f"# language: fr\n{_WAITS}",
        f"# language: en\n{_WAITS}",
        {"de": _WARTET.replace(": de", ": fr")},
    ),
    "missing-block": Mistake(
        "A line that needs lines below it and has none.",
        "Say what is to be done there, two spaces deeper. A branch in which nothing happens can"
        " go.",
        'campaign "Hello"\n  start when tagged "new"\n  tag "greeted"\n  if email is set\n',
        'campaign "Hello"\n  start when tagged "new"\n  tag "greeted"\n'
        '  if email is set\n    tag "has mail"\n',
        {
            "de": '# sprache: de\nkampagne "Hello"\n  starte wenn getaggt mit "new"\n'
            '  tag "greeted"\n  wenn email ist gesetzt\n'
        },
    ),
    "not-utf-8": Mistake(
        "A file that was saved in another encoding than UTF-8.",
        "From the place that is marked, its umlauts and accents are not what they look like. Save"
        " it again as UTF-8; every editor can.",
    ),
    "reserved-name": Mistake(
        "A field or an event that is called like a word the grammar needs there.",
        "A line that begins with it could then be read in two ways. The hint proposes another"
        " name.",
        "contact\n  today  date\n",
        "contact\n  the_today  date\n",
        {"de": "# sprache: de\nkontakt\n  heute  datum\n"},
    ),
    "too-many-parentheses": Mistake(
        "More parentheses or `not` within each other than a condition can have.",
        "Give parts of the condition a name, each as a segment, and join those.",
    ),
    "missing-quotes": Mistake(
        "A text without quotes.",
        "Names of messages, campaigns, groups and lists, tags and all other texts stand in"
        " quotes; only fields and events do not.",
        _WAITS.replace('"greeted"', "greeted"),
        _WAITS,
        {"de": _WARTET.replace('"greeted"', "greeted")},
    ),
    "missing-word": Mistake(
        "A line in which a word is missing.",
        "The finding stands where the word belongs and names it; where several could be meant, it"
        " names all of them.",
        _WAITS + '  goal "Bought" tagged "customer"\n',
        _WAITS + '  goal "Bought" when tagged "customer"\n',
        {"de": _WARTET + '  ziel "Bought" getaggt mit "customer"\n'},
    ),
    "word-too-much": Mistake(
        "A word that the line does not need.",
        "Without it the line can be read. Take it out, or look whether another one was meant.",
        _WAITS.replace("wait 2 days", "please wait 2 days"),
        _WAITS,
        {"de": _WARTET.replace("warte", "bitte warte")},
    ),
    "misplaced-line": Mistake(
        "A line that is right in itself and stands in a wrong place.",
        "Steps stand in campaigns, fields below `contact`, expectations in tests. The hint says"
        " where the line belongs; mostly its indentation is not what it was meant to be.",
        f'{_WAITS}\nsend "Hello"\n',
        _WAITS,
        {"de": f'{_WARTET}\nsende "Hello"\n'},
    ),
    "missing-space": Mistake(
        "Two things without a space between them.",
        "A name may have a hyphen in it (`opt-in`), so a minus between two values has a space on"
        " both sides; so has a number before its unit.",
        _WAITS.replace("2 days", "2days"),
        _WAITS,
        {"de": _WARTET.replace("2 tage", "2tage")},
    ),
    "wrong-date": Mistake(
        "A date in another form than year-month-day.",
        "3/4/2027 is in March for some and in April for others; 2027-03-04 is the same day for"
        " everyone. A date has a year: without one, say it by a field or an anniversary.",
        _WAITS.replace("wait 2 days", "wait until 24.12.2027"),
        _WAITS.replace("wait 2 days", "wait until 2027-12-24"),
        {"de": _WARTET.replace("2 tage", "bis 24.12.2027")},
    ),
    "wrong-order": Mistake(
        "Two words that stand the other way round.",
        "The finding shows them in the order in which they can be read.",
        "contact\n  number score\n",
        "contact\n  score  number\n",
        {"de": "# sprache: de\nkontakt\n  zahl score\n"},
    ),
    "other-language": Mistake(
        "A file all in another language than the workspace's, which does not say so.",
        "Its first line says it, and then all of it is read: `# language: en`, `# sprache: de`."
        " Without that line a file is in the language that `flow.toml` names, else in English.",
        _WARTET.removeprefix("# sprache: de\n"),
        _WARTET,
        {"de": _WARTET.removeprefix("# sprache: de\n")},
    ),
}
