"""What others say that their systems cost a month, and what the same workload costs here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ops.cost.bill import bill
from ops.cost.deployed import Deployment
from ops.cost.prices import Prices
from ops.cost.scenarios import SCENARIOS
from ops.cost.workload import SECONDS, Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """`dollars` a month are what its authors say of this `workload`."""

    name: str
    about: str
    workload: Workload
    dollars: float
    source: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The dollars a month for one workload: theirs, and ours with and without the free tier."""

    alternative: Alternative
    ours: float
    ours_free_tier: float


_HUNDRED_A_SECOND = Workload(events=100 * SECONDS, events_per_request=10, months_kept=1)

_DESIGNS = tuple(
    Alternative(
        name=f"the design, {name}",
        about=scenario.about,
        workload=scenario.workload,
        dollars=scenario.estimated_total,
        source="the design's estimate",
    )
    for name, scenario in SCENARIOS.items()
)

# Read in November 2026. Each does something else besides, and lacks other things.
ALTERNATIVES = (
    *_DESIGNS,
    Alternative(
        name="serverless-website-analytics",
        about="1 M page views; queries wait 15 minutes; the authors' worst case",
        workload=Workload(events=1_000_000, months_kept=1),
        dollars=14.64,
        source="https://github.com/rehanvdm/serverless-website-analytics/blob/master/docs/COST.md",
    ),
    Alternative(
        name="Snowplow Community Edition",
        about="100 events a second, on virtual machines",
        workload=_HUNDRED_A_SECOND,
        dollars=200,
        source="https://docs.snowplow.io/docs/getting-started-on-community-edition/what-is-quick-start/",
    ),
    Alternative(
        name="Clickstream Analytics on AWS",
        about="10 requests a second, with real-time figures; ten events each are assumed",
        workload=_HUNDRED_A_SECOND,
        dollars=2_214,
        source="https://docs.aws.amazon.com/solutions/latest/clickstream-analytics-on-aws/cost.md",
    ),
)


def compare_all(deployment: Deployment, prices: Prices) -> Sequence[Comparison]:
    """Price the workload of every alternative on a deployment of ours."""
    return [
        Comparison(
            one,
            bill(one.workload, deployment, prices).dollars,
            bill(one.workload, deployment, prices, free_tier=True).dollars,
        )
        for one in ALTERNATIVES
    ]
