"""The fix of ISO301 in signatures of any form: it adds a client parameter and removes those only its construction used."""

from __future__ import annotations

import ast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolint.model import Role
from isolint.rule import Example
from isolint.rules.iso301_concrete_client import RULE
from tests.rules.test_fixes import mended_example

DEFAULTS = st.sampled_from(["3", "(3)", "60 * 5", "'a, b'", "None", "(1, 2)", "lambda x, y: 0"])
ANNOTATIONS = st.sampled_from(["", ": int", ": dict[str, int]", ": 'a, b'", ": (int)"])
LAYOUTS = {
    "one line": ("", ", ", ""),
    "lines": ("\n        ", ",\n        ", "\n    "),
    "lines with a comma at the end": ("\n        ", ",\n        ", ",\n    "),
    "lines with a comment": ("\n        ", ",  # why\n        ", "  # last\n    "),
}


@st.composite
def signatures(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return the parameters of a method as source, and their names without `self`."""
    names = [f"p{number}" for number in range(draw(st.integers(0, 5)))]
    star_at, slash_at = draw(st.integers(0, 9)), draw(st.integers(1, 9))
    parts, has_default = ["self"], False
    for at, name in enumerate(names):
        if at == slash_at < star_at:
            parts.append("/")
        if at == star_at:
            parts.append(draw(st.sampled_from(["*", "*rest"])))
        needs_default = has_default and at < star_at
        has_default = needs_default or draw(st.booleans())
        default = f" = {draw(DEFAULTS)}" if has_default else ""
        parts.append(f"{name}{draw(ANNOTATIONS)}{default}")
    before, between, behind = LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))]
    return before + between.join(parts) + behind, names


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(signatures(), st.sets(st.integers(0, 4)), st.booleans())
def test_parameters_in_any_form(signature: tuple[str, list[str]], chosen: set[int], in_init: bool) -> None:  # noqa: FBT001
    written, names = signature
    only = [name for at, name in enumerate(names) if at in chosen]
    others = [name for name in names if name not in only]
    made = f"httpx.AsyncClient({', '.join(only)})"
    if in_init:
        body = f"        self.kept = [{', '.join(others)}]\n        self.client = {made}\n"
        body += "\n    def go(self):\n        return self.client.get('/')\n"
    else:
        body = f"        print({', '.join(others)})\n        with {made} as client:\n            return client.get('/')\n"
    name = "__init__" if in_init else "go"
    source = f"import httpx\n\n\nclass Api:\n    def {name}({written}):\n{body}"
    ast.parse(source)
    mended, _, _ = mended_example(RULE, Example("any", source), Role.CORE)
    assert mended.problem == ""
    after = ast.parse(mended.after)
    if mended.is_changed:
        functions = [each for each in ast.walk(after) if isinstance(each, ast.FunctionDef)]
        (arguments,) = [each.args for each in functions if each.name == name]
        now = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        assert now == ["self", *others, "client"]
        assert b"httpx" not in mended.after
