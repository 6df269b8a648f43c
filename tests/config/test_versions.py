from __future__ import annotations

import pytest

from isolint.config.versions import satisfies, specifier_error


@pytest.mark.parametrize(
    ("version", "specifier"),
    [
        ("0.1.0", ">=0.1"),
        ("0.1", ">=0.1.0"),
        ("0.1.0", "==0.1"),
        ("0.1.7", "==0.1.*"),
        ("0.1", "==0.1.0.*"),
        ("0.10", "==0.10.*"),
        ("0.2", "!=0.1.*"),
        ("0.1.1", "!=0.1"),
        ("1.9", "~=1.4"),
        ("1.4.9", "~=1.4.5"),
        ("0.10", ">0.9"),
        ("0.1.0", ">=0.1, <2 ,!=0.3"),
        ("2.0rc1", ">=1,<3"),
        ("2.0rc1", "!=2.0"),
        ("2.0+local", "==2"),
        ("2.0.post1", ">=2"),
    ],
)
def test_satisfied(version: str, specifier: str) -> None:
    assert specifier_error(specifier) == ""
    assert satisfies(version, specifier)


@pytest.mark.parametrize(
    ("version", "specifier"),
    [
        ("0.1.0", ">0.1"),
        ("0.1.0", "<0.1"),
        ("0.10", "==0.1.*"),
        ("0.1.5", "!=0.1.*"),
        ("2.0", "~=1.4"),
        ("1.3", "~=1.4"),
        ("1.5", "~=1.4.5"),
        ("2.0rc1", ">=2"),
        ("2.0.dev3", "==2.0"),
        ("2.0a1", "<2"),
        ("3", ">=0.1,<2"),
        ("0.0.9", ">=0.1,<2"),
    ],
)
def test_not_satisfied(version: str, specifier: str) -> None:
    assert specifier_error(specifier) == ""
    assert not satisfies(version, specifier)


@pytest.mark.parametrize(
    "specifier",
    ["", "0.1", "=0.1", ">=", ">=0.1,", ">=0.1.*", "~=1", "===0.1", ">=1rc1", "^1.0", ">=0.1 <2", "==*"],
)
def test_not_a_specifier(specifier: str) -> None:
    assert specifier_error(specifier)
