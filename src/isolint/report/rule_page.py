"""One rule explained: its page of the documentation, the same on a terminal, and as a record."""

from __future__ import annotations

import json
from textwrap import fill, indent
from typing import TYPE_CHECKING, Any

from isolint.model import Role
from isolint.rule import ALL_ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.rule import Example, Rule

_PROSE = 80


def markdown(rule: Rule) -> str:
    """Return the rule's page for the documentation."""
    parts = [f"# {rule.code} {rule.name}", rule.summary, "\n".join(f"- {fact}" for fact in _facts(rule))]
    parts += ["## Why", rule.rationale.strip()]
    parts += [part for example in rule.bad for part in _markdown_example("Bad", example)]
    parts += [part for example in rule.good for part in _markdown_example("Good", example)]
    parts += ["## The fix", rule.mends] if rule.mends else []
    parts += ["## How to silence it", *_silencing(rule)]
    return "\n\n".join(parts) + "\n"


def _silencing(rule: Rule) -> list[str]:
    if rule.silencing:
        return [rule.silencing]
    comment = _fence(f"...  # isolint: ignore[{rule.code}] -- the reason")
    return ["Where the finding is deliberate, say so on its line:", comment]


def text(rule: Rule) -> str:
    """Return the page for a terminal."""
    parts = [f"{rule.code} {rule.name}", rule.summary, "\n".join(_facts(rule)), _filled(rule.rationale)]
    parts += [_text_example("Bad", example) for example in rule.bad]
    parts += [_text_example("Good", example) for example in rule.good]
    parts += [_filled(f"The fix: {rule.mends}")] if rule.mends else []
    return "\n\n".join(parts) + "\n"


def _filled(prose: str) -> str:
    return "\n\n".join(fill(paragraph, _PROSE) for paragraph in prose.strip().split("\n\n"))


def record(rule: Rule) -> dict[str, Any]:
    """Return the rule as plain data."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "rationale": rule.rationale.strip(),
        "roles": _roles(rule),
        "strict": rule.strict,
        "fix": rule.fix.value,
        "mends": rule.mends or None,
        "bad": [_example_record(example) for example in rule.bad],
        "good": [_example_record(example) for example in rule.good],
    }


def one_record(rule: Rule) -> str:
    """Return the rule as a JSON object."""
    return json.dumps(record(rule), indent=2) + "\n"


def records(rules: Sequence[Rule]) -> str:
    """Return the rules as one JSON array."""
    return json.dumps([record(rule) for rule in rules], indent=2) + "\n"


def table(rules: Sequence[Rule]) -> str:
    """Return the Markdown table of the README."""
    rows = [
        f"| {rule.code} | {rule.name} | {rule.summary.replace('|', chr(92) + '|')} | {_roles_phrase(rule)} "
        f"| {'strict' if rule.strict else 'default'} | {rule.fix.value} |\n"
        for rule in rules
    ]
    return "| code | name | finding | roles | on | fix |\n|---|---|---|---|---|---|\n" + "".join(rows)


def _facts(rule: Rule) -> list[str]:
    switched = "with `strict = true`, or when selected" if rule.strict else "by default"
    return [f"Roles: {_roles_phrase(rule)}", f"On: {switched}", f"Fix: {rule.fix.value}"]


def _roles_phrase(rule: Rule) -> str:
    return "all" if rule.roles == ALL_ROLES else ", ".join(_roles(rule))


def _roles(rule: Rule) -> list[str]:
    return [role.value for role in Role if role in rule.roles]


def _markdown_example(verdict: str, example: Example) -> list[str]:
    return [f"## {verdict}: {example.title}", _fence(_sources(example))]


def _text_example(verdict: str, example: Example) -> str:
    return f"{verdict}: {example.title}\n\n{indent(_sources(example), '    ')}"


def _sources(example: Example) -> str:
    """Return the example, behind the other modules it needs."""
    named = [f"# {module}\n{source}" for module, source in example.beside]
    own = example.source.strip("\n")
    return "\n\n".join([*named, f"# the core\n{own}"]) if named else own


def _example_record(example: Example) -> dict[str, object]:
    source = example.source.strip("\n") + "\n"
    return {"title": example.title, "source": source, "beside": dict(example.beside)}


def _fence(source: str) -> str:
    return f"```python\n{source}\n```"
