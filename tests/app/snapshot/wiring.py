"""The only imports of the pipeline's modules: when those move, only this file changes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chalicelib.model.code import Code
from chalicelib.model.measure import NAMESPACE, Measure
from chalicelib.wiring import Pipeline, using
from tests.app.snapshot.fixed_time import FixedTime, fix

CODES = [code.value for code in Code]
UNITS_BY_MEASURE = {measure.value: measure.unit for measure in Measure}
METRIC_NAMESPACE = NAMESPACE
# Nothing connects to it: the story does without attribution.
NO_DATABASE = {"DATABASE_URL": "postgresql://nobody@/nowhere"}


@contextmanager
def pipeline_of(environment: Mapping[str, str], time: FixedTime) -> Iterator[None]:
    """Let every trigger work on a pipeline with this environment and time."""
    pipeline = Pipeline({**os.environ, **NO_DATABASE, **environment})
    fix(pipeline, time)
    with using(pipeline):
        yield
