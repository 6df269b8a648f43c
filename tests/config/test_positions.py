from __future__ import annotations

import pytest

from isolint.config.positions import lines_of

DOCUMENT = '''\
# comment = "[not a table]"
title = "a"          # core = ["x"]
text = """
[fake]
core = ["fake"]
"""
literal = \'\'\'
[also.fake]
\'\'\'

[tool.isolint]
core = [
  "app.domain",  # ] not the end
  "a]b", "c,d",
]
"quoted-key" = 1.5
src = [[1, 2],
  [3]]
inline = { a = ["x",
  "y"], "b c" = 2 }

[tool."isolint".per-file-ignores]
"tests/**" = ["ISO101"]
dotted.key = true
when = 1979-05-27T07:32:00Z
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("title",), 2),
        (("text",), 3),
        (("literal",), 7),
        (("tool",), 11),
        (("tool", "isolint"), 11),
        (("tool", "isolint", "core"), 12),
        (("tool", "isolint", "core", 0), 13),
        (("tool", "isolint", "core", 1), 14),
        (("tool", "isolint", "core", 2), 14),
        (("tool", "isolint", "quoted-key"), 16),
        (("tool", "isolint", "src", 1), 18),
        (("tool", "isolint", "src", 1, 0), 18),
        (("tool", "isolint", "inline", "a", 1), 20),
        (("tool", "isolint", "inline", "b c"), 20),
        (("tool", "isolint", "per-file-ignores"), 22),
        (("tool", "isolint", "per-file-ignores", "tests/**", 0), 23),
        (("tool", "isolint", "per-file-ignores", "dotted"), 24),
        (("tool", "isolint", "per-file-ignores", "dotted", "key"), 24),
        (("tool", "isolint", "per-file-ignores", "when"), 25),
    ],
)
def test_line_of_a_key(key: tuple[str | int, ...], line: int) -> None:
    assert lines_of(DOCUMENT)[key] == line


@pytest.mark.parametrize("fake", ["fake", "also", "comment", "core"])
def test_look_alikes_of_keys_have_no_line(fake: str) -> None:
    assert (fake,) not in lines_of(DOCUMENT)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only a comment", "a = 1", "[a]", "a = []", "a = {}", "[[a]]\nb = 1\n[[a]]\nb = 2"]
)
def test_short_documents(text: str) -> None:
    assert all(line >= 1 for line in lines_of(text).values())


@pytest.mark.parametrize(
    "string", ['""', "''", '""""""', "''''''", '"""a"b""c"""""', "'''it''s'''", '"\\"]"', "'\\'"]
)
def test_the_key_behind_a_string(string: str) -> None:
    assert lines_of(f"a = [{string}]\nb = 1") == {("a",): 1, ("a", 0): 1, ("b",): 2}


def test_an_inline_table_over_several_lines_as_toml_1_1_has_it() -> None:
    text = "a = {\n  b = 1,\n  # a comment\n  c = [\n    2,\n  ],\n}\nd = 3"
    assert lines_of(text) == {("a",): 1, ("a", "b"): 2, ("a", "c"): 4, ("a", "c", 0): 5, ("d",): 8}
