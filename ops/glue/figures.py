"""What the streaming job did lately, as CloudWatch has it from its log lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.model.measure import NAMESPACE, Measure
from ops.glue.jobs import Reached
from ops.stage.names import STREAM_JOB_FUNCTION

HOUR = timedelta(hours=1)
_STATISTICS = {
    Measure.RECORDS_PROCESSED: "Sum",
    Measure.CHECKOUTS_ATTRIBUTED: "Sum",
    Measure.CHECKOUTS_RESTATED: "Sum",
    Measure.ATTRIBUTION_LAG: "Maximum",
    Measure.FAILURES: "Sum",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """By measure, over the last hour; those without a value are left out."""

    values: Mapping[Measure, float]

    def to_json(self) -> dict[str, float]:
        return {measure.value: value for measure, value in self.values.items()}


def figures_of(reached: Reached, now: datetime | None = None) -> Figures:
    end = now or datetime.now(UTC)
    answer = reached.session.client("cloudwatch").get_metric_data(
        MetricDataQueries=[_query(reached, one) for one in _STATISTICS],
        StartTime=end - HOUR,
        EndTime=end,
    )
    found = {one["Id"]: one["Values"] for one in answer["MetricDataResults"]}
    return Figures({one: found[_id(one)][0] for one in _STATISTICS if found.get(_id(one))})


def _query(reached: Reached, measure: Measure) -> dict[str, object]:
    dimensions = {"stage": reached.names.stage, "function": STREAM_JOB_FUNCTION}
    metric = {
        "Namespace": NAMESPACE,
        "MetricName": measure.value,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    period = round(HOUR.total_seconds())
    return {
        "Id": _id(measure),
        "MetricStat": {"Metric": metric, "Period": period, "Stat": _STATISTICS[measure]},
    }


def _id(measure: Measure) -> str:
    return measure.value[:1].lower() + measure.value[1:]
