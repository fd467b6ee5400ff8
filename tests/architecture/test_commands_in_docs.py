"""Every command that a document tells people to run is one that exists, options included."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
import typer
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

from ops.__main__ import app
from ops.kit.project import ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OURS = re.compile(r"python -m ops ([a-z]+)([^`\n|;)]*)")
_LINE = r"[^`|;\n]*?(?:\\\n[^`|;\n]*?)*"
AWS = re.compile(rf"(?<![\w/.-])aws ([a-z0-9-]+) ([a-z0-9-]+)({_LINE})(?=[`|;\n]|$)")
# What the client itself adds to the services' own calls.
CLIENT = {"--query", "--output", "--region", "--no-paginate", "--max-items"}
# Commands that are no single call.
MADE_UP: dict[tuple[str, str], set[str]] = {
    ("sso", "login"): set(),
    ("s3", "sync"): set(),
    ("s3", "cp"): {"--recursive"},
    ("s3", "ls"): {"--recursive"},
    ("logs", "tail"): {"--since", "--filter-pattern", "--follow"},
    ("cloudformation", "deploy"): {
        "--stack-name",
        "--template-file",
        "--parameter-overrides",
        "--capabilities",
    },
}
SERVICES = {"s3api": "s3"}
# An option that the client calls otherwise, as --endpoint-url would be its own.
RENAMED = {("sns", "subscribe"): {"--notification-endpoint"}}


def ours() -> Iterator[tuple[str, str, list[str]]]:
    for document in DOCUMENTS:
        for first, rest in OURS.findall(document.read_text()):
            # A command of a group is named by both words.
            words = [first, *rest.split()[:1]]
            name = " ".join(words) if first in groups() else first
            yield document.name, name, re.findall(r"(?<=\s)--[a-z-]+", rest)


def of_aws() -> Iterator[tuple[str, str, str, list[str]]]:
    for document in DOCUMENTS:
        yield from commands_in(document.name, document.read_text())


def commands_in(document: str, text: str) -> Iterator[tuple[str, str, str, list[str]]]:
    for service, command, rest in AWS.findall(_without_inner(text)):
        # Of a quoted value only the quotes stay: what is in it is no option.
        bare = re.sub(r"'[^']*'|\"[^\"]*\"", "''", rest)
        yield document, service, command, re.findall(r"(?<=\s)--[a-z-]+", bare)


def _without_inner(text: str) -> str:
    """A command within a command stands for itself, on a line of its own."""
    inner = re.compile(r"\$\((aws [^()]*)\)")
    return inner.sub("VALUE", text) + "\n" + "\n".join(inner.findall(text))


@cache
def known() -> dict[str, Any]:
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    inner = {
        f"{group} {name}": c for group in groups() for name, c in commands[group].commands.items()
    }
    return commands | inner


def groups() -> list[str]:
    return [str(group.name) for group in app.registered_groups]


@cache
def options_of(service: str, command: str) -> set[str] | None:
    """What a call of AWS takes; nothing when there is no such call."""
    try:
        model = botocore.session.get_session().get_service_model(SERVICES.get(service, service))
    except UnknownServiceError:
        return None
    calls = {xform_name(name, "-"): name for name in model.operation_names}
    if command not in calls:
        return None
    shape = model.operation_model(calls[command]).input_shape
    names = {xform_name(name, "-") for name in shape.members} if shape else set()
    return {f"--{name}" for name in names} | {f"--no-{name}" for name in names}


def test_there_are_commands_to_look_at() -> None:
    assert len([*ours()]) > 20
    assert len([*of_aws()]) > 20


def test_every_command_of_ours_exists_with_its_options() -> None:
    wrong = []
    for document, name, options in ours():
        command = known().get(name)
        taken = {o for p in command.params for o in p.opts} if command else set()
        wrong += [f"{document}: {name} {option}" for option in options if option not in taken]
        if command is None:
            wrong.append(f"{document}: {name}")

    assert wrong == []


def test_every_command_of_aws_exists_with_its_options() -> None:
    wrong = []
    for document, service, command, options in of_aws():
        taken = _taken(service, command)
        if taken is None:
            wrong.append(f"{document}: aws {service} {command}")
            continue
        wrong += [
            f"{document}: aws {service} {command} {option}"
            for option in options
            if option not in taken | CLIENT
        ]

    assert wrong == []


# Without these, what a function reports is dropped, or a failure blocks its shard.
MADE_WITH = {
    "--function-response-types",
    "--bisect-batch-on-function-error",
    "--maximum-record-age-in-seconds",
    "--maximum-retry-attempts",
    "--destination-config",
    "--starting-position",
}


def deaf(commands: Iterable[tuple[str, str, str, list[str]]]) -> list[str]:
    """The commands that make an event source without one of its options."""
    return [
        f"{document}: {command} lacks {', '.join(sorted(MADE_WITH - {*options}))}"
        for document, service, command, options in commands
        if (service, command) == ("lambda", "create-event-source-mapping")
        and not {*options} >= MADE_WITH
    ]


def test_no_document_makes_an_event_source_that_ignores_failures() -> None:
    assert deaf(of_aws()) == []


def test_an_event_source_made_without_its_options_would_be_found() -> None:
    text = (
        "aws lambda create-event-source-mapping --function-name f --event-source-arn a"
        " --starting-position TRIM_HORIZON --batch-size 10000"
    )

    [found] = deaf(commands_in("recovery.md", text))

    assert "--function-response-types" in found


def _taken(service: str, command: str) -> set[str] | None:
    if (service, command) in MADE_UP:
        return MADE_UP[service, command]
    if (service, command) == ("dynamodb", "wait"):
        return {"--table-name"}
    taken = options_of(service, command)
    return taken and taken | RENAMED.get((service, command), set())


@pytest.mark.parametrize("name", ["recovery", "pipeline", "runbook"])
def test_a_command_can_be_pasted_into_a_shell(name: str) -> None:
    blocks = (ROOT / "docs" / f"{name}.md").read_text().split("\n```\n")[1::2]
    for_a_shell = [block for block in blocks if block.startswith(("aws ", "export ", "python "))]

    assert for_a_shell
    for block in for_a_shell:
        for line in block.replace("\\\n", " ").splitlines():
            shlex.split(line)
