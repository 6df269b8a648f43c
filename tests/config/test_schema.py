from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import isolint
from isolint import catalogue
from isolint.config import Config, line_in, load
from isolint.config.schema import KEYS
from isolint.rule import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    ProblemsOf = Callable[[str | bytes], list[str]]

EVERY_KEY = """\
extend = "base.toml"
core = ["app.domain", "app.*.usecases", "src/legacy/core/**"]
runtime = ["app.runtime"]
shell = ["app.main", "**.cli"]
tests = ["spec/**"]
src = ["lib", "packages/*/src"]
select = ["ISO1", "interpreter-in-core", "ALL"]
extend-select = ["ISO301"]
ignore = ["ISO106"]
strict = true
per-file-ignores = { "app/old.py" = ["ISO101"], "!lib/**" = ["ISO1"] }
fixable = ["ISO2", "ISO4"]
unfixable = ["ISO407"]
extend-safe-fixes = ["ISO203"]
extend-unsafe-fixes = ["ISO402"]
exclude = ["gen"]
extend-exclude = ["*_pb2.py", "/docs/", "!keep.py"]
respect-gitignore = false
interpreters = ["app.run.perform"]
drivers = ["app.run.drive"]
spawners = ["app.tasks.spawn"]
clients = ["vendor.Client"]
allowed = ["app.effects.spawn"]
forbidden = ["fastapi", "app.legacy"]
plan-modules = ["app.plans"]
type-checking-imports = true
ignore-imports = ["app.helpers -> app.infra.*"]
allow-main-guard = true
exhaustive = true
warn = ["ISO3"]
rule-url = "https://example.com/{code}"
plugins = []
baseline = "accepted.json"
required-version = ">=0.1,<9"

[aliases]
"app.compat.aio" = "asyncio"
"""


def test_every_key_arrives(tmp_path: Path) -> None:
    (tmp_path / "isolint.toml").write_text(EVERY_KEY)
    (tmp_path / "base.toml").touch()
    assert load(tmp_path) == Config(
        root=tmp_path,
        source=tmp_path / "isolint.toml",
        extended=(tmp_path / "base.toml",),
        nested=True,
        core=("app.domain", "app.*.usecases", "src/legacy/core/**"),
        runtime=("app.runtime",),
        shell=("app.main", "**.cli"),
        tests=("spec/**",),
        src=("lib", "packages/*/src"),
        select=("ISO1", "interpreter-in-core", "ALL"),
        extend_select=("ISO301",),
        ignore=("ISO106",),
        strict=True,
        per_file_ignores=(("app/old.py", ("ISO101",)), ("!lib/**", ("ISO1",))),
        fixable=("ISO2", "ISO4"),
        unfixable=("ISO407",),
        extend_safe_fixes=("ISO203",),
        extend_unsafe_fixes=("ISO402",),
        exclude=("gen",),
        extend_exclude=("*_pb2.py", "/docs/", "!keep.py"),
        respect_gitignore=False,
        exhaustive=True,
        warn=("ISO3",),
        rule_url="https://example.com/{code}",
        plugins=(),
        baseline="accepted.json",
        required_version=">=0.1,<9",
        options=Options(
            interpreters=("app.run.perform",),
            drivers=("app.run.drive",),
            spawners=("app.tasks.spawn",),
            clients=("vendor.Client",),
            allowed=("app.effects.spawn",),
            forbidden=("fastapi", "app.legacy"),
            strict_effects=True,
            aliases=(("app.compat.aio", "asyncio"),),
            plan_modules=("app.plans",),
            type_checking_imports=True,
            ignore_imports=("app.helpers -> app.infra.*",),
            allow_main_guard=True,
        ),
    )
    assert all(f"{key} = " in EVERY_KEY or f"[{key}]" in EVERY_KEY for key in KEYS)


WORKED_OUT = {
    "root",
    "source",
    "options",
    "known",
    "plugin_stamps",
    "strict_effects",
    "extended",
    "inherited",
    "nested",
    "outermost",
    "overlay",
}
"""Fields without a key of their own: places, plugin entries, values derived from other keys, files or the command line."""


