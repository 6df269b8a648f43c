"""`isolint baseline`, and `isolint check` with a baseline."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from isolint.model import Crashed
from isolint.project.checking import Checker, Examined
from tests.cli.conftest import BAD, GOOD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from isolint.project.checking import Job
    from tests.cli.conftest import Answer

    Isolint = Callable[..., Answer]

FILE = "isolint-baseline.json"
TWICE = BAD + "\n\ndef save(main):\n    return asyncio.run(main())\n"
CLEAN = f"No new findings (5 files, 3 of them core, 1 accepted in {FILE}).\n"


@pytest.fixture
def accepting(shop: Path, isolint: Isolint) -> Path:
    """The shop, with its one finding accepted."""
    with (shop / "pyproject.toml").open("a") as file:
        file.write(f'baseline = "{FILE}"\n')
    assert isolint("baseline", "-q").code == 0
    return shop


def test_a_baseline_lists_the_findings_and_tells_how_to_use_it(shop: Path, isolint: Isolint) -> None:
    done = isolint("baseline")
    assert (done.code, done.out) == (0, "")
    assert done.err == (
        f"note: wrote {FILE}: 1 finding accepted\n"
        f'note: to use it, put `baseline = "{FILE}"` into the configuration, or give --baseline\n'
    )
    assert json.loads((shop / FILE).read_text())["findings"] == [
        {
            "module": "app.domain.users",
            "scope": "load",
            "code": "ISO102",
            "subject": "asyncio.run",
            "count": 1,
        }
    ]
    assert isolint("check").code == 1
    assert isolint("check", "--baseline", FILE).out == CLEAN


def test_the_baseline_path_is_relative_to_the_configuration(
    accepting: Path, isolint: Isolint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(accepting / "app")
    assert (
        isolint("check", "domain").out
        == f"No new findings (3 files, all of them core, 1 accepted in {accepting / FILE}).\n"
    )


def test_only_new_findings_are_reported(accepting: Path, isolint: Isolint) -> None:
    assert isolint("check").out == CLEAN
    (accepting / "app/domain/users.py").write_text(TWICE)
    done = isolint("check", "--output-format", "concise")
    assert done.code == 1
    assert done.out == (
        "app/domain/users.py:9:12: ISO102 `asyncio.run` runs an event loop: only a shell drives\n"
        f"Found 1 new finding in 1 file (checked 5 files, 3 of them core, 1 accepted in {FILE}).\n"
    )
    assert len(json.loads(isolint("check", "--output-format", "json").out)) == 1
    assert isolint("check", "--statistics").out.startswith("1  ISO102")
    assert f"1 accepted in {FILE}" in isolint("check", "--output-format", "github").out
    assert len(json.loads(isolint("check", "--no-baseline", "--output-format", "json").out)) == 2


def test_accepted_findings_are_hints_on_request(accepting: Path, isolint: Isolint) -> None:
    users = accepting / "app/domain/users.py"
    done = isolint("check", "--show-accepted", "--output-format", "concise")
    hint = "app/domain/users.py:5:12: ISO102 hint: `asyncio.run` runs an event loop: only a shell drives\n"
    assert (done.code, done.out) == (0, hint + CLEAN)
    users.write_text(TWICE)
    options = ("--show-accepted", "--output-format", "json")
    done = isolint("check", *options)
    assert [(one["location"]["row"], one["severity"]) for one in json.loads(done.out)] == [
        (5, "hint"),
        (9, "error"),
    ]
    unsaved = isolint("check", *options, "--stdin-filename", "app/domain/users.py", "-", stdin=BAD.encode())
    assert (unsaved.code, [one["severity"] for one in json.loads(unsaved.out)]) == (0, ["hint"])
    assert isolint("check", "--show-accepted", "--max-findings", "1").code == 0
    refused = isolint("check", "--show-accepted", "--no-baseline")
    assert (refused.code, "--show-accepted needs a baseline" in refused.err) == (2, True)


@pytest.mark.usefixtures("accepting")
def test_a_text_on_standard_input_is_held_against_it(isolint: Isolint) -> None:
    name = "app/domain/users.py"
    assert isolint("check", "--stdin-filename", name, "-", stdin=BAD.encode()).code == 0
    assert isolint("check", "--stdin-filename", name, "-", stdin=TWICE.encode()).out.count("ISO102") == 1
    assert isolint("check", "--stdin-filename", name, "-", stdin=GOOD.encode()).err == ""


def test_a_second_one_is_not_written_over_the_first(accepting: Path, isolint: Isolint) -> None:
    before = (accepting / FILE).read_bytes()
    done = isolint("baseline")
    assert done.code == 2
    assert done.err.startswith(f"error: {FILE} exists already: --prune removes")
    assert (accepting / FILE).read_bytes() == before


def test_paid_debt_is_told_and_pruned(accepting: Path, isolint: Isolint) -> None:
    (accepting / "app/domain/users.py").write_text(GOOD)
    done = isolint("check")
    assert done.code == 0
    assert done.err == f"note: {FILE} accepts 1 finding that is gone: `isolint baseline --prune` removes it\n"
    done = isolint("check", "--strict-baseline", "-q")
    assert done.code == 1
    assert done.err == (
        f"error: {FILE}:4: accepts ISO102 asyncio.run in app.domain.users:load, but none is left: "
        "run `isolint baseline --prune`\n"
    )
    assert isolint("baseline", "--prune").err == f"note: wrote {FILE}: 0 findings accepted (-1)\n"
    assert isolint("check", "--strict-baseline").code == 0


def test_debt_of_a_module_that_is_gone_is_paid(accepting: Path, isolint: Isolint) -> None:
    (accepting / "app/domain/users.py").unlink()
    assert "1 finding that is gone" in isolint("check", "app/main.py").err


def test_debt_outside_a_run_stays(accepting: Path, isolint: Isolint) -> None:
    (accepting / "app/domain/users.py").write_text(GOOD)
    assert isolint("check", "app/main.py").err == ""
    assert isolint("check", "--select", "ISO3").err == ""
    (accepting / "app/domain/users.py").write_text("def broken(:\n")
    assert isolint("check").err == ""
    isolint("baseline", "--prune", "app/main.py")
    assert len(json.loads((accepting / FILE).read_text())["findings"]) == 1


def test_a_baseline_grows_only_on_request(accepting: Path, isolint: Isolint) -> None:
    (accepting / "app/domain/users.py").write_text(TWICE)
    before = (accepting / FILE).read_bytes()
    done = isolint("baseline", "--update")
    assert done.code == 1
    assert (
        done.out == "app/domain/users.py:9:12: ISO102 `asyncio.run` runs an event loop: only a shell drives\n"
    )
    assert (
        done.err
        == "error: nothing was written: the baseline would grow by 1 finding; --allow-growth accepts that\n"
    )
    assert (accepting / FILE).read_bytes() == before
    assert isolint("baseline", "--prune").code == 0
    assert (accepting / FILE).read_bytes() == before
    assert (
        isolint("baseline", "--update", "--allow-growth").err
        == f"note: wrote {FILE}: 2 findings accepted (+1)\n"
    )
    assert isolint("check").code == 0


def test_an_update_for_some_paths_keeps_what_is_accepted_elsewhere(accepting: Path, isolint: Isolint) -> None:
    (accepting / "app/domain/orders.py").write_text(BAD)
    isolint("baseline", "--update", "--allow-growth", "app/domain/orders.py")
    modules = [entry["module"] for entry in json.loads((accepting / FILE).read_text())["findings"]]
    assert modules == ["app.domain.orders", "app.domain.users"]


def test_a_rule_that_is_gone_is_an_error_until_it_is_pruned(accepting: Path, isolint: Isolint) -> None:
    path = accepting / FILE
    line = path.read_text().splitlines()[3]
    path.write_text(path.read_text().replace(line, f"{line.replace('ISO102', 'ISO199')},\n{line}"))
    done = isolint("check")
    assert (done.code, done.out) == (2, "")
    assert (
        done.err
        == f"error: {FILE}:4: unknown rule `ISO199`: `isolint baseline --prune` removes entries of unknown rules\n"
    )
    assert isolint("baseline", "--prune").code == 0
    assert isolint("check").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check"], "isolint-baseline.json:1: git left a conflict here"),
        (["baseline", "--prune"], "isolint-baseline.json:1: git left a conflict here"),
        (["check", "--baseline", "missing.json"], "missing.json: there is no such baseline"),
        (["check", "--baseline", FILE, "--no-baseline"], "--baseline and --no-baseline exclude each other"),
        (["check", "--no-baseline", "--strict-baseline"], "--strict-baseline needs a baseline"),
        (["baseline", "--allow-growth"], "--allow-growth goes with --update"),
        (["baseline", "--prune", "--stats"], "--update, --prune and --stats exclude each other"),
    ],
)
def test_bad_input(accepting: Path, isolint: Isolint, arguments: list[str], message: str) -> None:
    (accepting / FILE).write_text("<<<<<<< ours\n")
    done = isolint(*arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert (accepting / FILE).read_text() == "<<<<<<< ours\n"


def test_the_configuration_names_one_that_is_not_there(accepting: Path, isolint: Isolint) -> None:
    (accepting / FILE).unlink()
    message = f'pyproject.toml:4: `baseline`: "{FILE}" is not there: `isolint baseline` writes it'
    done = isolint("check")
    assert (done.code, done.err) == (2, f"error: {message}\n")


def test_files_that_cannot_be_checked(shop: Path, isolint: Isolint) -> None:
    (shop / "app/domain/broken.py").write_text("def broken(:\n")
    assert "broken.py cannot be parsed, which no baseline accepts" in isolint("baseline").err
    assert isolint("check", "--baseline", FILE).out.count("ISO900") == 1


def test_nothing_is_written_where_a_file_could_not_be_checked(
    accepting: Path, isolint: Isolint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Checker, job: Job) -> Examined:
        return Examined(Crashed(job.file.shown, "cannot be read: gone"))

    monkeypatch.setattr(Checker, "check", fail)
    before = (accepting / FILE).read_bytes()
    done = isolint("baseline", "-q", "--prune", "--no-cache", "app/domain/users.py")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: app/domain/users.py: could not be checked: cannot be read: gone\n"
        "error: nothing was written: the findings in these files are not known\n"
    )
    assert (accepting / FILE).read_bytes() == before


def test_accepted_findings_by_package_rule_and_age(accepting: Path, isolint: Isolint) -> None:
    def git(*arguments: str, date: str = "") -> None:
        me = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        env = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        subprocess.run(["git", *me, *arguments], cwd=accepting, env=env, check=True, capture_output=True)

    by_package_and_rule = f"1 finding accepted in {FILE}\n\nby package\n  1  app.domain\n\nby rule\n  1  ISO102 event-loop-run\n"
    outside = isolint("baseline", "--stats")
    assert outside.out == by_package_and_rule
    assert outside.err.startswith("note: ages are not known: git blame: ")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start", date="2020-01-01T00:00:00Z")
    assert isolint("baseline", "--stats").out == by_package_and_rule + "\nby age\n  1  more than a year\n"
    (accepting / "app/domain/orders.py").write_text(BAD)
    isolint("baseline", "--update", "--allow-growth")
    assert isolint("baseline", "--stats").out.endswith(
        "by age\n  1  not committed yet\n  1  more than a year\n"
    )


@pytest.fixture
def nested(accepting: Path, isolint: Isolint) -> Path:
    """The shop, and in a folder of it a service with a configuration, a baseline and a finding of its own."""
    service = accepting / "service"
    (service / "orders").mkdir(parents=True)
    (service / "isolint.toml").write_text('core = ["orders"]\nbaseline = "accepted.json"\n')
    (service / "orders/__init__.py").write_text("")
    (service / "orders/load.py").write_text(BAD)
    assert isolint("baseline", "-q", "service").code == 0
    return accepting


def test_each_configuration_has_its_own_baseline(nested: Path, isolint: Isolint) -> None:
    assert "orders.load" in (nested / "service/accepted.json").read_text()
    assert "orders.load" not in (nested / FILE).read_text()
    done = isolint("check")
    assert done.code == 0
    assert done.out.endswith("2 accepted in 2 baselines).\n")
    for target in ("service", "service/orders/load.py", "app/domain/users.py"):
        assert isolint("check", target).code == 0
    (nested / "service/orders/load.py").write_text(TWICE)
    assert isolint("check", "-q", "--output-format", "concise").out.startswith(
        "service/orders/load.py:9:12: ISO102"
    )
    (nested / "service/orders/load.py").write_text(GOOD)
    (nested / "app/domain/users.py").write_text(GOOD)
    assert isolint("check").err == (
        "note: 2 baselines accept 2 findings that are gone: `isolint baseline --prune` removes them\n"
    )
    strict = isolint("check", "--strict-baseline")
    assert strict.code == 1
    assert [line.split(": ")[1] for line in strict.err.splitlines()] == [
        f"{FILE}:4",
        "service/accepted.json:4",
    ]


def test_a_baseline_takes_no_findings_of_another_configuration(nested: Path, isolint: Isolint) -> None:
    (nested / FILE).unlink()
    done = isolint("baseline")
    assert (
        "note: 1 finding in folders with a configuration of their own: run `isolint baseline` there\n"
        in done.err
    )
    assert f"wrote {FILE}: 1 finding accepted" in done.err
    (nested / "service/isolint.toml").write_text('extend = "../pyproject.toml"\ncore = ["orders"]\n')
    assert isolint("check").code == 1, (
        "inherited, so that the baseline of the shop is in force, which lacks it"
    )
    assert f"wrote {FILE}: 2 findings accepted (+1)" in isolint("baseline", "--update", "--allow-growth").err
    assert isolint("check").code == 0


def test_a_baseline_on_the_command_line_holds_for_all_configurations(nested: Path, isolint: Isolint) -> None:
    assert isolint("baseline", "--baseline", "all.json").code == 0
    assert isolint("check", "--baseline", "all.json").out.endswith("2 accepted in all.json).\n")
    assert isolint("check", "--no-baseline").out.startswith("app/domain/users.py")
    assert (nested / "all.json").exists()


def test_a_chain_may_change_behind_what_the_core_says(accepting: Path, isolint: Isolint) -> None:
    helpers = accepting / "app/helpers.py"
    (accepting / "app/domain/orders.py").write_text(
        "from app.helpers import go\n\ndef load(work):\n    return go(work)\n"
    )
    helpers.write_text("import asyncio\nimport app.main\n\ndef go(work):\n    return asyncio.run(work)\n")
    isolint("baseline", "--update", "--allow-growth")
    assert isolint("check").out.endswith(f"3 accepted in {FILE}).\n")
    helpers.write_text("import app.loops\n\n\ndef go(work):\n    return app.loops.run(work)\n")
    (accepting / "app/loops.py").write_text(
        "import asyncio\nfrom app import main\n\ndef run(work):\n    with asyncio.Runner() as runner:\n"
        "        return runner.run(work)\n"
    )
    assert isolint("check").out.endswith(f"3 accepted in {FILE}).\n")
    assert "app.loops" in isolint("check", "--no-baseline", "--output-format", "concise").out


def test_a_module_that_another_import_root_renames(accepting: Path, isolint: Isolint) -> None:
    """Two packages `app` have modules of other names than one has."""
    (accepting / "service").mkdir()
    (accepting / "app").rename(accepting / "service/app")
    (accepting / "other/app").mkdir(parents=True)
    for name in ("__init__", "x"):
        (accepting / f"other/app/{name}.py").write_text("")
    done = isolint("check")
    assert (done.code, "gone" in done.err) == (0, False)
    assert done.out.endswith(f"1 accepted in {FILE}).\n")
    assert isolint("check", "--strict-baseline").code == 0
    assert isolint("baseline", "--update").code == 0
    (entry,) = json.loads((accepting / FILE).read_text())["findings"]
    assert entry["module"] == "service:app.domain.users"
    assert isolint("check", "--strict-baseline").code == 0
