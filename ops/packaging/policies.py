"""A function's policy document, from the table of grants."""

from __future__ import annotations

from typing import Any

from ops.packaging.grants import grants_of
from ops.stage.places import Place

Policy = dict[str, Any]


def policy_of(
    function: str, place: Place, *, traced: bool = False, networked: bool = False
) -> Policy:
    statements = [
        {
            "Sid": grant.why,
            "Effect": "Allow",
            "Action": grant.actions.split(),
            "Resource": [place.text(place.arn(thing)) for thing in grant.things.split()],
        }
        for grant in grants_of(function, traced=traced, networked=networked)
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def policy_file(stage: str, function: str) -> str:
    """Where the configuration finds it, beneath `.chalice`."""
    return f"policies/{stage}/{function}.json"
