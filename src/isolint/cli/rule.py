"""``isolint rule``: the findings of a rule, the reason, and the code to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from isolint.cli.options import configuration
from isolint.config.problems import nearest
from isolint.report import rule_page
from isolint.rules import all_rules, known_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.rule import Rule


def _complete(_: click.Context, __: click.Parameter, start: str) -> list[CompletionItem]:
    matching = [rule for rule in all_rules() if rule.code.startswith(start.upper())]
    return [CompletionItem(rule.code, help=rule.name) for rule in matching]


@click.command(short_help="Explain a rule.")
@click.argument("code", required=False, shell_complete=_complete)
@click.option("--all", "every", is_flag=True, help="Explain all rules.")
@click.option(
    "--output-format",
    "chosen",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="Format of the explanation.",
)
def rule(code: str | None, *, every: bool, chosen: str) -> None:
    """Explain the rule CODE, given by its code or its name."""
    if every == (code is not None):
        raise click.UsageError("name one rule, or give --all")
    rules = all_rules() if code is None else (_find(code),)
    click.echo(_render(rules, chosen, single=code is not None), nl=False)


def _find(wanted: str) -> Rule:
    """Return the rule of that code or name, in any case; one of a plugin by the configuration around."""
    named = _named(all_rules())
    if not (found := named.get(wanted.upper()) or named.get(wanted.lower())):
        named = _named(known_rules(configuration((Path(),), explicit=None, isolated=False).plugins))
        found = named.get(wanted.upper()) or named.get(wanted.lower())
    if found:
        return found
    hint = nearest(wanted, named) or ": `isolint rule --all` shows them"
    raise click.UsageError(f"unknown rule `{wanted}`{hint}")


def _named(rules: Sequence[Rule]) -> dict[str, Rule]:
    return {key: rule for rule in rules for key in (rule.code, rule.name)}


def _render(rules: Sequence[Rule], chosen: str, *, single: bool) -> str:
    if chosen == "json":
        return rule_page.one_record(rules[0]) if single else rule_page.records(rules)
    if chosen == "markdown":
        return "\n".join(map(rule_page.markdown, rules))
    return f"\n{'-' * 80}\n\n".join(map(rule_page.text, rules))
