"""One run over a tree: discovery, roles, worker processes; one outcome per file."""

from isolint.project.checking import Checker
from isolint.project.errors import ProjectError
from isolint.project.judging import (
    Accepted,
    Baselines,
    baseline_file,
    baseline_of,
    baselines_of,
    governed_by,
    judged,
    read_baseline,
    renewed,
    rule_codes,
)
from isolint.project.pool import collect_rarely
from isolint.project.replacing import replace
from isolint.project.run import (
    ModuleRole,
    Run,
    check_paths,
    check_text,
    files,
    job_of_text,
    recalling_checker,
    roles,
    text_checker,
)
from isolint.project.workspace import Workspace

__all__ = [
    "Accepted",
    "Baselines",
    "Checker",
    "ModuleRole",
    "ProjectError",
    "Run",
    "Workspace",
    "baseline_file",
    "baseline_of",
    "baselines_of",
    "check_paths",
    "check_text",
    "collect_rarely",
    "files",
    "governed_by",
    "job_of_text",
    "judged",
    "read_baseline",
    "recalling_checker",
    "renewed",
    "replace",
    "roles",
    "rule_codes",
    "text_checker",
]
