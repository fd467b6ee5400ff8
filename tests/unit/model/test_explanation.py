from __future__ import annotations

import pytest

from chalicelib.model.anomaly import Anomaly, Baseline, Direction, Metric
from chalicelib.model.explanation import explanation
from tests.builders import make_anomaly

SILENCE = make_anomaly(
    direction=Direction.NO_DATA, observed=0.0, score=-8.25, baseline=Baseline.HOUR_OF_WEEK
)
ERRORS = make_anomaly(
    metric=Metric.ERROR_RATE, observed=0.5, expected=0.01, scale=0.015, threshold=4.5
)
SLOWNESS = make_anomaly(metric=Metric.LATENCY, baseline=Baseline.TRAILING)


@pytest.mark.parametrize(
    ("anomaly", "sentences"),
    [
        (
            make_anomaly(),
            """Volume is above its history: 1,236 events, where 412 ± 41 events would be expected
            from 14 hours (the same hour of earlier days). The score is +20.0, the threshold 3.""",
        ),
        (
            SILENCE,
            """No events arrived; 412 ± 41 events were expected from 14 hours (the same hour of
            earlier weeks). The score is -8.2, the threshold 3.""",
        ),
        (
            ERRORS,
            """The error rate is above its history: 50.00 %, where 1.00 ± 1.50 % would be expected
            from 14 hours (the same hour of earlier days). The score is +20.0, the threshold
            4.5.""",
        ),
        (
            SLOWNESS,
            """Latency (p95) is above its history: 1,236 ms, where 412 ± 41 ms would be expected
            from 14 hours (about the same time of the last days). The score is +20.0, the
            threshold 3.""",
        ),
    ],
    ids=["volume", "silence", "errors", "latency"],
)
def test_an_anomaly_explains_itself(anomaly: Anomaly, sentences: str) -> None:
    assert explanation(anomaly) == " ".join(sentences.split())


def test_an_anomaly_that_continues_another_says_so() -> None:
    anomaly = make_anomaly()

    continued = explanation(anomaly, continues=True)

    assert continued == f"{explanation(anomaly)} It continues an earlier anomaly."
