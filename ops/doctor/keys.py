"""Whether the keys that are listed, and no others, work, each within the limits of its scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.model.scope import Scope
from ops.keys.key import PREFIXES, GatewayKey, ListedKey
from ops.keys.stage_keys import StageKeys
from ops.keys.usage_plans import keys_on, limit_changes, plans_of, scope_of_plan
from ops.stage.names import API_STAGE
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    scope: Scope
    key_ids: frozenset[str]
    has_stage: bool = True
    has_limits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A stage's keys and plans, as the table and API Gateway have them."""

    listed: Sequence[ListedKey]
    in_gateway: Sequence[GatewayKey]
    plans: Sequence[Plan]
    by_id: Mapping[str, GatewayKey] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {key.id: key for key in self.in_gateway})


def keys(target: Target) -> Iterator[str]:
    yield from problems(_read(target))


def problems(keys: Keys) -> Iterator[str]:
    if not any(key.scope is Scope.WRITE and not key.is_retired for key in keys.listed):
        yield "no key in use has the scope write, so nobody can post events"
    for plan in keys.plans:
        yield from _of_plan(plan)
    for listed in keys.listed:
        found = keys.by_id.get(listed.gateway_id)
        if listed.is_retired and found:
            yield f"key {listed.name} is retired, but API Gateway still has it"
        if not listed.is_retired:
            yield from _of_key(listed, found, keys.plans)
    known = {key.gateway_id for key in keys.listed}
    for stranger in keys.in_gateway:
        if stranger.id not in known:
            yield f"key {stranger.name} (ID {stranger.id}) is in API Gateway, but not listed"


def _of_plan(plan: Plan) -> Iterator[str]:
    if not plan.has_stage:
        yield f"usage plan {plan.name} is on no stage of the API, so its keys are refused"
    if not plan.has_limits:
        yield f"usage plan {plan.name} has other limits than the stage's settings"


def _of_key(listed: ListedKey, found: GatewayKey | None, plans: Sequence[Plan]) -> Iterator[str]:
    if found is None:
        yield f"key {listed.name} is listed, but API Gateway does not have it"
        return
    if not found.is_enabled:
        yield f"key {listed.name} is disabled in API Gateway"
    if found.digest != listed.digest:
        yield f"key {listed.name} has another value in API Gateway than the listed one"
    scope = _scope_by_value(found)
    if scope is not listed.scope:
        yield f"key {listed.name}, by its prefix of scope {scope}, is listed as {listed.scope}"
    joined = [plan for plan in plans if found.id in plan.key_ids]
    if not joined:
        yield f"key {listed.name} is on no usage plan, so it is refused"
    for plan in joined:
        if plan.scope is not listed.scope:
            yield (
                f"key {listed.name} of scope {listed.scope}"
                f" is on the usage plan of scope {plan.scope}"
            )


def _scope_by_value(key: GatewayKey) -> Scope:
    """Return what those who hold the key take it for; the first keys had no prefix, and write."""
    found = (scope for scope, prefix in PREFIXES.items() if key.value.startswith(prefix))
    return next(found, Scope.WRITE)


def _read(target: Target) -> Keys:
    stage_keys, client = StageKeys.of(target), target.session.client("apigateway")
    plans = []
    for plan in plans_of(client, target.names.prefix):
        name, stages = plan.get("name", ""), plan.get("apiStages", [])
        scope = scope_of_plan(name)
        plans.append(
            Plan(
                name,
                scope,
                keys_on(client, plan["id"]),
                any(one.get("stage") == API_STAGE for one in stages),
                not list(limit_changes(plan, target.stage.limits(scope))),
            )
        )
    return Keys(listed=stage_keys.table.all(), in_gateway=stage_keys.gateway.all(), plans=plans)
