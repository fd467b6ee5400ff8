"""Write what attribution must find in what was sent, to compare it with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from chalicelib.traffic.stories import Event
from chalicelib.traffic.truth import credits_of


def write_truth(file: Path, stored: Iterable[Event]) -> None:
    """Write a JSON object a line, one for each checkout, ordered by user and checkout.

    It is exact for a stage in which nothing else sends events of the same users.
    """
    lines = [json.dumps(credit._asdict()) for credit in credits_of(stored)]
    file.write_text("".join(f"{line}\n" for line in lines))
