"""``isolint config``: the meaning of a key of the configuration, without a network."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from isolint.config.json_schema import FILE, Explained, explained_keys
from isolint.config.problems import nearest
from isolint.config.writing import assignment

if TYPE_CHECKING:
    from collections.abc import Iterable


_WIDTH = 100


def _complete(_: click.Context, __: click.Parameter, start: str) -> list[CompletionItem]:
    return [
        CompletionItem(key, help=_meaning(about))
        for key, about in explained_keys().items()
        if key.startswith(start)
    ]


@click.command(short_help="Explain a key of the configuration.")
@click.argument("key", required=False, shell_complete=_complete)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the configuration, for editors.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the explanation.",
)
def config(key: str | None, *, schema: bool, output_format: str) -> None:
    """Explain the KEY of isolint.toml or [tool.isolint], or list all keys.

    `isolint check --show-settings FILE` shows the settings in force for a file and their origin.
    """
    if schema:
        if key is not None:
            raise click.UsageError("the schema is that of all keys: leave out KEY or --schema")
        click.echo(FILE.read_text("utf-8"), nl=False)
        return
    chosen = [_find(key)] if key is not None else list(explained_keys().values())
    if output_format == "json":
        click.echo(_json(chosen, single=key is not None))
    elif key is not None:
        click.echo(_text(chosen[0]), nl=False)
    else:
        click.echo(_list(chosen), nl=False)


def _find(wanted: str) -> Explained:
    known = explained_keys()
    found = known.get(wanted) or known.get(wanted.lower().replace("_", "-"))
    if found is None:
        hint = nearest(wanted, known) or ": `isolint config` lists them"
        raise click.UsageError(f"unknown key `{wanted}`{hint}")
    return found


def _meaning(about: Explained) -> str:
    """Return the first sentence of the meaning of a key."""
    return " ".join(about.text.split("\n\n", maxsplit=1)[0].split()).partition(". ")[0].rstrip(".")


def _list(every: Iterable[Explained]) -> str:
    rows = [(about.key, _meaning(about)) for about in every]
    width = max(len(key) for key, _ in rows)
    return "".join(f"{key:<{width}}  {meaning}\n" for key, meaning in rows)


def _text(about: Explained) -> str:
    default = f"default: {assignment(about.key, about.default)}\n" if about.default is not None else ""
    text = "\n\n".join(map(_wrapped, about.text.split("\n\n")))
    return f"{about.key}: {about.holds}\n{default}\n{text}\n\n    {_indented(about)}\n"


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _indented(about: Explained) -> str:
    return assignment(about.key, about.example).replace("\n", "\n    ")


def _json(chosen: Iterable[Explained], *, single: bool) -> str:
    records = [
        {
            "key": about.key,
            "holds": about.holds,
            "text": about.text,
            "default": about.default,
            "example": about.example,
        }
        for about in chosen
    ]
    return json.dumps(records[0] if single else records, indent=2, ensure_ascii=False)
