"""Answer `GET /experiments/{experiment_id}/results`: what was computed of it, and each look."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.experiment import Experiment
from chalicelib.model.experiment_results import FINAL_AFTER_HOURS, Look, Results
from chalicelib.model.hour import Hour
from chalicelib.query import found
from chalicelib.query.asked import Asked
from chalicelib.query.find_experiment import find_experiment
from chalicelib.query.found import Found
from chalicelib.query.kinds import Count
from chalicelib.query.no_results import why_no_results
from chalicelib.query.parameters import Parameter
from chalicelib.query.ports import ExperimentReader, ResultsReader
from chalicelib.query.result_shapes import ExperimentResults, LookRow
from chalicelib.query.thin_looks import thinned

# Of an hour each; more than results change for, after an experiment of a week.
MOST_LOOKS = 2_400
USUAL_LOOKS = 200

LOOKS: Parameter[int] = Parameter(
    name="looks",
    kind=Count(MOST_LOOKS, least=2),
    description="The most looks in the answer; each has a row for each variant but the control. If"
    " there are more, the first, the newest and those that changed a verdict are kept before"
    " others.",
    default=USUAL_LOOKS,
)


@dataclass(frozen=True, slots=True)
class ReadExperimentResults:
    experiments: ExperimentReader
    results: ResultsReader

    def __call__(self, asked: Asked) -> Found:
        """Return the newest results; those that nothing can change any more may be kept for long.

        Raises:
            Refused: there is no such experiment.
        """
        experiment = find_experiment(self.experiments, asked)
        results = self.results.newest(experiment.experiment_id)
        if results is None:
            return Found(_none_yet(experiment), found.RECENT)
        looks = thinned(results.looks, asked[LOOKS])
        is_final = _is_final(experiment, results, asked.now_ms)
        return Found(
            _answer(experiment, results, looks), found.FINAL if is_final else found.ROLLED_UP
        )


def _is_final(experiment: Experiment, results: Results, now_ms: int) -> bool:
    if experiment.stopped is None or results.version != experiment.version:
        return False
    return experiment.stopped <= Hour.of(now_ms).plus(-FINAL_AFTER_HOURS)


def _answer(experiment: Experiment, results: Results, looks: list[Look]) -> ExperimentResults:
    return {
        "experiment_id": results.experiment_id,
        "version": results.version,
        "status": experiment.status,
        "control": results.control,
        "computed_at": instant.to_text(results.at_ms),
        "hours_covered": results.hours_covered,
        "hours_missing": results.hours_missing,
        "alpha": results.alpha,
        "planned_users": results.planned_users,
        "users": results.users,
        "conclusion": results.conclusion,
        "conclusions": [*results.conclusions],
        "metrics": [*results.metrics],
        "split": results.split,
        "exclusions": results.exclusions,
        "notes": [*_notes(experiment, results)],
        "looks": [*map(_row, looks)],
        "looks_left_out": _times(results.looks) - _times(looks),
    }


def _times(looks: tuple[Look, ...] | list[Look]) -> int:
    return len({look.at_ms for look in looks})


def _notes(experiment: Experiment, results: Results) -> tuple[str, ...]:
    if results.version == experiment.version:
        return results.notes
    changed = (
        f"The definition is now at version {experiment.version}; these results were computed by"
        f" version {results.version}, until the next rollup."
    )
    return (changed, *results.notes)


def _row(look: Look) -> LookRow:
    return {
        "at": instant.to_text(look.at_ms),
        "variant": look.variant,
        "users": look.users,
        "lift": look.lift,
        "low": look.low,
        "high": look.high,
        "p": look.p,
        "verdict": look.verdict,
    }


def _none_yet(experiment: Experiment) -> ExperimentResults:
    return {
        "experiment_id": experiment.experiment_id,
        "version": experiment.version,
        "status": experiment.status,
        "control": experiment.control,
        "computed_at": None,
        "hours_covered": 0,
        "hours_missing": 0,
        "alpha": None,
        "planned_users": experiment.planned_users,
        "users": 0,
        "conclusion": why_no_results(experiment),
        "conclusions": [],
        "metrics": [],
        "split": None,
        "exclusions": None,
        "notes": [],
        "looks": [],
        "looks_left_out": 0,
    }
