"""`python -m ops`: each command is its own module, and imports what it needs when it runs."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from ops.commands.backtest import backtest
from ops.commands.configure import configure
from ops.commands.cost import cost
from ops.commands.demo import demo
from ops.commands.deploy import deploy
from ops.commands.destroy import destroy
from ops.commands.doctor import doctor
from ops.commands.down import down
from ops.commands.experiment import experiment
from ops.commands.glue import glue
from ops.commands.key import key
from ops.commands.migrate import migrate
from ops.commands.package import package
from ops.commands.produce import produce
from ops.commands.rebuild import rebuild
from ops.commands.replay import replay
from ops.commands.report import report
from ops.commands.rollup import rollup
from ops.commands.screenshots import screenshots
from ops.commands.security import security
from ops.commands.status import status
from ops.commands.up import up
from ops.commands.wire import wire


class Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from ops.kit.console import err

            err.print("Stopped.")
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands,
    name="python -m ops",
    help="Run EventStream locally and operate it in AWS.",
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
app.command()(migrate)
app.command()(status)
app.command()(screenshots)
app.command()(down)
app.command()(package)
app.command()(configure)
app.command()(deploy)
app.command()(wire)
app.command()(doctor)
app.command()(destroy)
app.add_typer(key, name="key")
app.add_typer(glue, name="glue")
app.add_typer(experiment, name="experiment")
app.command()(cost)
app.command()(security)


def main() -> None:
    try:
        app()
    except Exception as error:
        from ops.kit.console import show_failure
        from ops.kit.errors import expected

        failure = expected(error)
        if failure is None:
            raise
        show_failure(failure.reason, failure.advice)
        sys.exit(1)


if __name__ == "__main__":
    main()