def test_every_key_is_a_field() -> None:
    fields = {*Config.__struct_fields__, *Options.__struct_fields__} - WORKED_OUT
    assert {key.replace("-", "_") for key in KEYS} == fields | {"extend"}


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("extend_select", "(did you mean `extend-select`?)"),
        ("per_file_ignores", "(did you mean `per-file-ignores`?)"),
        ("Core", "(did you mean `core`?)"),
        ("intepreters", "(did you mean `interpreters`?)"),
        ("qqq", ": the keys are core, runtime, shell"),
        ("tool", "the keys stand at the top, without [tool.isolint]"),
    ],
)
def test_unknown_key(problems_of: ProblemsOf, key: str, hint: str) -> None:
    (problem,) = problems_of(f"strict = true\n{key} = []\n")
    assert problem.startswith("2: ")
    assert hint in problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('core = "app"', '1: `core` must be an array of strings, not the string "app", as in core = ["..."]'),
        ('core = [\n "a",\n 3]', "3: an entry of `core` must be a string, not the number 3"),
        ("select = [true]", "1: an entry of `select` must be a string, not the boolean true"),
        ("strict = 1", "1: `strict` must be true or false, not the number 1, as in strict = true"),
        ('strict = "yes"', '1: `strict` must be true or false, not the string "yes", as in strict = true'),
        ("required-version = 0.1", "1: `required-version` must be a string, not the number 0.1"),
        ("required-version = 1979-05-27", "not the date or time 1979-05-27"),
        ('aliases = ["a"]', "1: `aliases` must be a table of strings, not an array"),
        ("[aliases]\na = {}", '2: "a" in `aliases` must be a string, not a table'),
        ("exclude = {}", "1: `exclude` must be an array of strings, not a table"),
        ('[per-file-ignores]\n"a" = "ISO101"', '2: "a" in `per-file-ignores` must be an array of strings'),
        ('[per-file-ignores]\n"a" = [1]', '2: an entry of "a" in `per-file-ignores` must be a string'),
    ],
)
def test_wrong_type(problems_of: ProblemsOf, text: str, message: str) -> None:
    (problem,) = problems_of(text)
    assert message in problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'select = ["ISO1", "event-loop-runs"]',
            "unknown rule `event-loop-runs` (did you mean `event-loop-run`",
        ),
        ('select = ["event-lop-run"]', "unknown rule `event-lop-run` (did you mean `event-loop-run`?)"),
        ('ignore = ["iso101"]', "unknown rule `iso101` (did you mean `ISO101`?)"),
        ('extend-select = ["ISO8"]', "unknown rule `ISO8`"),
        ('ignore = [""]', "unknown rule ``"),
        ('ignore = ["ISO900"]', "ISO900 is always on"),
        ('ignore = ["unparsable"]', "ISO900 is always on"),
        ("select = []", "`select` is empty: leave it out for the default"),
        ('ignore-imports = ["app.a"]', 'write both modules, as in "app.helpers -> app.infra.*"'),
        ('ignore-imports = ["app.a* -> b"]', "`app.a*` is no module: write names, `*` or `**` between dots"),
        ('ignore-imports = ["-> b"]', "`` is no module"),
        ("src = []", "`src` is empty: leave it out for the default"),
        ('src = [" "]', "an empty path"),
        ('core = ["app..domain"]', '"app..domain": an empty part'),
        ('core = [""]', '"": an empty pattern'),
        ('core = ["app.main:run"]', "`main:run` is not a Python name"),
        ('core = ["app.class"]', "`class` is a keyword of Python"),
        ('core = ["app.a**"]', "`a**` in a dotted module pattern"),
        ('core = ["src\\\\app"]', "a backslash in a path glob: write `/`"),
        ('core = ["/src/app"]', "an absolute path: write it relative"),
        ('core = ["../app/**"]', "`..` in a path glob"),
        ('core = ["src//app"]', "an empty component in a path glob"),
        ('core = ["src/**.py"]', "`**.py` in a path glob: `**` must be a whole component"),
        ('core = ["src/[ab"]', "`[` without `]`"),
        ('exclude = ["!"]', '"!": not a pattern in the grammar of .gitignore'),
        ('exclude = ["# x"]', '"# x": it matches nothing'),
        ('exclude = ["*a*a*a*a"]', "more than 3 wildcards between two `/`"),
        ('interpreters = ["perform"]', '"perform" lacks its module'),
        ('drivers = ["app.run()"]', "`run()` is not a Python name"),
        ('clients = ["app.*"]', "`*` is not a Python name"),
        ('forbidden = ["fast-api"]', '"fast-api" is not a dotted name'),
        ('plan-modules = ["app-x"]', '"app-x" is not a dotted name'),
        ('aliases = { "a-b" = "asyncio" }', '"a-b" is not a dotted name'),
        ('aliases = { "a.b" = "asyncio." }', '"asyncio." is not a dotted name: an empty part'),
        ('per-file-ignores = { "" = [] }', "an empty pattern"),
        ('per-file-ignores = { "a.py" = ["ISO7"] }', "unknown rule `ISO7`"),
        ('required-version = "0.1"', '"0.1" is not a version comparison: write for example ">=0.1,<2"'),
        (
            'required-version = ">=99"',
            f'this is isolint {isolint.__version__}, but the project asks for ">=99"',
        ),
    ],
)
def test_wrong_entry(problems_of: ProblemsOf, text: str, message: str) -> None:
    (problem,) = problems_of("\n" + text)
    assert problem.startswith(f"2: `{text.split(' ', maxsplit=1)[0]}`")
    assert message in problem


