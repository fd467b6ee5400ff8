"""Query parameters: what each takes, and what it is when it is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.model.code import Code, Problem
from chalicelib.model.definition_body import EXPERIMENT_ID as ID
from chalicelib.model.wording import shortened
from chalicelib.query.kinds import Count, Kind, Moment, Names, Text
from chalicelib.query.refused import Refused, Wrong

MAX_NAMES = 50
MAX_ID = 64
# More than any cursor has.
_MAX_CURSOR = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter[T]:
    """`default` is its value when it is left out, unless it is required.

    `place` is where a request has it.
    """

    name: str
    kind: Kind[T]
    description: str
    default: T
    is_required: bool = False
    place: Literal["query", "path"] = "query"


FROM: Parameter[int | None] = Parameter(
    name="from",
    kind=Moment(),
    description="Start of the range, which is included. Rounded down to the answer's grain.",
    default=None,
)
TO: Parameter[int | None] = Parameter(
    name="to",
    kind=Moment(),
    description="End of the range, which is not included. Rounded up to the answer's grain.",
    default=None,
)
EVENT_TYPES: Parameter[frozenset[str]] = Parameter(
    name="event_type",
    kind=Names(MAX_NAMES),
    description="Only these event types; repeat it, or separate names by commas."
    " `_all` is the sum over all types, and `_other` that over the types of an hour that has too"
    " many to keep a row for each. Without it, the answer has every type and the sum.",
    default=frozenset(),
)
CURSOR: Parameter[str | None] = Parameter(
    name="cursor",
    kind=Text("[A-Za-z0-9_-]+", _MAX_CURSOR),
    description="`next_cursor` of the page before, with the other parameters as they were.",
    default=None,
)


EXPERIMENT_ID: Parameter[str] = Parameter(
    name="experiment_id",
    kind=Text(ID, MAX_ID),
    description="Id of the experiment.",
    default="",
    is_required=True,
    place="path",
)


def limit(default: int, most: int) -> Parameter[int]:
    return Parameter(
        name="limit",
        kind=Count(most),
        description="The most rows that a page holds; it may hold fewer.",
        default=default,
    )


def read(
    parameters: Sequence[Parameter[object]], given: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """Return the value of every parameter by its name.

    Raises:
        Refused: with a problem for each parameter that is unknown or has no value.
    """
    values: dict[str, object] = {}
    problems = [*_unknown(parameters, given)]
    for parameter in parameters:
        try:
            values[parameter.name] = _value(parameter, given.get(parameter.name, ()))
        except Wrong as wrong:
            message = f"{parameter.name} {wrong.words}"
            problems.append(Problem(parameter.name, wrong.code, message))
    if problems:
        raise Refused(*problems)
    return values


def _unknown(
    parameters: Sequence[Parameter[object]], given: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    known = [parameter.name for parameter in parameters]
    for name in sorted(given.keys() - known):
        shown = shortened(name)
        those = f"those are {', '.join(known)}" if known else "it has none"
        message = f"{shown} is not a parameter of this route; {those}"
        yield Problem(shown, Code.UNKNOWN_PARAMETER, message)


def _value[T](parameter: Parameter[T], texts: Sequence[str]) -> T:
    if not texts:
        if parameter.is_required:
            raise Wrong(Code.MISSING_FIELD, "is required")
        return parameter.default
    if len(texts) > 1 and not parameter.kind.is_list:
        raise Wrong(Code.REPEATED_PARAMETER, "may be given only once")
    return parameter.kind.read(",".join(texts))
