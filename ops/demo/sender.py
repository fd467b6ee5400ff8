"""Post a plan to the API, in order, and count its answers."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ops.kit.errors import OperationFailed
from ops.local.cloud import Cloud
from ops.traffic.generator import Planned
from ops.traffic.sending.http_exchange import HttpExchange
from ops.traffic.sending.reply import Answers
from ops.traffic.sending.send_batch import SendBatch

BATCH_SIZE = 500


@dataclass(slots=True)
class Sender:
    cloud: Cloud
    answers: Answers = field(default_factory=Answers)

    def send(self, planned: Sequence[Planned]) -> Iterator[int]:
        """Send in order; yield the number of events after each batch.

        Raises:
            OperationFailed: an event could not be sent, or the API refused a whole batch.
        """
        send = SendBatch(
            exchange=HttpExchange.open(self.cloud, connections=1),
            pause=_pause,
            jitter=random.random,
            clock=lambda: time.time_ns() // 1_000_000,
        )
        for start in range(0, len(planned), BATCH_SIZE):
            batch = [one.event for one in planned[start : start + BATCH_SIZE]]
            sent = send(batch)
            if sent.error:
                raise OperationFailed(sent.error)
            self.answers.add(sent.results)
            yield len(batch)


def _pause(seconds: float) -> bool:
    time.sleep(seconds)
    return True
