"""`python -m ops`: each command is a module of its own and loads what it needs when it runs."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from ops.demo.command import demo
from ops.down import down
from ops.package import package
from ops.produce.command import produce
from ops.rollup import rollup
from ops.status import status
from ops.up import up


class Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from ops.console import err

            err.print("Stopped.")
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands,
    name="python -m ops",
    help="EventStream on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(demo)
app.command()(produce)
app.command()(rollup)
app.command()(status)
app.command()(down)
app.command()(package)


def main() -> None:
    try:
        app()
    except Exception as error:
        from ops.console import show_failure
        from ops.expected import expected

        failure = expected(error)
        if failure is None:
            raise
        show_failure(failure.reason, failure.advice)
        sys.exit(1)


if __name__ == "__main__":
    main()
