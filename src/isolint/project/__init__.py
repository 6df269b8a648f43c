"""One run over a tree: discovery, roles, worker processes; one outcome per file."""

from isolint.project.checking import Checker
from isolint.project.errors import ProjectError
from isolint.project.judging import Accepted, baseline_of, judged, paid, read_baseline, rule_codes
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
    "Checker",
    "ModuleRole",
    "ProjectError",
    "Run",
    "Workspace",
    "baseline_of",
    "check_paths",
    "check_text",
    "collect_rarely",
    "files",
    "job_of_text",
    "judged",
    "paid",
    "read_baseline",
    "recalling_checker",
    "replace",
    "roles",
    "rule_codes",
    "text_checker",
]
