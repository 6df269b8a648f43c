"""Configurations of folders: one run over all of them, each in force in its own folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from isolint.config import Config, ConfigProblems, document, load, positions
from isolint.model import Checked, Severity
from isolint.project import check_paths, files

if TYPE_CHECKING:
    from isolint.config.positions import KeyPath
    from tests.project.conftest import Grow

DRIVES = "import asyncio\n\n\ndef go(w):\n    asyncio.run(w)\n"
TEXTS = {
    "isolint.toml": 'core = ["shared.rules"]\n',
    "libs/src/shared/__init__.py": "",
    "libs/src/shared/loops.py": DRIVES,
    "libs/src/shared/rules/a.py": DRIVES,
    "services/a/isolint.toml": 'core = ["app.domain"]\nshell = ["app.main"]\n',
    "services/a/app/domain/x.py": "from shared.loops import go\nfrom app.main import go as it\n\n\ndef f(w):\n    go(w)\n",
    "services/a/app/main.py": DRIVES,
    "services/b/pyproject.toml": '[tool.isolint]\ncore = ["app.rules"]\nignore = ["ISO112"]\nexclude = ["old"]\n',
    "services/b/app/rules/y.py": "import app.main\nfrom shared.loops import go\n\n\ndef f(w):\n    go(w)\n",
    "services/b/app/main.py": "# isolint: role=shell\n",
    "services/b/old/z.py": "",
    "services/c/pyproject.toml": "[project]\nname = 'c'\n",
    "services/c/app/domain/x.py": DRIVES,
}
FOUND = {
    ("libs/src/shared/rules/a.py", 5, "ISO102"),
    ("services/a/app/domain/x.py", 2, "ISO110"),
    ("services/a/app/domain/x.py", 6, "ISO112"),
    ("services/b/app/rules/y.py", 1, "ISO110"),
}


def found(config: Config, *paths: str, top: Path) -> set[tuple[str, int, str]]:
    run = check_paths(map(Path, paths or (".",)), config)
    return {
        ((Path.cwd() / one.path).relative_to(top).as_posix(), one.span.line, one.code)
        for outcome in run.outcomes
        if isinstance(outcome, Checked)
        for one in outcome.diagnostics
    }


def test_one_run_over_all_of_them(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    assert found(load(root), top=root) == FOUND
    assert found(load(root), "services/a", "libs", top=root) == {one for one in FOUND if "b/" not in one[0]}
    assert {str(path) for path in files([Path()], load(root))} == {
        name for name in TEXTS if name.endswith(".py") and "old" not in name
    }


@pytest.mark.parametrize("folder", ["services/a", "services/b", "libs/src", "services/a/app/domain"])
def test_a_run_below_finds_what_one_from_the_top_does(
    grow: Grow, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = grow(texts=TEXTS)
    monkeypatch.chdir(root / folder)
    expected = {one for one in FOUND if one[0].startswith(f"{folder}/")}
    assert found(load(root / folder), top=root) == expected
    cached = check_paths([Path()], load(root / folder), cache=root / ".isolint_cache")
    assert check_paths([Path()], load(root / folder), cache=root / ".isolint_cache") == cached


def test_files_of_several_projects_as_pre_commit_names_them(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    named = ("services/a/app/domain/x.py", "services/b/app/rules/y.py", "services/b/old/z.py")
    expected = {one for one in FOUND if one[0] in named}
    assert found(load(root / "services"), *named, top=root) == expected
    outcomes = check_paths(map(Path, named), load(root / "services"), force_exclude=True).outcomes
    assert [str(outcome.path) for outcome in outcomes] == list(named[:2])


def test_without_a_configuration_at_the_top(grow: Grow) -> None:
    texts = {name: text for name, text in TEXTS.items() if name != "isolint.toml"}
    root = grow(texts={**texts, "setup.py": ""})
    assert found(load(root), top=root) == {one for one in FOUND if "libs" not in one[0]}


def test_a_named_configuration_is_the_only_one(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    config = load(root, explicit=root / "isolint.toml")
    assert found(config, top=root) == {one for one in FOUND if "libs" in one[0]}


def test_a_command_line_is_laid_over_all(grow: Grow) -> None:
    from isolint.config import overridden
    from isolint.config.model import Overlay
    from isolint.rules import known_rules

    root = grow(texts=TEXTS)
    config = overridden(load(root), Overlay(select=("ISO112",)), known_rules)
    assert found(config, top=root) == {
        ("services/a/app/domain/x.py", 6, "ISO112"),
        ("services/b/app/rules/y.py", 6, "ISO112"),
    }


def test_configurations_in_excluded_folders_are_not_in_force(grow: Grow) -> None:
    root = grow(texts={**TEXTS, "samples/bad/isolint.toml": "nonsense = 1\n", "samples/bad/x.py": ""})
    with pytest.raises(ConfigProblems, match=r"samples/bad/isolint\.toml:1: unknown key `nonsense`"):
        check_paths([Path()], load(root))
    (root / "isolint.toml").write_text('core = ["shared.rules"]\nextend-exclude = ["samples"]\n')
    assert found(load(root), top=root) == FOUND


def test_an_excluded_folder_is_a_project_of_its_own(grow: Grow) -> None:
    root = grow(texts={**TEXTS, "isolint.toml": 'core = ["shared.rules"]\nextend-exclude = ["services"]\n'})
    assert found(load(root), top=root) == {one for one in FOUND if "libs" in one[0]}
    # nothing is known of `shared` there
    assert found(load(root / "services/b"), "services/b", top=root) == {
        one for one in FOUND if "b/" in one[0][:11]
    }


def test_all_problems_of_all_configurations_are_told(grow: Grow) -> None:
    root = grow(
        texts={
            **TEXTS,
            "services/a/isolint.toml": 'core = ["app.nope"]\n',
            "isolint.toml": 'core = ["app"]\n',
        }
    )
    with pytest.raises(ConfigProblems) as caught:
        check_paths([Path()], load(root))
    assert [str(problem).partition(" (")[0] for problem in caught.value.problems] == [
        'services/a/isolint.toml:1: `core`: "app.nope" matches no module',
    ]


def test_some_of_very_many_unmatched_entries_are_reported(
    grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The configuration is read once for the lines of all entries."""
    looked: list[str] = []

    def lines_of(text: str) -> dict[KeyPath, int]:
        looked.append(text)
        return positions.lines_of(text)

    monkeypatch.setattr(document, "lines_of", lines_of)
    lines = "".join(f'"zz{number}.*",\n' for number in range(1_000))
    root = grow(texts={**TEXTS, "isolint.toml": f'core = [\n{lines}"app"]\n'})
    with pytest.raises(ConfigProblems) as caught:
        check_paths([Path()], load(root))
    *told, rest = map(str, caught.value.problems)
    assert told == [
        f'isolint.toml:{2 + number}: `core`: "zz{number}.*" matches no module' for number in range(100)
    ]
    assert rest == "isolint.toml:102: `core`: and 900 entries more match nothing here"
    assert sum(lines in text for text in looked) == 2


