"""Import roots in words, and the line of configuration for a folder that may be one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from isolint.config.document import OWN_NAME
from isolint.config.model import DEFAULT_SRC
from isolint.config.problems import displayed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.config import Config
    from isolint.project.names.naming import Layout
    from isolint.project.names.roots import Unrooted

_MOST_TOLD = 3


def root_names(layout: Layout) -> tuple[str, ...]:
    """Return the import roots relative to the folder of the project, sorted, as ``src`` would list them."""
    return tuple(sorted(relative(source, layout.root) for source in layout.sources))


def described_roots(config: Config, roots: Iterable[str]) -> str:
    """Return a remark that names the import roots of a run."""
    source = "found by resolving imports" if config.src == DEFAULT_SRC else "given by `src`"
    return f"import roots, {source}: {', '.join(roots)}"


def src_line(roots: Iterable[str]) -> str:
    """Return the line of a configuration that sets the import roots."""
    quoted = ", ".join(f'"{root}"' for root in sorted(set(roots)))
    return f"src = [{quoted}]"


def unrooted_warnings(config: Config, layout: Layout) -> Iterator[str]:
    """Yield a warning about imports that fit folders that are no import roots, with the line that makes them some."""
    by_folder = {one.folder: one for one in reversed(layout.unrooted)}
    if not by_folder:
        return
    named = config.source.name if config.source is not None else OWN_NAME
    shown = [_told(by_folder[folder], layout) for folder in sorted(by_folder)]
    more = f", and {len(shown) - _MOST_TOLD} more" if len(shown) > _MOST_TOLD else ""
    folders = [relative(Path(folder), layout.root) for folder in by_folder]
    yield (
        f"imports that fit folders which are no import roots are not followed, so findings may be missing: "
        f"{', '.join(shown[:_MOST_TOLD])}{more}. If these are meant, write this in {named}:\n"
        f"{src_line([*root_names(layout), *folders])}"
    )


def _told(one: Unrooted, layout: Layout) -> str:
    place = f"{displayed(Path(one.importer))}:{one.line}"
    return f"`{one.module}` at {place} fits {relative(Path(one.folder), layout.root)}"


def relative(folder: Path, top: Path) -> str:
    """Return a folder as ``src`` would name it in a configuration at ``top``."""
    return Path(os.path.relpath(folder, top)).as_posix()
