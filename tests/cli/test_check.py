from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from tests.cli.conftest import BAD, CONFIGURATION, GOOD, Answer

if TYPE_CHECKING:
    from collections.abc import Callable

PLACE = "app/domain/users.py:5:12: ISO102"


def test_findings_exit_with_1(isolint: Any) -> None:
    answer = isolint("check", "--output-format", "concise")
    first, last = answer.out.splitlines()
    assert first.startswith(PLACE)
    assert last == "Found 1 finding in 1 file (checked 5 files, 3 of them core)."
    assert (answer.code, answer.err) == (1, "")


def test_full_is_the_usual_format(isolint: Any) -> None:
    lines = isolint("check").out.splitlines()
    assert lines[0].startswith(f"{PLACE} event-loop-run: ")
    assert lines[1:5] == [
        "  |",
        "5 |     return asyncio.run(main())",
        "  |            ^^^^^^^^^^^",
        "  = resolved: asyncio.run",
    ]


def test_a_clean_project_exits_with_0(shop: Path, isolint: Any) -> None:
    (shop / "app/domain/users.py").write_text(GOOD)
    answer = isolint("check")
    assert (answer.code, answer.out, answer.err) == (0, "No findings (5 files, 3 of them core).\n", "")


def test_exit_zero_hides_no_finding(isolint: Any) -> None:
    answer = isolint("check", "--exit-zero")
    assert answer.code == 0
    assert PLACE in answer.out


READ = Path.read_bytes


def refuse(subject: Any, *_: Any, **__: Any) -> bytes:
    """Stand in for a method that fails on source files: one that reads them, or one that checks them."""
    if isinstance(subject, Path) and subject.suffix != ".py":
        return READ(subject)
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    "options",
    [["--exit-zero"], ["--statistics"], ["--output-format=json"], ["--output-format=github"], ["-q"]],
)
@pytest.mark.parametrize("broken", ["pathlib.Path.read_bytes", "isolint.engine._Check.run"])
def test_a_file_that_could_not_be_checked_is_never_clean(
    isolint: Any, monkeypatch: pytest.MonkeyPatch, broken: str, options: list[str]
) -> None:
    monkeypatch.setattr(broken, refuse)
    answer = isolint("check", *options)
    assert answer.code == 2
    assert "app/domain/users.py" in answer.out + answer.err
    assert "Permission denied" in answer.out + answer.err


def test_a_file_that_is_not_python_is_a_finding(shop: Path, isolint: Any) -> None:
    (shop / "app/domain/users.py").write_text("import asyncio\ndef run(:\n")
    answer = isolint("check", "--output-format", "concise")
    assert answer.code == 1
    assert answer.out.startswith("app/domain/users.py:2:")
    assert "ISO900" in answer.out


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (["--select", "ISO102"], ["ISO102"]),
        (["--select", "ISO2,ISO1"], ["ISO102"]),
        (["--select", "ISO2", "--select", "event-loop-run"], ["ISO102"]),
        (["--select", "ISO2"], []),
        (["--select", "ISO2", "--extend-select", "ISO102"], ["ISO102"]),
        (["--ignore", "ISO102"], []),
        (["--ignore", "ISO301,ISO102"], []),
    ],
)
def test_the_command_line_selects_rules(isolint: Any, options: list[str], codes: list[str]) -> None:
    answer = isolint("check", "--output-format", "json", *options)
    assert [record["code"] for record in json.loads(answer.out)] == codes
    assert answer.code == bool(codes)


def test_select_on_the_command_line_outweighs_ignore_in_the_file(shop: Path, isolint: Any) -> None:
    (shop / "pyproject.toml").write_text(CONFIGURATION + 'ignore = ["ISO102"]\n')
    assert isolint("check").code == 0
    assert isolint("check", "--extend-select", "ISO102").code == 1


def test_json(shop: Path, isolint: Any) -> None:
    answer = isolint("check", "--output-format", "json")
    (record,) = json.loads(answer.out)
    assert record["filename"] == str(shop / "app/domain/users.py")
    assert record["location"] == {"row": 5, "column": 12}
    assert (record["role"], record["resolved"]) == ("core", "asyncio.run")