def test_inherited_patterns_need_not_match(grow: Grow) -> None:
    texts = {
        **TEXTS,
        "base.toml": 'shell = ["app.main", "app.worker"]\ntests = ["checks/**"]\n',
        "services/a/isolint.toml": 'extend = "../../base.toml"\ncore = ["app.domain"]\n',
    }
    root = grow(texts=texts)
    assert found(load(root), top=root) == FOUND


def test_a_nested_src_is_heeded(grow: Grow) -> None:
    root = grow(
        texts={
            "isolint.toml": "",
            "one/isolint.toml": 'src = ["code"]\ncore = ["domain"]\nshell = ["edge"]\n',
            "one/code/domain/x.py": "import edge.a\n",
            "one/code/edge/a.py": "",
            "two/app/domain/x.py": "from app import edge\n",
            "two/app/edge.py": "# isolint: role=shell\n",
        }
    )
    assert found(load(root), top=root) == {("one/code/domain/x.py", 1, "ISO110")}


OUTER = 'core = ["shared.rules", "app.domain"]\nper-file-ignores = { "services/a/**" = ["ISO112"] }\n'


def test_patterns_that_match_files_of_inner_configurations_only_are_errors(grow: Grow) -> None:
    root = grow(texts={**TEXTS, "isolint.toml": OUTER, "services/c/isolint.toml": "strict = true\n"})
    with pytest.raises(ConfigProblems) as caught:
        check_paths([Path()], load(root))
    of_a = "services/a/isolint.toml is in force there, and does not `extend` this file"
    assert list(map(str, caught.value.problems)) == [
        f'isolint.toml:1: `core`: "app.domain" matches no module of its own: {of_a}',
        f'isolint.toml:2: `per-file-ignores`: "services/a/**" matches no file of its own: {of_a}',
    ]


def test_patterns_that_match_files_of_an_extending_configuration_are_valid(grow: Grow) -> None:
    texts = {**TEXTS, "isolint.toml": OUTER, "services/a/isolint.toml": 'extend = "../../isolint.toml"\n'}
    root = grow(texts={**texts, "services/c/isolint.toml": "strict = true\n"})
    # the inherited configuration names no shell
    assert found(load(root), top=root) == {one for one in FOUND if "a/" not in one[0][:11]}


def test_warnings_are_those_of_the_configuration_in_force(grow: Grow) -> None:
    root = grow(texts={**TEXTS, "isolint.toml": 'core = ["shared.rules"]\nwarn = ["ISO110"]\n'})
    (root / "services/b/pyproject.toml").write_text('[tool.isolint]\ncore = ["app.rules"]\nwarn = ["ISO1"]\n')
    run = check_paths([Path()], load(root))
    severities = {
        (one.path.parts[1], one.severity)
        for outcome in run.outcomes
        if isinstance(outcome, Checked)
        for one in outcome.diagnostics
    }
    assert severities == {("src", Severity.ERROR), ("a", Severity.ERROR), ("b", Severity.WARNING)}
