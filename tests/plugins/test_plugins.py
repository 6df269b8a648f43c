"""Rules and catalogues of an installed package, built and installed as its users would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from isolint import api, plugins
from isolint.plugins import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "fixtures/plugins/acme-isolint"
CORE = """\
import time as clock
from acme.legacy import prices
from acme.loops import run_now as go


def load(work):
    clock.time()
    return go(work)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the example is installed from its wheel."""
    folder = tmp_path_factory.mktemp("plugin")
    wheel = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--wheel",
        "--outdir",
        str(folder / "dist"),
        str(EXAMPLE),
    ]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    for command in (
        wheel,
        [*pip, str(folder / "site"), "--find-links", str(folder / "dist"), "acme-isolint"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "isolint.toml").write_text(
        'core = ["app.domain"]\nplugins = ["acme-isolint"]\nselect = ["ISO1", "ACME"]\n'
    )
    (tmp_path / "app").mkdir()
    (tmp_path / "app/domain.py").write_text(CORE)
    (tmp_path / "app/shell.py").write_text(CORE)
    return tmp_path


def isolint(folder: Path, site: Path, *arguments: str, python: tuple[str, ...] = ("-m", "isolint")) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(site), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, *python, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_rules_and_catalogue_of_the_example(installed: Path, project: Path) -> None:
    done = isolint(project, installed, "check", "--output-format", "concise", "-j", "2")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "app/domain.py:2:25: ACME101 `acme.legacy.prices` is on its way out",
        "app/domain.py:7:5: ACME102 `clock.time()` asks the wall clock",
        "app/domain.py:8:12: ISO102 `acme.loops.run_now` (reached as `go`) runs an event loop: only a shell drives",
        "app/shell.py:7:5: ACME102 `clock.time()` asks the wall clock",
        "Found 4 findings in 2 files (checked 2 files, 1 of them core).",
    ]
    warm = isolint(project, installed, "check", "--output-format", "concise")
    assert warm.stdout == done.stdout


def test_plugin_rules_are_treated_as_built_in_ones(installed: Path, project: Path) -> None:
    (project / "app/domain.py").write_text(CORE.replace("prices\n", "prices  # isolint: ignore[ACME101]\n"))
    sarif = json.loads(isolint(project, installed, "check", "--output-format", "sarif").stdout)
    (run,) = sarif["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["ACME102", "ISO102", "ACME102"]
    rules = {rule["id"]: rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"]}
    assert rules["ACME102"] == "Something asks the wall clock"
    assert isolint(project, installed, "rule", "wall-clock").stdout.startswith("ACME102 wall-clock\n")
    assert isolint(project, installed, "baseline", "-q").returncode == 0
    assert isolint(project, installed, "check", "--baseline", "isolint-baseline.json").returncode == 0
    assert "by rule\n  2  ACME102 wall-clock" in isolint(project, installed, "baseline", "--stats").stdout
    chosen = isolint(project, installed, "check", "--select", "ACME1", "--ignore", "wall-clock")
    assert chosen.stdout == "No findings (2 files, 1 of them core).\n"


def test_flake8_has_them_too(installed: Path, project: Path) -> None:
    done = isolint(project, installed, "--isolated", "--select=ISO,ACME", "app", python=("-m", "flake8"))
    assert done.stdout.count("ACME102") == 2
    assert done.stdout.count("ACME101") == 1


def test_a_package_that_is_not_named_is_not_loaded(installed: Path, project: Path) -> None:
    (project / "isolint.toml").write_text('core = ["app.domain"]\n')
    done = isolint(project, installed, "check", "--output-format", "concise")
    assert "ACME" not in done.stdout
    (project / "isolint.toml").write_text('core = ["app.domain"]\nselect = ["ACME"]\n')
    assert "unknown rule `ACME`" in isolint(project, installed, "check").stderr


def test_the_tree_that_is_checked_is_no_place_for_plugins(installed: Path, project: Path) -> None:
    """``python -m`` puts the working directory first on the path: modules in it must not run."""
    (project / "acme_isolint").mkdir()
    (project / "acme_isolint/__init__.py").write_text("raise SystemExit('the tree was run')\n")
    done = isolint(project, installed, "check", "--statistics")
    assert done.returncode == 1
    assert "2  ACME102  wall-clock" in done.stdout
    for path in installed.iterdir():
        if not (project / path.name).exists():
            (project / path.name).symlink_to(path)
    (project / "isolint.toml").write_text('core = ["app.domain"]\nplugins = ["acme-isolint"]\n')
    done = isolint(project, project, "check")
    assert done.returncode == 2
    assert "`plugins`: no package `acme-isolint` is installed beside isolint" in done.stderr


def test_another_build_of_a_plugin_is_asked_anew(installed: Path, project: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for path in installed.iterdir():
        subprocess.run(["cp", "-r", str(path), str(site)], check=True)
    before = [isolint(project, site, "check", "-q", "--output-format", "concise").stdout for _ in range(2)]
    assert "is on its way out" in before[1]
    rule = site / "acme_isolint/legacy_import.py"
    rule.write_text(rule.read_text().replace("is on its way out", "is gone"))
    assert "is gone" in isolint(project, site, "check", "-q", "--output-format", "concise").stdout


def check(_fact: api.Import, _module: api.Module) -> Iterator[api.Finding]:
    yield from ()


def rule(**given: Any) -> api.Rule:
    usual: dict[str, Any] = {
        "code": "ACME1",
        "name": "a-rule",
        "summary": "",
        "rationale": "",
        "roles": api.CORE,
        "looks_at": (api.Import,),
        "check": check,
        "api": 1,
    }
    return api.Rule(**usual | given)


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return a function that installs a package with the given module and entry points."""

    def bring(name: str, module: str, points: str, **values: Any) -> None:
        folder = tmp_path / "site" / f"{name.replace('-', '_')}-1.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (folder / "entry_points.txt").write_text(points)
        package = tmp_path / "site" / module
        package.mkdir()
        (package / "__init__.py").write_text("")
        monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
        monkeypatch.delitem(sys.modules, module, raising=False)
        made.append(module)
        for key, value in values.items():
            monkeypatch.setattr(f"{module}.{key}", value, raising=False)

    made: list[str] = []
    plugins.load.cache_clear()
    yield bring
    plugins.load.cache_clear()
    for module in made:
        sys.modules.pop(module, None)


