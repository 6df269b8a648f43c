"""Write the parts of the documentation that derive from the code: rule pages, tables of rules and keys.

``make docs`` runs it; a test fails where anything is out of date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, cast

import tomli

from isolint.cli.output import write
from isolint.config import Config, json_schema
from isolint.config.json_schema import Explained
from isolint.config.load import EXTEND
from isolint.config.schema import KEYS
from isolint.report import rule_page
from isolint.rules import all_rules

ROOT = Path(__file__).parents[1]
PAGES = Path("docs/rules")
README = Path("README.md")
CONFIGURATION = Path("docs/configuration.md")
SCHEMA = Path("src/isolint/config/isolint.schema.json")
PLUGINS = Path("docs/plugins.md")
PLUGIN = Path("fixtures/plugins/acme-isolint")

_CODE_CELL = re.compile(r"^\| (ISO\d+) \|", re.MULTILINE)
_FROM = re.compile(r"^(<!-- from: (\S+) -->\n+```\w*\n).*?^```\n", re.MULTILINE | re.DOTALL)
_LONGEST_DEFAULT = 70
_INDEX = """\
# Rules

{table}
Each page is also on the command line: `isolint rule ISO101`. These files are generated (`make docs`).
"""


def generated(root: Path = ROOT) -> dict[Path, str]:
    """Return the content of each generated file, by its path relative to the repository."""
    from docs import api_reference

    rules = all_rules()
    pages = {PAGES / f"{rule.code}.md": rule_page.markdown(rule) for rule in rules}
    table = rule_page.table(rules)
    readme = (root / README).read_text(encoding="utf-8")
    readme = with_region(readme, "rules", _linked(table, f"{PAGES.as_posix()}/"))
    readme = with_region(readme, "keys", key_table((root / CONFIGURATION).read_text(encoding="utf-8")))
    schema = json.dumps(json_schema.schema(explained(root)), indent=2, ensure_ascii=False) + "\n"
    example = with_example((root / PLUGINS).read_text(encoding="utf-8"), root / PLUGIN)
    index = _INDEX.format(table=_linked(table, ""))
    own = {
        PAGES / "README.md": index,
        README: readme,
        PLUGINS: example,
        SCHEMA: schema,
        api_reference.PAGE: api_reference.page(),
    }
    return {**pages, **own}


def explained(root: Path = ROOT) -> dict[str, Explained]:
    """Return the description of each key in docs/configuration.md, with the value in its example."""
    text = (root / CONFIGURATION).read_text(encoding="utf-8")
    found: dict[str, Explained] = {}
    for key in KEYS:
        section = text.partition(f"### `{key}`\n")[2]
        section = re.split(r"^##+ ", section, maxsplit=1, flags=re.MULTILINE)[0]
        toml = re.search(r"```toml\n(.*?)```", section, re.DOTALL)
        if toml is None:
            raise ValueError(f"{CONFIGURATION}: no example of the key `{key}`")
        prose = re.sub(r"```.*?```\n", "", section, flags=re.DOTALL)
        paragraphs = (" ".join(each.split()) for each in prose.split("\n\n"))
        value = tomli.loads(toml[1])["tool"]["isolint"][key]
        found[key] = Explained(
            key,
            KEYS[key].shape.words,
            "\n\n".join(filter(None, paragraphs)),
            _plain(key, default_values()[key]),
            value,
        )
    return found


def _plain(key: str, value: Any) -> Any:
    """Return a default as a value of JSON; a configuration holds a table as its pairs."""
    if KEYS[key].shape.python is dict:
        return dict(cast("dict[str, Any]", value))
    return [*value] if isinstance(value, tuple) else value


def with_example(text: str, folder: Path) -> str:
    """Fill each block behind ``<!-- from: NAME -->`` with that file of ``folder``."""

    def filled(block: re.Match[str]) -> str:
        return f"{block[1]}{(folder / block[2]).read_text(encoding='utf-8')}```\n"

    return _FROM.sub(filled, text)


def obsolete(root: Path = ROOT) -> list[Path]:
    """Return the pages of rules that no longer exist."""
    expected = {path.name for path in generated(root) if path.parent == PAGES}
    return sorted(path for path in (root / PAGES).glob("*.md") if path.name not in expected)


def with_region(text: str, name: str, content: str) -> str:
    """Replace the text between ``<!-- name -->`` and ``<!-- /name -->``; ValueError where they are missing."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    head, found_start, rest = text.partition(start)
    _, found_end, tail = rest.partition(end)
    if not (found_start and found_end):
        raise ValueError(f"the markers {start.strip()} and {end} are missing")
    return f"{head}{start}\n{content}\n{end}{tail}"


def key_table(configuration: str) -> str:
    """Return the table of keys: types and defaults from the code, the meaning from docs/configuration.md."""
    rows = [
        f"| [`{key}`]({CONFIGURATION.as_posix()}#{key}) | {KEYS[key].shape.words} | {default(key)} "
        f"| {meaning(key, configuration)} |\n"
        for key in KEYS
    ]
    return "| key | holds | default | meaning |\n|---|---|---|---|\n" + "".join(rows)


def meaning(key: str, configuration: str) -> str:
    """Return the first sentence of the key's section; ValueError where there is no such section."""
    section = re.search(
        rf"^### `{re.escape(key)}`\n\n(.+?)(?:\.\s|\n\n)", configuration, re.MULTILINE | re.DOTALL
    )
    if section is None:
        raise ValueError(f"{CONFIGURATION}: no section for the key `{key}`")
    return " ".join(section[1].split())


def default(key: str) -> str:
    """Return the default of a key as it would be written in TOML."""
    value = default_values()[key]
    if value == "" or (KEYS[key].needs_entries and not value):
        return "not set"
    written = "{}" if KEYS[key].shape.python is dict else _toml(value)
    return f"`{written}`" if len(written) <= _LONGEST_DEFAULT else "see there"


def default_values() -> dict[str, Any]:
    """Return the default of each key as the configuration holds it."""
    config = Config(root=ROOT)
    owners: tuple[Any, ...] = (config, config.options)
    values = {name: getattr(owner, name) for owner in owners for name in owner.__struct_fields__}
    return {EXTEND: "", **{name.replace("_", "-"): value for name, value in values.items()}}


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        return "[" + ", ".join(map(_toml, items)) + "]"
    return f'"{value}"'


def _linked(table: str, folder: str) -> str:
    return _CODE_CELL.sub(rf"| [\1]({folder}\1.md) |", table)


def main() -> None:
    """Write every changed file, and delete the pages without a rule."""
    for path in obsolete():
        path.unlink()
    for relative, text in generated().items():
        path = ROOT / relative
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write(path, text)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # a script's own folder is on the path, not the one around it
    main()
