"""What a route asks of DynamoDB, to ask the same without the route."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from botocore import xform_name

from benchmarks.stage_environment import local_environment
from chalicelib.aws.session import session
from chalicelib.wiring.query import QueryWing
from chalicelib.wiring.query_sources import PARALLEL_READS
from ops.local.cloud import Cloud
from ops.local.session import ACCESS_KEY, REGION, SECRET_KEY

# What one read unit reads at most, and costs if the read is eventually consistent.
UNIT_BYTES = 4_096
EVENTUAL = 0.5


@dataclass(frozen=True, slots=True)
class Call:
    operation: str
    parameters: Mapping[str, Any]


@dataclass
class Recorder:
    """The read side in this process, reading from a local cloud; its calls are recorded.

    Calls of other services than DynamoDB are not.
    """

    wing: QueryWing
    calls: list[Call] = field(default_factory=list)

    @classmethod
    def of(cls, cloud: Cloud) -> Recorder:
        own = {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
        }
        # botocore reads nothing else.
        os.environ.update(own)
        recorder = cls(QueryWing.from_env(local_environment() | own))
        session().events.register("provide-client-params.dynamodb", recorder._record)
        return recorder

    def calls_of(self, name: str, given: Mapping[str, object]) -> Sequence[Call]:
        """Return what the second of two requests with the same parameters reads."""
        parameters = {key: [str(value)] for key, value in given.items()}
        for _ in range(2):
            self.calls.clear()
            getattr(self.wing, name)({"multiValueQueryStringParameters": parameters})
        return [*self.calls]

    def _record(self, params: Mapping[str, Any], model: Any, **_: object) -> None:
        self.calls.append(Call(model.name, dict(params)))


@dataclass(frozen=True, slots=True)
class Bare:
    """The same calls by plain boto3, as many at once as the route makes."""

    client: Any
    calls: Sequence[Call]
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(PARALLEL_READS))

    def __call__(self) -> None:
        list(self.pool.map(self._answer, self.calls))

    def read_units(self) -> float:
        """Return what DynamoDB would charge, which the local cloud doesn't work out.

        Attributes that a projection leaves out are charged, too.
        """
        return sum(map(self._units, self.calls))

    def _units(self, call: Call) -> float:
        whole = {k: v for k, v in call.parameters.items() if k != "ProjectionExpression"}
        answer = self._answer(Call(call.operation, whole))
        n_bytes = sum(map(size_of, items_of(answer)))
        share = 1.0 if call.parameters.get("ConsistentRead") else EVENTUAL
        return share * max(1, ceil(n_bytes / UNIT_BYTES))

    def _answer(self, call: Call) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = getattr(self.client, xform_name(call.operation))(
            **call.parameters
        )
        return answer


def items_of(answer: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return answer.get("Items") or [answer.get("Item", {})]


def size_of(item: Mapping[str, Any]) -> int:
    """Return about how many bytes DynamoDB counts.

    >>> size_of({"name": {"S": "é"}, "n": {"N": "1234"}, "tags": {"SS": ["a", "b"]}})
    16
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S" | "B":
            return len(content.encode() if isinstance(content, str) else content)
        case "N":
            return 1 + ceil(len(content) / 2)
        case "SS" | "NS" | "BS":
            return sum(map(len, content))
        case "L":
            return 3 + sum(1 + _size(part) for part in content)
        case "M":
            return 3 + sum(1 + len(key) + _size(part) for key, part in content.items())
        case _:
            return 1
