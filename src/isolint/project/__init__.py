"""One run over a tree: discovery, roles, worker processes; one outcome per file."""

from isolint.project.checking import Checker
from isolint.project.errors import ProjectError
from isolint.project.pool import collect_rarely
from isolint.project.run import (
    ModuleRole,
    Run,
    check_paths,
    check_text,
    files,
    recalling_checker,
    roles,
    text_checker,
)
from isolint.project.workspace import Workspace

__all__ = [
    "Checker",
    "ModuleRole",
    "ProjectError",
    "Run",
    "Workspace",
    "check_paths",
    "check_text",
    "collect_rarely",
    "files",
    "recalling_checker",
    "roles",
    "text_checker",
]
