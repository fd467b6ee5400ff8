"""A definition's JSON, checked field by field and completed with defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.model import wording
from chalicelib.model.code import Code, Problem
from chalicelib.model.definition import Definition, of_json
from chalicelib.model.definition_body import DefinitionBody, UsersBody
from chalicelib.model.event import Rejected
from chalicelib.model.experiment import WHOLE, Experiment
from chalicelib.model.facts import currency_of

MAX_PROBLEMS = 20

_DEFINITION = TypeAdapter(DefinitionBody).validator
_USERS = TypeAdapter(UsersBody).validator
_METRIC = {"kind": "conversion", "property": None, "currency": None, "direction": "increase"}
_DEFAULTS: Mapping[str, object] = {
    "hypothesis": "",
    "status": "draft",
    "coverage": 1.0,
    "namespace": None,
    "secondary_metrics": (),
    "guardrails": (),
    "target_lift": None,
    "planned_users": None,
    "planned_days": None,
    "horizon_hours": None,
    "pre_period_hours": 0,
    "enriched_types": (),
    "assigned": {},
}
# A hair more than the error of a double with four decimals.
_EXACT = 1e-6


def read(experiment_id: str, value: object) -> Experiment:
    """Read a definition as a draft of its first version; its parts may not fit together yet.

    Raises:
        Rejected: with every problem found, up to `MAX_PROBLEMS`.
    """
    given: dict[str, Any] = _validated(_DEFINITION, value, "experiment")
    problems = [*_too_precise(given)]
    if problems:
        raise Rejected(*problems[:MAX_PROBLEMS])
    completed = {"salt": experiment_id, **_DEFAULTS, **given}
    metrics = ("secondary_metrics", "guardrails")
    completed |= {name: [*map(_metric, completed[name])] for name in metrics}
    completed |= {"primary_metric": _metric(given["primary_metric"])}
    # What only the service decides.
    own: Mapping[str, object] = {
        "experiment_id": experiment_id,
        "version": 1,
        "updated_at": "1970-01-01T00:00:00.000Z",
        "started": None,
        "stopped": None,
    }
    return of_json({**completed, **own})


def read_users(value: object) -> list[str]:
    """Read the users whose assignments are asked for.

    Raises:
        Rejected: with every problem found, up to `MAX_PROBLEMS`.
    """
    users: list[str] = _validated(_USERS, value, "object")["user_ids"]
    return users


def writable(definition: Definition) -> dict[str, Any]:
    """Return a stored definition as a body that can be changed and sent back."""
    own = ("experiment_id", "version", "updated_at", "started", "stopped")
    return {name: value for name, value in definition.items() if name not in own}


def _validated(validator: Any, value: object, subject: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = validator.validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        problems = wording.problems(details[:MAX_PROBLEMS], subject=subject)
        raise Rejected(*problems) from error
    return found


def _metric(given: Mapping[str, Any]) -> dict[str, Any]:
    metric = {**_METRIC, **given}
    return metric | {"currency": currency_of(metric["currency"])}


def _too_precise(given: Mapping[str, Any]) -> list[Problem]:
    shares = {
        f"variants.{place}.weight": one["weight"] for place, one in enumerate(given["variants"])
    }
    shares["coverage"] = given.get("coverage", 1.0)
    for place, bound in enumerate((given.get("namespace") or {}).get("range", ())):
        shares[f"namespace.range.{place}"] = bound
    return [
        Problem(field, Code.WRONG_FORMAT, f"{field} must have at most four decimals")
        for field, share in shares.items()
        if abs(share * WHOLE - round(share * WHOLE)) > _EXACT
    ]
