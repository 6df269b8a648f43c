"""The fixes on offer and their safety: the rule's default, and the project's override."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from isolint.config.selectors import specificity
from isolint.model import Safety

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.config.model import Config
    from isolint.model import Diagnostic

_BY_CHOICE = "this project counts it as unsafe"


def adjusted(config: Config, diagnostic: Diagnostic) -> Diagnostic:
    """Return the diagnostic with the fix that the configuration leaves of it."""
    fix = diagnostic.fix
    if fix is None:
        return diagnostic
    if not _outweighs(config.fixable, config.unfixable, diagnostic):
        return replace(diagnostic, fix=None)
    safe, unsafe = config.extend_safe_fixes, config.extend_unsafe_fixes
    if _outweighs(safe, unsafe, diagnostic):
        return replace(diagnostic, fix=replace(fix, safety=Safety.SAFE, reason=""))
    if fix.safety is Safety.SAFE and _outweighs(unsafe, safe, diagnostic, at_least=True):
        return replace(diagnostic, fix=replace(fix, safety=Safety.UNSAFE, reason=_BY_CHOICE))
    return diagnostic


def _outweighs(
    these: Sequence[str], those: Sequence[str], diagnostic: Diagnostic, *, at_least: bool = False
) -> bool:
    """Whether selectors name the rule more narrowly than others do; with ``at_least``, as narrowly will do."""
    one = max((specificity(selector, diagnostic) for selector in these), default=-1)
    other = max((specificity(selector, diagnostic) for selector in those), default=-1)
    return one > other or (at_least and one == other > -1)
