"""Admission, wired to DynamoDB."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.access import Admit, KeyRing
from chalicelib.access.ports import Keys
from chalicelib.aws.keys import DynamoKeys
from chalicelib.settings.access import AccessSettings


@dataclass(frozen=True)
class AccessWing:
    settings: AccessSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(AccessSettings.from_env(env))

    def warm_up(self) -> None:
        """Connect and read the keys now, rather than when the first request waits for it."""
        self.admit.key_ring.warm_up()

    @cached_property
    def admit(self) -> Admit:
        return Admit(
            KeyRing(
                keys=self.keys,
                # The time of day, because a frozen container's other clocks may stand still.
                timer=time.time,
                fresh_s=self.settings.keys_fresh_s,
                stale_s=self.settings.keys_stale_s,
            )
        )

    @cached_property
    def keys(self) -> Keys:
        return DynamoKeys.open(self.settings.keys_table)
