"""The planted experiments as the API answers, next to what is true of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ops.demo.trial_answers import TrialAnswers
from ops.kit.console import out, table


def show_trials(found: TrialAnswers) -> None:
    shown = table(
        *("experiment", "variant", "users", "sign up", "lift", "interval"),
        numbers=("users", "sign up", "lift", "interval"),
    )
    for one in found.answered:
        for figures in one.variants:
            name = one.trial.experiment_id if figures["comparison"] is None else ""
            shown.add_row(
                name,
                figures["variant"],
                f"{figures['users']:,}",
                f"{figures['mean']:.1%}",
                *_lift((figures["comparison"] or {}).get("lift")),
            )
    out.print("\n[bold]Experiments, from GET /experiments/{experiment_id}/results[/]")
    out.print(shown)
    for one in found.answered:
        colour = "green" if one.is_as_planted else "red bold"
        out.print(f"\nplanted: {one.trial.truth}")
        verdict = one.results["conclusion"]["verdict"]
        sentence = one.results["conclusion"]["sentence"]
        out.print(f"verdict: [{colour}]{verdict}[/]. {sentence}", highlight=False)


def _lift(lift: Mapping[str, Any] | None) -> tuple[str, str]:
    if lift is None:
        return "", ""
    interval = "" if lift["low"] is None else f"{lift['low']:+.1%} to {lift['high']:+.1%}"
    return f"{lift['value']:+.1%}", interval
