"""The Nu HTML checker (validator.w3.org/nu): the npm registry has it as one jar; it runs here, without a network."""

import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tests.opensearch import CACHE

VERSION = "26.9.27"
JAR = CACHE / f"vnu-{VERSION}.jar"

STANDS_FOR_LATER = {"The “form” attribute must refer to a form element."}
"""The counter's row of keys stands still while the forms that its keys belong to come and go."""


def why_not() -> str:
    """Why no page can be checked here; empty when it can."""
    if not shutil.which("java"):
        return "no Java (apt install openjdk-17-jre-headless)"
    if not JAR.exists() and not shutil.which("npm"):
        return "no npm to fetch the Nu checker with"
    return "" if JAR.exists() or _fetched() else "the Nu checker could not be fetched from the npm registry"


def _fetched() -> bool:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        pack = ["npm", "pack", f"vnu-jar@{VERSION}", "--silent", "--pack-destination", folder]
        try:
            subprocess.run(pack, check=True, capture_output=True, timeout=180)
        except (subprocess.SubprocessError, OSError):
            return False
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as packed:
            packed.extract("package/build/dist/vnu.jar", folder, filter="data")
        (Path(folder) / "package/build/dist/vnu.jar").replace(JAR)
    return True


def complaints(folder: Path) -> list[str]:
    """What the checker finds wrong in the pages of a folder; one run for all of them. One line a finding."""
    java = ["java", "-Xss8m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(JAR)]
    command = [*java, "--errors-only", "--format", "json", "--exit-zero-always", "--skip-non-html", str(folder)]
    ran = subprocess.run(command, check=True, capture_output=True, timeout=600)
    found = []
    for told in json.loads(ran.stderr.decode())["messages"]:
        if told["message"] in STANDS_FOR_LATER:
            continue
        line, part = told.get("lastLine", 0), str(told.get("extract", "")).replace("\n", " ")
        found.append(f"{Path(told['url']).stem}:{line}: {told['message']}: {part}")
    return found
