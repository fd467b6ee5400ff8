"""What a reader of the results should know besides the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.experiments.phrases import percent
from chalicelib.experiments.verdict import Case, Decided
from chalicelib.model import instant
from chalicelib.model.experiment_results import Look, Verdict

# More crossovers than this are a fault of assignment, not a few shared computers.
_MANY_CROSSOVERS = 0.01
_DECISIVE = frozenset({Verdict.WINNING, Verdict.LOSING, Verdict.GUARDRAIL_HURT})


def notes(case: Case, decided: Sequence[Decided], looks: Sequence[Look]) -> tuple[str, ...]:
    return (*_coverage(case), *_exclusions(case), *_unjudged(case), *_reversals(decided, looks))


def _coverage(case: Case) -> Iterator[str]:
    missing = case.observed.hours_missing
    if missing:
        yield f"{missing:,} hours have not been rolled up yet, and will change these results."


def _exclusions(case: Case) -> Iterator[str]:
    crossovers, unknown = case.observed.crossovers, case.observed.exposures_of_unknown_variants
    if crossovers:
        share = crossovers / (case.users + crossovers)
        cause = (
            " So many suggest that assignment is not stable: check that it depends on the user"
            " id alone."
            if share > _MANY_CROSSOVERS
            else ""
        )
        yield (
            f"{crossovers:,} users saw more than one variant and are left out"
            f" ({percent(share)}).{cause}"
        )
    if unknown:
        yield f"{unknown:,} exposures name a variant that the definition doesn't have."


def _unjudged(case: Case) -> Iterator[str]:
    for guardrail in case.unjudged_guardrails():
        yield (
            f"The guardrail {guardrail.metric.key} has too little data to be judged, so it can't"
            " object yet."
        )


def _reversals(decided: Sequence[Decided], looks: Sequence[Look]) -> Iterator[str]:
    for one in decided:
        earlier = [
            look
            for look in looks
            if look.variant == one.variant
            and look.verdict in _DECISIVE
            and look.verdict is not one.verdict
        ]
        if earlier:
            last = earlier[-1]
            yield (
                f"{one.variant} was {last.verdict} on {instant.to_text(last.at_ms)[:10]}. A"
                " verdict can change when later data disagrees or an hour is restated."
            )
