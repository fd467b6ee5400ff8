"""The arguments of a job: `--NAME value`, checked at once, so that one run finds all mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What Glue itself passes on: options in small letters, and these.
_OF_GLUE = re.compile(r"JOB_.*|SECURITY_CONFIGURATION|[^A-Z].*|TempDir|RedshiftTempDir")


class ArgumentsRefused(Exception):
    """`errors` has a sentence for each mistake; none repeats a value, which may be a password."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__(*errors)
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Argument:
    """`read` turns text into a value, and raises ValueError with what would be right."""

    read: Callable[[str], Any] = str
    # Without one, the argument must be given.
    default: str | None = None


def parse(argv: Sequence[str], expected: Mapping[str, Argument]) -> dict[str, Any]:
    """Return every expected argument by its name in small letters.

    Names that Glue may have added are passed over; any other unknown one is refused, since a
    misspelt option would otherwise have no effect, and nobody would notice.

    Raises:
        ArgumentsRefused: with all mistakes.

    >>> parse(["--STAGE", "dev"], {"STAGE": Argument(), "BATCH_SECONDS": Argument(int, "60")})
    {'stage': 'dev', 'batch_seconds': 60}
    """
    given, errors = _pairs(argv)
    errors += [
        f"--{name} is not an argument of this job"
        for name in given
        if name not in expected and not _OF_GLUE.fullmatch(name)
    ]
    found: dict[str, Any] = {}
    for name, argument in expected.items():
        text = given.get(name, argument.default)
        if text is None:
            errors.append(f"--{name} is missing")
            continue
        try:
            found[name.lower()] = argument.read(text)
        except ValueError as error:
            errors.append(f"--{name} {error}")
    if errors:
        raise ArgumentsRefused(errors)
    return found


def _pairs(argv: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    given: dict[str, str] = {}
    errors: list[str] = []
    words = list(argv)
    while words:
        name, has_value, value = words.pop(0).partition("=")
        if not name.startswith("--"):
            errors.append("a value has no name before it")
            continue
        if not has_value and words and not words[0].startswith("--"):
            has_value, value = "=", words.pop(0)
        # Some of Glue's are switches.
        if has_value or _OF_GLUE.fullmatch(name[2:]):
            given[name[2:]] = value
        else:
            errors.append(f"{name} has no value")
            given[name[2:]] = ""
    return given, errors


def matching(pattern: str, meaning: str) -> Callable[[str], str]:
    """Return a reader of text that has to look like this.

    >>> matching("[a-z]+", "must be a word")("dev")
    'dev'
    """

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(meaning)
        return text

    return read


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within these.

    >>> whole_number(1, 9)("5")
    5
    """
    meaning = f"must be a whole number from {least} to {most}"

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(meaning)
        return int(text)

    return read
