"""A function's policy document, from the table of grants."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ops.kit.project import Project
from ops.packaging.grants import grants_of
from ops.stage.names import STREAMS
from ops.stage.places import Place
from ops.stage.stages import Stage
from ops.stage.triggers import functions_of

Policy = dict[str, Any]


def policy_of(
    function: str,
    place: Place,
    *,
    traced: bool = False,
    networked: bool = False,
    absent: Collection[str] = (),
) -> Policy:
    """Render the grants, except those on things that the stage lacks."""
    statements = [
        {
            "Sid": grant.why,
            "Effect": "Allow",
            "Action": grant.actions.split(),
            "Resource": [place.text(place.arn(thing)) for thing in things],
        }
        for grant in grants_of(function, traced=traced, networked=networked)
        if (things := [thing for thing in grant.things.split() if thing not in absent])
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def absent_things(project: Project, stage: Stage) -> frozenset[str]:
    """What the table of grants speaks of and the stage lacks."""
    streams = set(STREAMS) - set(stage.streams)
    functions = set(functions_of(project)) - set(functions_of(project, stage))
    return frozenset(
        {*(f"stream:{name}" for name in streams), *(f"function:{name}" for name in functions)}
    )


def policy_file(stage: str, function: str) -> str:
    """Where the configuration finds it, beneath `.chalice`."""
    return f"policies/{stage}/{function}.json"
