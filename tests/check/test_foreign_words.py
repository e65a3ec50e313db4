"""What Jinja complains of is told in words of flow."""

from __future__ import annotations

import pytest

from flowlang import workspace
from flowlang.source import edited
from tests.speech.test_german import english_words


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{% for x in ['a'] %}", "it ends, and there is no `{% endfor %}`"),
        ("{% for x in ['a'] %}{% else %}", "it ends, and there is no `{% endfor %}`"),
        ("{% if first_name %}", "it ends, and there is no `{% endif %}`"),
        ("{% for x in ['a'] %}{% endif %}", "before `{% endif %}` there is no `{% endfor %}`"),
        ("{% if first_name %}{% endfor %}", "before `{% endfor %}` there is no `{% endif %}`"),
    ],
)
def test_the_tag_that_closes_a_block_is_named(template: str, told: str) -> None:
    loaded = workspace.load_text(
        "contact\n  first_name  text\n\n"
        f'message "M"\n  kind service\n  channel email\n  subject "A {template}"\n  body "b"\n'
    )
    (finding,) = loaded.findings.found
    assert (finding.diagnostic.code, told in finding.message) == ("FL301", True)


@pytest.mark.parametrize(
    "template",
    [
        "{{ first_name. }}",
        "{% block a-b %}{% endblock %}",
        "{% set 1 = 2 %}",
        "{{ last(b=1, 2) }}",
        r"{{ '\\u12' }}",
        "{{ first_name is defined is none }}",
        "{% call a %}{% endcall %}",
        "{% macro m(a=1, b) %}{% endmacro %}",
        "{% autoescape false %}{% endautoescape %}",
    ],
)
def test_in_a_german_file_it_says_it_in_german(template: str) -> None:
    loaded = workspace.load_text(
        "# sprache: de\nkontakt\n  first_name  text\n\n"
        f'nachricht "M"\n  art service\n  kanal email\n  betreff "A {template}"\n  text "b"\n'
    )
    (finding,) = loaded.findings.found
    assert finding.diagnostic.code in ("FL301", "FL304")
    assert not english_words(finding.message)


def test_typographic_quotes_in_a_placeholder_are_mended() -> None:
    text = (
        "contact\n  first_name  text\n\n"
        'message "M"\n  kind service\n  channel email\n'
        '  subject "Hello {{ first_name | default(“friend”) }}"\n  body "b"\n'
    )
    (finding,) = workspace.load_text(text).findings.found
    assert finding.hint == "a text in a placeholder stands in straight quotes: 'friend'"
    assert finding.fix is not None
    assert finding.fix.safe
    mended = edited(text, finding.fix.edits)
    assert "default('friend')" in mended
    assert workspace.load_text(mended).findings.found == []
