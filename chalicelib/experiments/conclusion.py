"""The verdict in words: a sentence, the reason, and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.experiments.comparison import Compared
from chalicelib.experiments.no_answer import no_answer
from chalicelib.experiments.phrases import Words, bounds, change, listed, percent, rounded_up
from chalicelib.experiments.verdict import Case, Decided, gain
from chalicelib.model.experiment_results import Cause, Conclusion, Verdict


def conclude(case: Case, decided: Decided) -> Conclusion:
    words = _WORDS[decided.verdict](case, decided)
    is_about_all = decided.cause in {Cause.SPLIT_MISMATCH, Cause.DRAFT, Cause.NO_EXPOSURES}
    return Conclusion(
        verdict=decided.verdict,
        cause=decided.cause,
        variant=None if is_about_all else decided.variant,
        sentence=words.sentence,
        reason=words.reason,
        next_step=words.next_step,
    )


def _invalid(case: Case, _: Decided) -> Words:
    whole = sum(cell.expected for cell in case.split.cells)
    shares = listed(
        [
            f"{cell.variant} has {percent(cell.users / whole)} of the users"
            f" ({percent(cell.expected / whole)} configured)"
            for cell in case.split.cells
        ]
    )
    return Words(
        "The split between the variants is broken, so no number of this experiment can be"
        " trusted.",
        f"{shares}. Chance alone would do this less than once in 1,000 experiments"
        f" (p = {case.split.p:.2g}).",
        "Find the cause first: clients that assign with other weights, exposures sent for one"
        " variant only, or users of one variant lost to errors, redirects or bots. Then start a"
        " new experiment; the data of this one can't be repaired.",
    )


def _guardrail_hurt(case: Case, decided: Decided) -> Words:
    hurt = case.hurt_guardrails(decided.variant)
    names = listed([one.metric.key for one in hurt])
    details = listed(
        [
            f"{one.metric.key} is {change(found)} than with {_control(case)}"
            f" ({_interval(case, found)})"
            for one in hurt
            if isinstance(found := one.compared[decided.variant], Compared)
        ]
    )
    return Words(
        f"{decided.variant} makes {names} worse, whatever it does for {_goal(case)}.",
        f"{details}. The whole interval is on the worse side.",
        f"Don't ship {decided.variant}. Find out what makes {names} worse, fix it, and start a"
        " new experiment"
        + ("." if case.is_stopped else "; or stop this one and keep " + _control(case) + "."),
    )


def _winning(case: Case, decided: Decided) -> Words:
    compared = _compared(case, decided)
    keep = "" if case.is_stopped else " You may also keep it running: looking again is safe."
    return Words(
        f"{decided.variant} is winning: {_goal(case)} is {change(compared)} than with"
        f" {_control(case)} ({_interval(case, compared)}). {_target(case, compared)}".rstrip(),
        "The whole interval is on the better side, the split is as configured, no guardrail is"
        f" hurt, and {case.users:,} users took part.",
        f"Ship {decided.variant}.{keep}",
    )


def _losing(case: Case, decided: Decided) -> Words:
    compared = _compared(case, decided)
    stop = "Keep" if case.is_stopped else "Stop the experiment, or this variant, and keep"
    return Words(
        f"{decided.variant} is losing: {_goal(case)} is {change(compared)} than with"
        f" {_control(case)} ({_interval(case, compared)}).",
        f"The whole interval is on the worse side, and {case.users:,} users took part.",
        f"{stop} {_control(case)}.",
    )


def _inconclusive(case: Case, decided: Decided) -> Words:
    compared = _compared(case, decided)
    state = "ended undecided" if case.is_stopped else "is undecided"
    target = _target(case, compared)
    return Words(
        f"{decided.variant} {state}: {_goal(case)} is {change(compared)} than"
        f" with {_control(case)} ({_interval(case, compared)}). {target}".rstrip(),
        f"The interval includes zero after {case.users:,} users, so both a gain and a loss are"
        " possible.",
        _stopped_next(case) if case.is_stopped else _running_next(case, decided),
    )


def _running_next(case: Case, decided: Decided) -> str:
    experiment = case.observed.experiment
    match decided.cause:
        case Cause.NEEDS_USERS:
            left = rounded_up((decided.users_needed or 0) - case.users)
            purpose = (
                f"for a good chance of detecting a change of {percent(case.plan.target_lift)}"
                if case.plan.target_lift and case.primary.users_needed(case.plan, decided.variant)
                else "to reach the planned sample"
            )
            return f"Keep it running: about {left} users are still needed {purpose}."
        case Cause.NEEDS_TIME:
            hours = (experiment.planned_days or 0) * 24 - case.hours_run
            return (
                f"Keep it running: {-(-hours // 24)} of {experiment.planned_days} days are left."
            )
        case Cause.PLAN_REACHED:
            return (
                "Stop it: the sample that was needed is reached, so the effect is probably"
                f" smaller than is of interest. Keep {_control(case)}, or plan a larger sample"
                " in a new experiment."
            )
        case _:
            return (
                "Keep it running, and give the next experiment a target lift, so that the users"
                " still needed can be computed."
            )


def _stopped_next(case: Case) -> str:
    return (
        f"Keep {_control(case)}. To find a smaller effect, plan a larger sample in a new"
        " experiment."
    )


def _target(case: Case, compared: Compared) -> str:
    target = case.plan.target_lift
    if target is None or compared.lift is None:
        return ""
    lift = gain(compared.lift, case.primary.metric.direction)
    goal = f"the goal of a {percent(target)} improvement"
    if lift.low >= target:
        return f"It meets {goal}."
    if lift.high < target:
        return f"It doesn't meet {goal}."
    return f"It is not certain whether it meets {goal}."


def _compared(case: Case, decided: Decided) -> Compared:
    found = case.primary.compared[decided.variant]
    if isinstance(found, Compared):
        return found
    # Such a variant is too early, whose words don't ask.
    raise TypeError(found)


def _interval(case: Case, compared: Compared) -> str:
    return f"{(1 - case.plan.alpha) * 100:.3g} % interval {bounds(compared)}"


def _goal(case: Case) -> str:
    return case.primary.metric.key


def _control(case: Case) -> str:
    return case.observed.experiment.control


_WORDS: dict[Verdict, Callable[[Case, Decided], Words]] = {
    Verdict.INVALID: _invalid,
    Verdict.TOO_EARLY: no_answer,
    Verdict.GUARDRAIL_HURT: _guardrail_hurt,
    Verdict.WINNING: _winning,
    Verdict.LOSING: _losing,
    Verdict.INCONCLUSIVE: _inconclusive,
}
