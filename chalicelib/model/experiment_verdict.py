"""The newest verdict on an experiment, kept next to its results so that many are read at once."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.experiment_results import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVerdict:
    """`variant` is None where the verdict is about the experiment as a whole."""

    verdict: Verdict
    variant: str | None
    sentence: str
    computed_at: str