def test_statistics(isolint: Any) -> None:
    answer = isolint("check", "--statistics")
    assert (
        answer.out
        == "1  ISO102  event-loop-run\nFound 1 finding in 1 file (checked 5 files, 3 of them core).\n"
    )
    assert answer.code == 1


@pytest.mark.parametrize("order", [1, -1])
def test_paths_in_any_order_give_the_same_report(shop: Path, isolint: Any, order: int) -> None:
    (shop / "app/domain/orders.py").write_text(BAD)
    paths = ["app/domain/users.py", "app/domain/orders.py", "app"][::order]
    found = [
        line.split(":")[0]
        for line in isolint("check", "-q", "--output-format=concise", *paths).out.split("\n")
    ]
    assert found == ["app/domain/orders.py", "app/domain/users.py", ""]


def test_an_output_file_takes_the_report_and_the_screen_keeps_the_count(shop: Path, isolint: Any) -> None:
    answer = isolint("check", "--output-format", "json", "-o", "out/report.json")
    assert len(json.loads((shop / "out/report.json").read_text())) == 1
    assert answer.out == "Found 1 finding in 1 file (checked 5 files, 3 of them core).\n"
    assert answer.code == 1


def test_quiet_prints_findings_only(shop: Path, isolint: Any) -> None:
    quiet = isolint("check", "-q", "--output-format", "concise")
    assert len(quiet.out.splitlines()) == 1
    (shop / "app/domain/users.py").write_text(GOOD)
    assert isolint("check", "-q").out == ""


def test_verbose_says_which_configuration_was_used(shop: Path, isolint: Any) -> None:
    assert f"configuration: {shop / 'pyproject.toml'}" in isolint("check", "-v").err


def test_show_files(isolint: Any) -> None:
    answer = isolint("check", "--show-files", "app/domain")
    assert answer.out.split() == ["app/domain/__init__.py", "app/domain/orders.py", "app/domain/users.py"]
    assert answer.code == 0


@pytest.mark.parametrize(("options", "code"), [([], 1), (["--force-exclude"], 0)])
def test_excluded_files_are_checked_when_named_unless_forced(
    shop: Path, isolint: Any, options: list[str], code: int
) -> None:
    (shop / "pyproject.toml").write_text(CONFIGURATION + 'extend-exclude = ["app/domain/users.py"]\n')
    assert isolint("check", *options, "app/domain/users.py").code == code


def test_suppressions_are_obeyed_until_told_otherwise(shop: Path, isolint: Any) -> None:
    (shop / "app/domain/users.py").write_text(BAD.rstrip() + "  # isolint: ignore[ISO102] -- legacy\n")
    assert isolint("check").code == 0
    assert isolint("check", "--ignore-suppressions").code == 1


def test_standard_input_is_checked_as_the_file_it_is_named(isolint: Any) -> None:
    answer = isolint(
        "check", "--output-format=concise", "--stdin-filename", "app/domain/new.py", "-", stdin=BAD.encode()
    )
    assert answer.out.startswith("app/domain/new.py:5:12: ISO102")
    assert answer.code == 1


def test_naming_standard_input_reads_it(isolint: Any) -> None:
    assert isolint("check", "--stdin-filename", "app/domain/new.py", stdin=GOOD.encode()).code == 0


def test_standard_input_without_a_name_says_what_that_means(isolint: Any) -> None:
    answer = isolint("check", "-", stdin=BAD.encode())
    assert "--stdin-filename" in answer.err
    assert answer.code == 0


def test_standard_input_without_a_name_is_no_module_without_a_role(shop: Path, isolint: Any) -> None:
    configuration = shop / "pyproject.toml"
    configuration.write_text(configuration.read_text() + "exhaustive = true\n")
    assert isolint("check", "-", stdin=GOOD.encode()).code == 0
    assert "ISO902" in isolint("check", "--stdin-filename", "app/helpers.py", stdin=GOOD.encode()).out


@pytest.mark.usefixtures("shop")
def test_a_folder_is_no_name_for_standard_input(isolint: Any) -> None:
    answer = isolint("check", "--stdin-filename", "app/domain", "-", stdin=GOOD.encode())
    assert answer.code == 2
    assert "'app/domain' is a directory" in answer.err


