"""The GitHub Action, the GitLab component and the workflow: valid, and as documented."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

import isolint

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
DOCUMENT = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
_EXPRESSION = re.compile(r"\$\{\{ inputs\.([a-z-]+)")


def conforms(path: Path, schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_is_one() -> None:
    conforms(ROOT / "action.yml", "vendor.github-actions")


def test_the_workflow_is_one_and_uses_the_action_on_every_example() -> None:
    conforms(ROOT / ".github/workflows/ci.yml", "vendor.github-workflows")
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["action"]
    assert {each["app"] for each in job["strategy"]["matrix"]["include"]} == {
        path.name for path in (ROOT / "fixtures/apps").iterdir() if path.is_dir()
    }
    (step,) = [step for step in job["steps"] if step.get("uses") == "./"]
    assert step["with"].keys() <= ACTION["inputs"].keys()


def test_the_component_is_a_job_of_gitlab(tmp_path: Path) -> None:
    text = (ROOT / "templates/isolint.yml").read_text(encoding="utf-8")
    head, body = yaml.safe_load_all(text)
    given = {name: about["default"] for name, about in head["spec"]["inputs"].items()}
    assert given["version"] == isolint.__version__
    filled = re.sub(
        r"\$\[\[ inputs\.(\w+) \]\]", lambda match: str(given[match[1]]), text.partition("---\n")[2]
    )
    assert "$[[" not in filled
    assert body.keys() == {"isolint"}
    (tmp_path / ".gitlab-ci.yml").write_text(filled)
    conforms(tmp_path / ".gitlab-ci.yml", "vendor.gitlab-ci")


def test_inputs_come_to_the_scripts_by_the_environment_alone() -> None:
    """Otherwise the name of a branch could be executed."""
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
    used = set(_EXPRESSION.findall((ROOT / "action.yml").read_text(encoding="utf-8")))
    used |= set(re.findall(r"inputs\.([a-z-]+) ==", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(ACTION["inputs"])


def check(folder: Path, app: str, **given: str) -> tuple[int, str, dict[str, Any]]:
    """Run the checking step of the action in the folder of an example."""
    output = folder / "output"
    environment = {
        **os.environ,
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_RUN_ID": "1",
        "ISOLINT": str(Path(sys.executable).with_name("isolint")),
        "ISOLINT_NO_CACHE": "1",
        **{name: "" for name in STEPS["Check"]["env"] if name != "ISOLINT"},
        **given,
    }
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", STEPS["Check"]["run"]],
        cwd=ROOT / "fixtures/apps" / app,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    report = output.read_text().splitlines()[-1].removeprefix("sarif=")
    return done.returncode, done.stdout, json.loads(Path(report).read_text())["runs"][0]


def test_the_action_annotates_and_writes_a_report(tmp_path: Path) -> None:
    code, out, run = check(tmp_path, "before")
    assert code == 1
    assert out.count("::error ") == len(run["results"]) > 0
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (ROOT / uri).is_file()


def test_the_action_hands_on_what_it_is_given(tmp_path: Path) -> None:
    code, _, run = check(
        tmp_path, "before", ARGUMENTS="--select ISO102\n--exit-zero\n", PATHS="user_service/domain"
    )
    assert code == 0
    assert {result["ruleId"] for result in run["results"]} == {"ISO102", "ISO900"}
    _, out, run = check(tmp_path, "before", DIFF_FROM="HEAD")
    assert {result["ruleId"] for result in run["results"]} == {"ISO900"}, (
        "what cannot be parsed is always told"
    )
    assert out.count("::error ") == 1


@pytest.mark.parametrize("app", ["user_service", "rag"])
def test_the_other_examples_are_clean(tmp_path: Path, app: str) -> None:
    code, out, run = check(tmp_path, app)
    assert (code, run["results"]) == (0, [])
    assert out.startswith("::notice title=isolint::No findings")


def test_the_document_names_inputs_that_there_are() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    uses = [
        step
        for block in blocks
        for step in _steps(yaml.safe_load(block))
        if "/isolint@" in step.get("uses", "")
    ]
    assert uses
    for step in uses:
        assert step.get("with", {}).keys() <= ACTION["inputs"].keys()
        assert step["uses"].endswith(f"@v{isolint.__version__}")
    assert all(f"`{name}`" in DOCUMENT for name in ACTION["inputs"])


def _steps(value: Any) -> list[dict[str, Any]]:
    """Return the steps of a workflow, a list of them, or anything around them."""
    inside: list[Any] = []
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        if "uses" in table:
            return [table]
        inside = list(table.values())
    elif isinstance(value, list):
        inside = [*value]
    return [step for each in inside for step in _steps(each)]
