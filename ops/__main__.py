"""`python -m ops`: each command is a module of its own and loads what it needs when it runs."""

from __future__ import annotations

import sys

import typer

from ops.demo.command import demo
from ops.down import down
from ops.errors import OperationFailed
from ops.package import package
from ops.status import status
from ops.up import up

app = typer.Typer(
    name="python -m ops",
    help="EventStream on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(demo)
app.command()(status)
app.command()(down)
app.command()(package)


def main() -> None:
    try:
        app()
    except OperationFailed as failure:
        from ops.console import show_failure

        show_failure(failure.reason, failure.advice)
        sys.exit(1)
    except Exception as error:
        from botocore.exceptions import BotoCoreError, ClientError

        from ops.console import show_failure

        if not isinstance(error, BotoCoreError | ClientError):
            raise
        show_failure(str(error), "Is the local cloud still up? See `python -m ops status`.")
        sys.exit(1)


if __name__ == "__main__":
    main()
