"""One run over a tree: files, roles, worker processes; one outcome per file.

In the order of a run: ``sources`` finds files with their configurations, ``names`` gives modules their names, and
``workspace`` surveys both, with the role of each module (``assignment``) and remarks on what does not fit (``advice``).
``run`` has files examined (``examining``) by processes of ``pool``, one by one (``checking``), and keeps outcomes in the
``cache``. Findings are compared with baselines (``judging``) and with lines that changed (``changes``), or mended (``mending``).

Beside it: ``proposals`` for ``isolint init``, ``boundary`` with ``collapsing`` for ``isolint map``, ``lifting`` for
``isolint lift``.
"""

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
from isolint.project.sources.replacing import replace
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
