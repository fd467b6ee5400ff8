"""Record the result of one execution of the state machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from pydantic import ConfigDict, TypeAdapter, ValidationError

from chalicelib.errors import BadRequest
from chalicelib.model import instant
from chalicelib.model.code import Code
from chalicelib.model.run import Run
from chalicelib.ports import Clock
from chalicelib.rollup.ports import Runs


class _HourResult(TypedDict):
    __pydantic_config__ = ConfigDict(extra="ignore")  # type: ignore[misc]  # pydantic's own spelling

    window_start: str
    status: Literal["rolled", "superseded", "failed", "unchanged"]
    records: NotRequired[int]
    missing: NotRequired[int]
    error: NotRequired[str]
    # Why it could not be sealed.
    unsealed: NotRequired[str]


class _Judgement(TypedDict):
    __pydantic_config__ = ConfigDict(extra="ignore")  # type: ignore[misc]  # pydantic's own spelling

    status: Literal["judged", "failed"]
    anomalies: NotRequired[int]
    error: NotRequired[str]


class _Publication(TypedDict):
    __pydantic_config__ = ConfigDict(extra="ignore")  # type: ignore[misc]  # pydantic's own spelling

    status: Literal["published", "failed"]
    alerts: NotRequired[int]
    error: NotRequired[str]


class _Computation(TypedDict):
    __pydantic_config__ = ConfigDict(extra="ignore")  # type: ignore[misc]  # pydantic's own spelling

    status: Literal["computed", "failed"]
    results: NotRequired[int]
    error: NotRequired[str]


class _Payload(TypedDict):
    """Either a result for each hour and the later steps, or the error that prevented them."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # pydantic's own spelling

    name: str
    started_at: str
    results: NotRequired[list[_HourResult]]
    judgement: NotRequired[_Judgement]
    publication: NotRequired[_Publication]
    computation: NotRequired[_Computation]
    error: NotRequired[str]


_PAYLOAD = TypeAdapter(_Payload)


@dataclass(frozen=True, slots=True)
class RecordRun:
    runs: Runs
    clock: Clock

    def __call__(self, payload: Mapping[str, object]) -> Run:
        """Record a run under its start and name, so that recording it again replaces it.

        Raises:
            BadRequest: the payload does not describe a run.
        """
        run = _run(_checked(payload), instant.to_text(self.clock()))
        self.runs.record(run)
        return run


def _checked(payload: Mapping[str, object]) -> _Payload:
    try:
        checked = _PAYLOAD.validate_python(payload)
        started_at = instant.to_text(instant.parse(checked["started_at"]))
        return checked | {"started_at": started_at}
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadRequest(Code.WRONG_FORMAT, first["msg"], field) from error
    except ValueError as error:
        raise BadRequest(Code.TIMESTAMP_INVALID, "not a valid instant", "started_at") from error


def _run(payload: _Payload, recorded_at: str) -> Run:
    results = payload.get("results", [])
    failed = {r["window_start"]: r.get("error", "") for r in results if r["status"] == "failed"}
    judgement, publication = payload.get("judgement", {}), payload.get("publication", {})
    computation = payload.get("computation", {})
    return Run(
        name=payload["name"],
        started_at=payload["started_at"],
        recorded_at=recorded_at,
        hours=[r["window_start"] for r in results if r["status"] != "unchanged"],
        superseded_hours=[r["window_start"] for r in results if r["status"] == "superseded"],
        failed_hours=failed,
        unsealed_hours={r["window_start"]: r["unsealed"] for r in results if "unsealed" in r},
        records=sum(r.get("records", 0) for r in results),
        missing=sum(r.get("missing", 0) for r in results),
        anomalies=judgement.get("anomalies", 0),
        alerts=publication.get("alerts", 0),
        results=computation.get("results", 0),
        error=payload.get("error"),
        judging_error=judgement.get("error"),
        publishing_error=publication.get("error"),
        computing_error=computation.get("error"),
    )
