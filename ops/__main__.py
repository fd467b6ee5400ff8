"""`python -m ops`: each command is a module of its own and loads what it needs when it runs."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from ops.backtest.command import backtest
from ops.configure import configure
from ops.cost.command import cost
from ops.demo.command import demo
from ops.deploy.command import deploy
from ops.destroy import destroy
from ops.doctor.command import doctor
from ops.down import down
from ops.package import package
from ops.produce.command import produce
from ops.rebuild.command import rebuild
from ops.replay.command import replay
from ops.report.command import report
from ops.rollup import rollup
from ops.security.command import security
from ops.status import status
from ops.up import up
from ops.wire import wire


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
app.command()(report)
app.command()(backtest)
app.command()(replay)
app.command()(rebuild)
app.command()(status)
app.command()(down)
app.command()(package)
app.command()(configure)
app.command()(deploy)
app.command()(wire)
app.command()(doctor)
app.command()(destroy)
app.command()(cost)
app.command()(security)


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
