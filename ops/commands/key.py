"""Create, list and retire API keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chalicelib.model.scope import Scope
from ops.kit.options import AwsRegion
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from ops.keys.key import ListedKey
    from ops.stage.target import Target

key = typer.Typer(help="Create, list and retire API keys.", no_args_is_help=True)

KeyName = Annotated[str, typer.Argument(help="Name of the key.")]


@key.command()
def create(
    name: Annotated[
        str, typer.Option(help="Name of the key: lower case letters, digits and hyphens.")
    ],
    scope: Annotated[Scope, typer.Option(help="What requests with the key may do.")],
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Create a key, and print it once: only its SHA-256 is stored with the stage.

    Run the same command again if it was interrupted: it finishes the key, then prints it.
    """
    from ops.keys.stage_keys import StageKeys, usage_plans
    from ops.kit.console import err
    from ops.kit.errors import OperationFailed

    target = _target(stage, region, state)
    made = StageKeys.of(target).ensure(usage_plans(target, _api_id(target)))(name, scope)
    if not made.is_new:
        raise OperationFailed(
            f"There is a key {name} already.",
            "Choose another name; if nobody has seen the key, retire it.",
        )
    err.print(f"Key {name} of scope {scope}. It is not shown again:")
    # Alone on the standard output, so that a script can take it.
    print(made.value)


@key.command("list")
def list_keys(
    stage: AnyStage = LOCAL_STAGE, region: AwsRegion = None, state: StateFolder = DEFAULT_STATE
) -> None:
    """List the keys of a stage, including those retired in the last 400 days."""
    from ops.keys.stage_keys import StageKeys
    from ops.kit.console import out

    out.print(_shown(StageKeys.of(_target(stage, region, state)).table.all()))


@key.command()
def retire(
    name: KeyName,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Retire a key for good: requests with it are refused within a minute.

    Run the same command again if it was interrupted.
    """
    from ops.keys.local_keys import refuse_local
    from ops.keys.stage_keys import StageKeys
    from ops.kit.console import out

    refuse_local(stage, name)
    StageKeys.of(_target(stage, region, state)).retire(name)
    out.print(f"Key {name} is retired.")


def _target(stage: str, region: str | None, state: Path) -> Target:
    from ops.kit.project import Project
    from ops.stage.stages import LOCAL
    from ops.stage.target import Target

    if stage == LOCAL_STAGE:
        from ops.local.cloud import Cloud
        from ops.local.home import Home

        return Target.of(Cloud.load(Home(state.resolve())).session, LOCAL, Project())
    from ops.stage.target import aws_target

    return aws_target(stage, Project(), region)


def _api_id(target: Target) -> str:
    from ops.deploy.deploy import Deploy
    from ops.kit.errors import OperationFailed
    from ops.stage.deployment_path import chosen_path, recorded_path

    if recorded_path(target) is None:
        stage = target.names.stage
        raise OperationFailed(
            f"Stage {stage} is not deployed here.", f"Run `python -m ops deploy --stage {stage}`."
        )
    return Deploy(target, chosen_path(target, None)).api_id()


def _shown(keys: Sequence[ListedKey]) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("Name", "Scope", "Created", "Retired"):
        table.add_column(title)
    for one in keys:
        table.add_row(one.name, one.scope, one.created_at, one.retired_at or "")
    return table
