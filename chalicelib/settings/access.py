"""Settings of admission."""

from __future__ import annotations

from pydantic import Field

from chalicelib.settings.environment import EnvironmentSettings


class AccessSettings(EnvironmentSettings):
    keys_table: str

    # A retired key stops within the first; the second bounds it while the table can't be read.
    # More than a minute would break the promise that it stops within one.
    keys_fresh_s: float = Field(default=30.0, ge=0, le=60)
    keys_stale_s: float = Field(default=300.0, ge=0)