@pytest.mark.parametrize(
    ("one", "other"), [("app", "app"), ("app", "app.**"), ("src/app", "src/app/**"), ("src/a/", "./src/a")]
)
def test_one_pattern_in_two_roles(problems_of: ProblemsOf, one: str, other: str) -> None:
    (problem,) = problems_of(f'core = [\n"x",\n"{one}"]\nshell = ["y",\n"{other}"]')
    assert problem == f'5: `shell`: "{other}" is in `core` too, as "{one}" in line 3: a module has one role'


def test_every_problem_at_once_in_reading_order(problems_of: ProblemsOf) -> None:
    found = problems_of('ignore = ["ISO77", "ISO78"]\nkore = 1\nstrict = 0\nshell = ["a b"]\n')
    assert [problem.split(":")[0] for problem in found] == ["1", "1", "2", "3", "4"]


def test_line_in(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.isolint]\ncore = [\n  "a",\n  "b",\n]\n')
    config = load(tmp_path)
    assert [line_in(config, key) for key in (("core",), ("core", 1), ("shell",))] == [2, 4, 1]
    (tmp_path / "pyproject.toml").unlink()
    assert line_in(config, ("core",)) == 0
    assert line_in(Config(tmp_path), ("core",)) == 0


@pytest.mark.parametrize(
    ("aliases", "way"),
    [
        ('asyncio = "asyncio"', "asyncio -> asyncio"),
        ('asyncio = "asyncio.compat"', "asyncio -> asyncio.compat"),
        ('a = "b"\nb = "c"\nc = "a.x"', "a -> b -> c -> a.x"),
    ],
)
def test_an_alias_that_leads_to_itself(problems_of: ProblemsOf, aliases: str, way: str) -> None:
    found = problems_of(f"[aliases]\n{aliases}\n")
    assert any(problem.endswith(f"leads to itself: {way}") for problem in found)


def test_an_alias_of_an_alias_that_ends(tmp_path: Path) -> None:
    (tmp_path / "isolint.toml").write_text('[aliases]\n"a.b" = "c"\nc = "a"\n')
    assert dict(load(tmp_path).options.aliases) == {"a.b": "c", "c": "a"}


def test_an_alias_that_leads_back_by_what_is_known_ends() -> None:
    moved = catalogue.load().extended((), [("asyncio.run", "asyncio.runners.run")])
    assert moved.canonical("asyncio.run").startswith("asyncio")


def test_a_key_cannot_begin_a_line_of_its_own(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of('"a\\nsrc/x.py:1:1: ISO102" = 1')
    assert "\n" not in problem
    assert "a\\nsrc/x.py" in problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = " + "1" * 5_000, "a number has thousands of digits"),
        ("core = [\n" + '"a",\n' * 250_000 + "]", "more than 1,048,576 are not read"),
        ("core = [\n" + '"a",\n' * 5_001 + "]", "`core` has 5,001 entries, and more than 5,000 are not read"),
        (f'required-version = ">={"9" * 5_000}"', "is not a version comparison"),
    ],
)
def test_hostile_sizes(problems_of: ProblemsOf, text: str, message: str) -> None:
    (problem,) = problems_of(text)
    assert message in problem
    assert len(problem) < 300
