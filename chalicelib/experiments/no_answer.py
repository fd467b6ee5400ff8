"""Why there is no answer yet, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.experiments.comparison import LEAST_CONVERTERS, LEAST_USERS, LEAST_VALUES
from chalicelib.experiments.phrases import Words, listed
from chalicelib.experiments.verdict import LEAST_HOURS, Case, Decided
from chalicelib.model.experiment_results import Cause


def no_answer(case: Case, decided: Decided) -> Words:
    words = _WORDS[decided.cause](case, decided)
    if not case.is_stopped:
        return words
    return Words(
        "The experiment was stopped before there was an answer.",
        f"{words.sentence} {words.reason}",
        f"Keep {case.observed.experiment.control}, or start a new experiment that runs longer"
        " or reaches more users.",
    )


def _draft(_: Case, __: Decided) -> Words:
    return Words(
        "The experiment has not started.",
        "It is a draft: users aren't assigned, and nothing is counted.",
        "Set its status to running.",
    )


def _no_exposures(case: Case, _: Decided) -> Words:
    unknown = case.observed.exposures_of_unknown_variants
    variants = listed([variant.key for variant in case.observed.experiment.variants])
    reason = (
        f"{unknown:,} exposures arrived, but none names a variant of this experiment ({variants})."
        if unknown
        else "No exposure event has arrived in the hours that were rolled up."
    )
    return Words(
        "No user has been exposed yet.",
        reason,
        "Check that clients send an exposure event with this experiment's id and the variant"
        " when they show it; the newest hour is counted after its rollup.",
    )


def _no_events(case: Case, _: Decided) -> Words:
    metric = case.primary.metric
    return Words(
        f"{case.users:,} users were exposed, and none of them has an event that counts for"
        f" {metric.key}.",
        f"No {metric.event_type} event with a value arrived from them after their first exposure.",
        f"Check that {metric.event_type} events arrive, that their currency and property are"
        " those of the definition, and that they carry the same user ids as the exposures. If"
        " they are rare, wait.",
    )


def _events_without_exposure(case: Case, _: Decided) -> Words:
    metric = case.primary.metric
    count = case.observed.users_without_exposure.get(metric.key, 0)
    return Words(
        f"Events arrive for {metric.key}, but from users who were not exposed.",
        f"{count:,} users have {metric.event_type} events and no exposure; {case.users:,} users"
        " were exposed, and have none that counts.",
        "Check that exposures and events carry the same user ids, before and after login too,"
        " and that an exposure is sent wherever a variant is shown.",
    )


def _converted_before(case: Case, _: Decided) -> Words:
    metric = case.primary.metric
    count = case.observed.converted_before_exposure.get(metric.key, 0)
    return Words(
        f"All events for {metric.key} happened before their user's exposure, so none can be due to"
        " a variant.",
        f"{count:,} users have {metric.event_type} events before their first exposure and none"
        " after it.",
        "Send the exposure when the variant is shown, before the user can act on it.",
    )


def _too_few_users(case: Case, decided: Decided) -> Words:
    return Words(
        "It is too early to say: too few users took part.",
        f"A verdict needs at least {LEAST_USERS} users in each variant; {_users(case, decided)}.",
        _WAIT,
    )


def _too_few_converters(case: Case, decided: Decided) -> Words:
    counts = _nonzero(case, decided, "converted")
    return Words(
        f"It is too early to say: too few users converted by {case.primary.metric.key}.",
        f"A verdict needs at least {LEAST_CONVERTERS} converters in each variant; {counts}.",
        _broken(case, decided) or _WAIT,
    )


def _too_few_values(case: Case, decided: Decided) -> Words:
    counts = _nonzero(case, decided, "have one")
    return Words(
        f"It is too early to say: too few users have a value for {case.primary.metric.key}.",
        f"A verdict on a mean needs at least {LEAST_VALUES} users with a value other than zero"
        f" in each variant; {counts}.",
        _broken(case, decided) or _WAIT,
    )


def _no_variation(case: Case, _: Decided) -> Words:
    return Words(
        f"{case.primary.metric.key} is the same for every user, so there is nothing to compare.",
        "Either all users have the same value, or fewer than one in a thousand has any, and"
        " values are capped at the 99.9th percentile.",
        "Choose a primary metric that more users contribute to.",
    )


def _baseline_near_zero(case: Case, _: Decided) -> Words:
    control = case.observed.experiment.control
    return Words(
        "It is too early to say how large the difference is.",
        f"This early in the planned sample, {case.primary.metric.key} with {control} is so"
        " uncertain that it can't be told from zero, and a lift relative to zero has no size.",
        _WAIT,
    )


def _too_short(case: Case, _: Decided) -> Words:
    return Words(
        f"It is too early to say: the experiment has run for {case.hours_run} of at least"
        f" {LEAST_HOURS} hours.",
        "The first users are those who come most often, and a day of the week is not like"
        " another.",
        f"Wait another {LEAST_HOURS - case.hours_run} hours; better, let it run for whole weeks.",
    )


_WAIT = "Keep it running; nothing is wrong so far."


def _users(case: Case, decided: Decided) -> str:
    tallies = case.primary.tallies.by_variant
    pair = (case.observed.experiment.control, decided.variant)
    return listed([f"{variant} has {tallies[variant].plain.n:,}" for variant in pair])


def _nonzero(case: Case, decided: Decided, verb: str) -> str:
    tallies = case.primary.tallies.by_variant
    pair = (case.observed.experiment.control, decided.variant)
    return listed(
        [
            f"{tallies[variant].nonzero:,} of {tallies[variant].plain.n:,} {verb} in {variant}"
            for variant in pair
        ]
    )


def _broken(case: Case, decided: Decided) -> str | None:
    """Warn of a variant that hardly anybody contributes to, though they do in the control."""
    control = case.primary.tallies.by_variant[case.observed.experiment.control]
    variant = case.primary.tallies.by_variant[decided.variant]
    if not control.plain.n:
        return None
    expected = control.nonzero * variant.plain.n / control.plain.n
    if expected < 2 * LEAST_CONVERTERS or variant.nonzero * 4 > expected:
        return None
    return (
        f"Check that {decided.variant} works and sends its events: at the control's rate,"
        f" {expected:,.0f} of its users would have contributed."
    )


_WORDS: dict[Cause, Callable[[Case, Decided], Words]] = {
    Cause.DRAFT: _draft,
    Cause.NO_EXPOSURES: _no_exposures,
    Cause.NO_EVENTS: _no_events,
    Cause.EVENTS_WITHOUT_EXPOSURE: _events_without_exposure,
    Cause.CONVERTED_BEFORE_EXPOSURE: _converted_before,
    Cause.TOO_FEW_USERS: _too_few_users,
    Cause.TOO_FEW_CONVERTERS: _too_few_converters,
    Cause.TOO_FEW_VALUES: _too_few_values,
    Cause.NO_VARIATION: _no_variation,
    Cause.BASELINE_NEAR_ZERO: _baseline_near_zero,
    Cause.TOO_SHORT: _too_short,
}