RULES = "[isolint.rules]\nACME1 = {}:RULE\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "is a NoneType, not an isolint.api.Rule"),
        (rule(api=2), "is written for version 2 of isolint.api; this isolint has 1"),
        (rule(code="ISO199"), "the code `ISO199` must be capitals and digits, and not begin with ISO"),
        (rule(code="acme1"), "the code `acme1` must be capitals and digits"),
        (rule(code="ACME2"), "has the code `ACME2`: name the entry point so"),
        (rule(name="A Rule"), "the name `A Rule` must be words in small letters"),
    ],
)
def test_an_entry_point_that_is_no_rule(brought: Callable[..., None], given: object, message: str) -> None:
    brought("acme-x", "acme_x", RULES.format("acme_x"), RULE=given)
    with pytest.raises(PluginError) as caught:
        plugins.load("acme-x")
    assert str(caught.value).startswith("`acme-x`: the entry point `ACME1 = acme_x:RULE`")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("points", "files", "message"),
    [
        ("", {}, "`acme-y` is installed, but has no entry points `isolint.rules` or `isolint.catalogues`"),
        (RULES.format("acme_gone"), {}, "cannot be loaded: ModuleNotFoundError: No module named 'acme_gone'"),
        ("[isolint.catalogues]\na = acme_y\n", {}, "there is no TOML file in that package"),
        ("[isolint.catalogues]\na = acme_y\n", {"a.toml": "["}, "a.toml: not valid TOML"),
        (
            "[isolint.catalogues]\na = acme_y\n",
            {"a.toml": '[names]\n"a.b" = { does = "flies" }\n'},
            "'flies' is not a valid Effect",
        ),
        (
            "[isolint.catalogues]\na = acme_y\n",
            {"a.toml": '[names]\n"a.b" = { returns = "a.Gone" }\n'},
            "catalogue: a.b speaks of a.Gone, which has no entry",
        ),
        (
            "[isolint.catalogues]\na = acme_y\n",
            {"a.toml": '[names]\n"a.b" = { colour = "red" }\n'},
            "colour",
        ),
    ],
)
def test_a_package_that_is_no_plugin(
    brought: Callable[..., None], tmp_path: Path, points: str, files: dict[str, str], message: str
) -> None:
    brought("acme-y", "acme_y", points)
    for name, text in files.items():
        (tmp_path / "site/acme_y" / name).write_text(text)
    with pytest.raises(PluginError) as caught:
        plugins.load("acme-y")
    assert "`acme-y`" in str(caught.value)
    assert message in str(caught.value)


def test_two_packages_with_one_rule(brought: Callable[..., None]) -> None:
    brought("acme-a", "acme_a", RULES.format("acme_a"), RULE=rule())
    brought("acme-b", "acme_b", RULES.format("acme_b"), RULE=rule())
    with pytest.raises(PluginError, match="`acme-b` and `acme-a` both have a rule `ACME1`"):
        plugins.load_all(["acme-a", "acme-b"])


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (lambda: 1 / 0, "the rule ACME1 of `acme-c` failed: ZeroDivisionError: division by zero"),
        (lambda: "text", "the rule ACME1 of `acme-c` failed: TypeError: it gives a str, not a finding"),
    ],
)
def test_a_rule_that_fails_is_named(
    brought: Callable[..., None], problem: Callable[[], Any], message: str
) -> None:
    def failing(_fact: api.Import, _module: api.Module) -> Iterator[api.Finding]:
        yield problem()

    brought("acme-c", "acme_c", RULES.format("acme_c"), RULE=rule(check=failing))
    (own,) = plugins.load("acme-c").rules
    with pytest.raises(PluginError) as caught:
        list(own.check(None, None))  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_a_plugin_of_one_file_is_watched_by_that_file(brought: Callable[..., None], tmp_path: Path) -> None:
    brought("acme-d", "acme_unused", RULES.format("acme_d"))
    file = tmp_path / "site/acme_d.py"
    file.write_text("from tests.plugins.test_plugins import rule\nRULE = rule()\n")
    assert plugins.load("acme-d").sources == (file,)
    sys.modules.pop("acme_d")
