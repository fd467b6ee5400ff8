"""Post events to the API as a careful client does: in batches, in order, again when told to."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import urllib3

from ops.cloud import Cloud
from ops.errors import OperationFailed
from ops.generator import Planned

BATCH_SIZE = 500
MAX_ATTEMPTS = 8
AGAIN = (429, 503)


@dataclass(slots=True)
class Answers:
    """What the API said, event by event."""

    by_status: Counter[str] = field(default_factory=Counter)
    refused_codes: Counter[str] = field(default_factory=Counter)

    def add(self, results: Sequence[dict[str, Any]]) -> None:
        for result in results:
            self.by_status[result["status"]] += 1
            if result["status"] == "refused":
                self.refused_codes[result["errors"][0]["code"]] += 1

    @property
    def n_accepted(self) -> int:
        return self.by_status["accepted"]

    @property
    def n_refused(self) -> int:
        return self.by_status["refused"]

    @property
    def n_duplicates(self) -> int:
        return self.by_status["duplicate"]


@dataclass(slots=True)
class Sender:
    cloud: Cloud
    answers: Answers = field(default_factory=Answers)
    _pool: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(retries=False, timeout=30)
    )

    def send(self, planned: Sequence[Planned]) -> Iterator[int]:
        """Send in order; yield the number of events after each batch.

        Raises:
            OperationFailed: an answer that no later attempt would better.
        """
        for start in range(0, len(planned), BATCH_SIZE):
            batch = [one.event for one in planned[start : start + BATCH_SIZE]]
            self.answers.add(self._post(json.dumps(batch).encode()))
            yield len(batch)

    def _post(self, body: bytes) -> Sequence[dict[str, Any]]:
        headers = {"Content-Type": "application/json", "X-Api-Key": self.cloud.api_key}
        url = f"{self.cloud.api_url}/events/batch"
        for attempt in range(MAX_ATTEMPTS):
            answer = self._pool.request("POST", url, body=body, headers=headers)
            if answer.status not in AGAIN:
                break
            time.sleep(float(answer.headers.get("Retry-After") or 0.1 * 2**attempt))
        try:
            results: list[dict[str, Any]] = answer.json()["results"]
        except (ValueError, KeyError) as error:
            text = answer.data[:300].decode(errors="replace")
            raise OperationFailed(f"The API answered {answer.status}: {text}") from error
        return results
