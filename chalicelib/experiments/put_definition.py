"""Answer `PUT /experiments/{experiment_id}`: create an experiment, or change it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import StoreUnavailable
from chalicelib.experiments.answer import UNAVAILABLE, Answer, tag_of
from chalicelib.experiments.save_definition import SaveDefinition
from chalicelib.model.code import Code, Problem
from chalicelib.model.definition import to_json
from chalicelib.model.event import Rejected, load
from chalicelib.model.request_body import body_of, header_of

# 200 stored assignments of the longest ids take a quarter of it.
MAX_BODY_BYTES = 128 * 1024
_HEADERS = "If-None-Match: * to create it, or If-Match with its version to change it"


@dataclass(frozen=True, slots=True)
class PutDefinition:
    save: SaveDefinition

    def __call__(self, request: Mapping[str, Any]) -> Answer:
        """Answer a request in API Gateway's proxy format."""
        try:
            replaces = _replaced(request.get("headers") or {})
            value = load(body_of(request, MAX_BODY_BYTES))
            experiment_id = request["pathParameters"]["experiment_id"]
            saved = self.save(experiment_id, value, replaces)
        except Rejected as rejected:
            return Answer.refusal(rejected.problems)
        except StoreUnavailable as error:
            return Answer.refusal([UNAVAILABLE], str(error))
        headers = {"ETag": tag_of(saved.version)}
        figures = {"version": saved.version, "experiment_status": saved.status.value}
        return Answer.of(201 if replaces is None else 200, to_json(saved), headers, figures)


def _replaced(headers: Mapping[str, str]) -> int | None:
    """Return the version that is to be replaced, None of an experiment that is to be new."""
    is_new = (header_of(headers, "if-none-match") or "").strip() == "*"
    match = (header_of(headers, "if-match") or "").strip().removeprefix("W/").strip('"')
    if is_new and not match:
        return None
    if is_new or not match:
        problem = Problem("", Code.PRECONDITION_REQUIRED, f"send {_HEADERS}")
        raise Rejected(problem)
    if not re.fullmatch("[0-9]{1,9}", match):
        message = "If-Match must be the ETag of the version to replace"
        raise Rejected(Problem("If-Match", Code.WRONG_FORMAT, message))
    return int(match)
