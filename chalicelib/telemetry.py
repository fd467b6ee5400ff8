"""What each invocation logs: one line of JSON with its metrics embedded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, Protocol, TextIO

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from chalicelib.errors import BatchIncomplete
from chalicelib.model.measure import NAMESPACE, Measure

API = "api_handler"

type Handler = Callable[[Any, Any], Any]


class Report(Protocol):
    """What a stage reports about one invocation; never anything that a client sent."""

    @property
    def line(self) -> Mapping[str, object]:
        """Return the fields of the log line; `event` says what happened."""
        ...

    @property
    def measures(self) -> Mapping[Measure, float]: ...


class Telemetry:
    """Powertools' Logger and Metrics, combined so that CloudWatch gets one line instead of two.

    The service is the Chalice app's name, which is also that of its logger: what Chalice itself
    logs becomes such a line too. The level is fixed, since dropping a line drops its metrics.
    """

    def __init__(self, service: str, stage: str, stream: TextIO | None = None) -> None:
        self._prefix = f"{service}-{stage}"
        self._stage = stage
        self._function = API
        self._has_started = False
        self._logger = Logger(
            service,
            level=logging.INFO,
            stream=stream,
            utc=True,
            use_rfc3339=True,
            serialize_stacktrace=False,
            location=None,
            stage=stage,
        )
        self._logger.addFilter(self._count_failure)

    def report(self, report: Report) -> None:
        fields = dict(report.line)
        event = fields.pop("event")
        # A batch that fails in part is a failure, although its invocation succeeds.
        has_failed = "failed_ids" in fields
        measures = {**report.measures, Measure.FAILURES: has_failed}
        write = self._logger.error if has_failed else self._logger.info
        write(event, extra=fields | self._embedded(measures))

    def observed(self, handler: Handler) -> Handler:
        """Wrap a Lambda handler: its lines carry its ids, and its error is logged."""

        @wraps(handler)
        def invoke(event: Any, context: Any) -> Any:
            self._begin(event, context)
            try:
                return handler(event, context)
            # Its report is logged already, as an error.
            except BatchIncomplete:
                raise
            # Lambda's own line about an error has no ids and no metric. It is raised again for
            # Lambda to decide whether to retry.
            except Exception:
                self._logger.exception("invocation failed")
                raise

        return invoke

    def _begin(self, event: Mapping[str, Any], context: object) -> None:
        request_id = getattr(context, "aws_request_id", None)
        self._function = self._name_of(getattr(context, "function_name", ""))
        self._logger.append_keys(
            function=self._function,
            function_request_id=request_id,
            correlation_id=next(_correlation_ids(event), request_id),
            cold_start=not self._has_started,
        )
        self._has_started = True

    def _name_of(self, function: str) -> str:
        """Return a function's name in app.py; that of the API has only the app's."""
        return function.removeprefix(self._prefix).removeprefix("-") or API

    def _count_failure(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR and not hasattr(record, "_aws"):
            vars(record).update(self._embedded({Measure.FAILURES: 1}))
        return True

    def _embedded(self, measures: Mapping[Measure, float]) -> dict[str, object]:
        """Return the fields in which CloudWatch finds metrics, without zeros.

        Sums don't need them, alarms know what a gap means, and each metric is paid for.
        """
        metrics = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
        metrics.add_dimension("stage", self._stage)
        metrics.add_dimension("function", self._function)
        for measure, value in measures.items():
            if value:
                metrics.add_metric(measure, measure.unit, value)
        return {**metrics.serialize_metric_set()} if metrics.metric_set else {}


def _correlation_ids(event: Mapping[str, Any]) -> Iterator[str]:
    """Find an id that others know it by: a request, a first record, a message, an execution."""
    match event:
        case {"requestContext": {"requestId": str(request_id)}}:
            yield request_id
        case {"Records": [{"eventID": str(record_id)}, *_]}:
            yield record_id
        case {"Records": [{"messageId": str(message_id)}, *_]}:
            yield message_id
        case {"name": str(execution)}:
            yield execution
        case _:
            return
