"""What Jinja complains of is told in words of flow."""

from __future__ import annotations

import pytest

from flowlang import workspace


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
