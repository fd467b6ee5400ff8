"""The page on experiments is checked against the code."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.experiments.no_answer import _WORDS
from chalicelib.model.experiment_results import Verdict

PAGE = (Path(__file__).parents[2] / "docs" / "experiments.md").read_text()


def test_every_verdict_is_documented() -> None:
    assert [verdict for verdict in Verdict if f"`{verdict}`" not in PAGE] == []


def test_every_reason_for_no_answer_is_documented_and_no_other() -> None:
    table = PAGE.split("| Cause | Meaning |")[1].split("\n\n")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == list(_WORDS)
