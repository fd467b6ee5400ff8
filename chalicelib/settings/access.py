"""Settings of admission."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class AccessSettings(EnvironmentSettings):
    keys_table: str

    # A retired key stops within the first; the second bounds it while the table can't be read.
    keys_fresh_s: float = 30.0
    keys_stale_s: float = 300.0
