from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from isolint.config.writing import CannotEdit, section, with_keys

TABLE = ("tool", "isolint")
CORE = {"core": ["app.domain"]}
LINES = '[tool.isolint]\ncore = ["app.domain"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", LINES),
        ("[a]\n", f"[a]\n\n{LINES}"),
        ("[a]", f"[a]\n\n{LINES}"),
        ("# só\n[a] # b\r\nc = 1\r\n", f"# só\n[a] # b\nc = 1\n\n{LINES}".replace("\n", "\r\n")),
        ("tool.a = 1\n", f"tool.a = 1\n\n{LINES}"),
        ('[tool.isolint]\ncore = [ # x\n "a",\n]  # y\nz = 1\n', f"{LINES[:-1]}  # y\nz = 1\n"),
        ("[tool.isolint]\n# none yet\n[b]\n", '[tool.isolint]\n# none yet\ncore = ["app.domain"]\n[b]\n'),
    ],
)
def test_added_keys_leave_the_rest_unchanged(before: str, after: str) -> None:
    assert with_keys(before, TABLE, CORE) == after


def test_keys_at_the_top_stand_before_the_tables() -> None:
    assert with_keys("strict = true\n\n[aliases]\n", (), CORE) == (
        'strict = true\ncore = ["app.domain"]\n\n[aliases]\n'
    )


@pytest.mark.parametrize("text", ["tool = {}\n", "[[tool.isolint]]\na = 1\n", "tool = 1\n"])
def test_a_document_that_cannot_be_extended_is_refused(text: str) -> None:
    with pytest.raises(CannotEdit, match="by hand"):
        with_keys(text, TABLE, CORE)


def test_a_long_array_has_a_line_for_each() -> None:
    names = [f"app.number_{number}" for number in range(9)]
    assert section((), {"shell": names}).splitlines()[1:3] == ['    "app.number_0",', '    "app.number_1",']


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_text_is_written_as_what_it_is(texts: list[str]) -> None:
    assert tomli.loads(section(TABLE, {"core": texts}))["tool"]["isolint"]["core"] == texts
