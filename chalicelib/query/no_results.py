"""What to say of an experiment that nothing was computed of yet."""

from __future__ import annotations

from chalicelib.model.experiment import Experiment, Status
from chalicelib.model.experiment_results import Cause, Conclusion, Verdict


def why_no_results(experiment: Experiment) -> Conclusion:
    return _DRAFT if experiment.status is Status.DRAFT else _NOT_COMPUTED


_DRAFT = Conclusion(
    verdict=Verdict.TOO_EARLY,
    cause=Cause.DRAFT,
    variant=None,
    sentence="The experiment has not started.",
    reason="It is a draft: users aren't assigned, and nothing is counted.",
    next_step="Set its status to running.",
)
_NOT_COMPUTED = Conclusion(
    verdict=Verdict.TOO_EARLY,
    cause=Cause.NOT_COMPUTED,
    variant=None,
    sentence="Results have not been computed yet.",
    reason="They are computed after each hour's rollup, from ten minutes past the hour on, and"
    " the first hour has to end before that.",
    next_step="Look at the live counters to see whether data arrives, and come back after the"
    " next rollup.",
)
