"""Spark runs on the machine's Java where there is one, and on a package's without its module."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ops.local.java import version_of, wrapped


def make_java(folder: Path, script: str) -> Path:
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\n{script}\n")
    java.chmod(0o755)
    return java


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "21" 2023-09-19', 21),
        ('java version "1.8.0_401"', 8),
        ("The operation couldn't be completed.", 0),
    ],
)
def test_the_version_is_the_major_one(tmp_path: Path, said: str, version: int) -> None:
    java = make_java(tmp_path, f"cat >&2 <<'END'\n{said}\nEND")

    assert version_of(java) == version


def test_a_java_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert version_of(tmp_path / "java") == 0


def test_the_wrapper_leaves_out_only_the_module_that_is_missing(tmp_path: Path) -> None:
    java = make_java(tmp_path / "runtime", 'printf "%s|" "$@"')
    home = wrapped(java, tmp_path / "home")
    command = [
        str(home / "bin/java"),
        "-cp",
        "a b",
        "--add-modules=jdk.incubator.vector",
        "-X",
        "",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603

    assert done.stdout == "-cp|a b|-X||"