@pytest.mark.parametrize("command", ["check", "map", "clean"])
def test_the_help_names_the_variables_that_stand_for_options(isolint: Any, command: str) -> None:
    assert "ISOLINT_CACHE_DIR" in isolint(command, "--help").out


def test_the_configuration_is_found_from_the_paths(
    shop: Path, isolint: Any, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert isolint("check", shop).code == 1
    assert isolint("check", shop / "app/main.py", shop / "app/domain/users.py").code == 1


def test_a_named_configuration_is_used_and_isolated_uses_none(shop: Path, isolint: Any) -> None:
    (shop / "other.toml").write_text('core = ["app.main"]\n')
    (shop / "isolint.toml").unlink(missing_ok=True)
    (shop / "other.toml").rename(shop / "isolint.toml")
    answer = isolint("check", "--config", "isolint.toml", "--output-format=concise")
    assert answer.out.startswith("app/main.py:5:12: ISO102")
    isolated = isolint("check", "--isolated", "--output-format=concise")
    assert isolated.out.startswith(PLACE)
    assert "domain" in isolated.err


@pytest.mark.parametrize(
    ("environment", "options", "painted"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"FORCE_COLOR": "1"}, ["--output-file", "/dev/stdout"], False),
    ],
)
def test_colour(
    isolint: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    options: list[str],
    *,
    painted: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    shown = isolint("check", *options).out
    assert (click.unstyle(shown) != shown) is painted


def test_two_jobs_report_what_one_reports(shop: Path, isolint: Any) -> None:
    for number in range(40):
        (shop / f"app/domain/more{number}.py").write_text(BAD)
    one = isolint("check", "--jobs", "1", "--output-format", "json")
    two = isolint("check", "--jobs", "2", "--output-format", "json")
    assert one == two
    assert len(json.loads(one.out)) == 41


def test_rules_that_only_warn(shop: Path, isolint: Callable[..., Answer]) -> None:
    with (shop / "pyproject.toml").open("a") as file:
        file.write('warn = ["ISO1"]\n')
    done = isolint("check", "--output-format", "concise")
    assert done.code == 0
    assert done.out.startswith("app/domain/users.py:5:12: ISO102 warning: `asyncio.run` runs")
    assert done.out.endswith(
        "Found 1 finding, 1 of them a warning, in 1 file (checked 5 files, 3 of them core).\n"
    )
    assert isolint("check", "--output-format", "concise") == done
    (shop / "app/domain/orders.py").write_text("def broken(:\n")
    assert isolint("check").code == 1


@pytest.mark.parametrize(("most", "code"), [(0, 1), (1, 1), (2, 0), (20, 0)])
def test_max_findings_decides_the_exit_code(
    shop: Path, isolint: Callable[..., Answer], most: int, code: int
) -> None:
    (shop / "app/domain/orders.py").write_text(BAD)
    done = isolint("check", "--max-findings", str(most))
    assert done.code == code
    assert done.err == f"note: --max-findings allows {most} findings; there are 2\n"


def test_the_rule_that_cannot_be_a_warning(shop: Path, isolint: Callable[..., Answer]) -> None:
    with (shop / "pyproject.toml").open("a") as file:
        file.write('warn = ["ISO900", "ISO77"]\n')
    done = isolint("check")
    assert done.code == 2
    assert "`warn`: ISO900 is always an error: nothing in such a file is checked" in done.err
    assert "`warn`: unknown rule `ISO77`" in done.err


def test_each_configuration_says_what_only_warns(shop: Path, isolint: Any) -> None:
    (shop / "service").mkdir()
    (shop / "service/isolint.toml").write_text('core = ["orders"]\nwarn = ["ISO102"]\n')
    (shop / "service/orders.py").write_text(BAD)
    told = isolint("check", "--output-format", "concise").out
    assert "service/orders.py:5:12: ISO102 warning: " in told
    assert "app/domain/users.py:5:12: ISO102 `asyncio.run`" in told
    assert isolint("check", "service").code == 0
