"""A month's bill, for a scenario or a workload of the caller's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ops.cost import deployed
from ops.cost.alternatives import Comparison, compare_all
from ops.cost.bill import Bill, bill
from ops.cost.prices import US_EAST_1, Prices, read
from ops.cost.scenarios import SCENARIOS, Scenario
from ops.cost.workload import Workload


@dataclass(frozen=True, slots=True)
class Quote:
    """`scenario` is the one to compare the bill with, if its workload is unchanged.

    `free_tier` says whether always-free quantities are taken off.
    """

    bill: Bill
    prices: Prices
    scenario: Scenario | None
    free_tier: bool = False
    comparisons: Sequence[Comparison] = ()


def quote(
    scenario_name: str | None,
    changes: Mapping[str, Any],
    stage: str,
    prices: Path | None,
    *,
    free_tier: bool = False,
    compare: bool = False,
) -> Quote:
    """Price a month of a scenario with changes, or of a workload that they describe.

    Raises:
        ValueError: says which option is wrong, and why.
        OperationFailed: there is no such stage.
    """
    scenario = _scenario(scenario_name)
    workload = _workload(scenario, changes)
    table = _prices(prices or US_EAST_1)
    deployment = deployed.read(stage, attribution=workload.attribution)
    deployed_as = replace(
        workload, own_streams=deployment.own_streams, attribution=deployment.attribution
    )
    month = bill(deployed_as, deployment, table, free_tier=free_tier)
    compared = compare_all(deployment, table) if compare else ()
    # The design's figures are of no other workload.
    same = scenario is not None and scenario.workload == workload
    return Quote(month, table, scenario if same else None, free_tier, compared)


def _scenario(name: str | None) -> Scenario | None:
    if name is not None and name not in SCENARIOS:
        raise ValueError(f"{name} is not a scenario; the scenarios are {', '.join(SCENARIOS)}")
    return SCENARIOS[name] if name else None


def _workload(scenario: Scenario | None, given: Mapping[str, Any]) -> Workload:
    if scenario is None:
        if "events" not in given:
            raise ValueError("give --events-per-month or --scenario")
        return Workload(**given)
    # On-demand streams replace the shards of a scenario.
    own = {"shards": None} if given.get("on_demand") else {}
    return replace(scenario.workload, **{**own, **given})


def _prices(path: Path) -> Prices:
    try:
        return read(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
