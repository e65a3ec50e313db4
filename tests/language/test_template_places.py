"""What is wrong in a template is marked at its tag, as far as that can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import workspace

MESSAGE = 'message "M"\n  kind service\n  channel sms\n  body """\n    Hello,\n    {}\n    """\n'


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("{{ id | }}", "{{ id | }}"),
        ("{{ id }} and {{ id | }} too", "{{ id | }}"),
        ("{{ id }} and {{ id", "{{ id"),
        ("{{ id }} {% iff id %} {{ id }}", "{% iff id %}"),
        ("{% if id %} x {% endfor %}", "{% endfor %}"),
        ("{{ id }} {% for x of id %}{% endfor %}", "{% for x of id %}"),
        ("{{ id }} {% if id %} x {% if id %}", "{% if id %}"),
        ("{{ id }}" * 300 + "{{ id | }}", "{{ id }}" * 300 + "{{ id | }}"),
    ],
)
def test_a_tag_that_cannot_be_read_is_marked(line: str, marked: str) -> None:
    (finding,) = workspace.load_text(MESSAGE.format(line)).findings.found
    assert finding.diagnostic.name == "template-syntax"
    assert finding.span.text == marked


def test_also_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mail.html").write_text("<p>{{ id }}</p>\n<p>{{ id }} {{ id | }}</p>\n")
    (tmp_path / "flow.toml").write_text("")
    file = tmp_path / "a.flow"
    file.write_text('message "M"\n  kind service\n  channel sms\n  body file "mail.html"\n')
    (finding,) = workspace.load(tmp_path).findings.found
    assert (finding.span.line, finding.span.text) == (2, "{{ id | }}")
