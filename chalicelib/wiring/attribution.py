"""Attribution, wired to its database."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.attribution import AttributeBatch, ReportAttribution
from chalicelib.attribution.list_checkpoints import ListCheckpoints
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from chalicelib.postgres.checkpoint_list import PostgresCheckpointList
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.grouped_credits import PostgresGroupedCredits
from chalicelib.postgres.migrate import migrate
from chalicelib.postgres.migrate_database import MigrateDatabase
from chalicelib.settings.attribution import AttributionSettings
from chalicelib.wiring.world import now_ms


@dataclass(frozen=True)
class AttributionWing:
    settings: AttributionSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(AttributionSettings.from_env(env))

    @cached_property
    def attribute_clicks(self) -> AttributeBatch:
        return self._attribute_batch

    @cached_property
    def attribute_checkouts(self) -> AttributeBatch:
        return self._attribute_batch

    @cached_property
    def store(self) -> PostgresAttributionStore:
        settings = self.settings
        return PostgresAttributionStore.open(
            self.conninfo,
            statement_timeout_ms=round(settings.database_statement_timeout_s * 1000),
            lock_timeout_ms=round(settings.database_lock_timeout_s * 1000),
        )

    @cached_property
    def report_attribution(self) -> ReportAttribution:
        timeout_ms = round(self.settings.report_timeout_s * 1000)
        credits_ = PostgresGroupedCredits.open(self.conninfo, timeout_ms=timeout_ms)
        return ReportAttribution(credits_, now_ms)

    @cached_property
    def list_checkpoints(self) -> ListCheckpoints:
        timeout_ms = round(self.settings.report_timeout_s * 1000)
        return ListCheckpoints(PostgresCheckpointList.open(self.conninfo, timeout_ms=timeout_ms))

    def migrate(self, *, dry_run: bool = False) -> list[str]:
        """Apply pending migrations, as a user that may; return their names."""
        return migrate(self.conninfo(), dry_run=dry_run)

    @cached_property
    def conninfo(self) -> Callable[[], Conninfo]:
        """Return what finds out where the database is, and with which password."""
        settings = self.settings
        if url := settings.database_url.get_secret_value():
            found = Conninfo.of_url(url)
            return lambda: found
        if not settings.database_host:
            raise ValueError("set DATABASE_URL or DATABASE_HOST")
        # A laptop needs neither token nor secret.
        if user := settings.database_iam_user:
            from chalicelib.aws.database_token import DatabaseToken

            token = DatabaseToken.open(settings.database_host, settings.database_port, user)
            return lambda: self._as(user, token.sign())
        from chalicelib.aws.secrets import SecretsManagerSecret

        secret = SecretsManagerSecret.open(settings.database_secret)
        return lambda: self._with(secret.read())

    @cached_property
    def migrate_database(self) -> MigrateDatabase:
        return MigrateDatabase(self._as)

    def _with(self, secret: Mapping[str, object]) -> Conninfo:
        return self._as(str(secret["username"]), str(secret["password"]))

    def _as(self, user: str, password: str) -> Conninfo:
        settings = self.settings
        return Conninfo.of_parts(
            host=settings.database_host,
            port=settings.database_port,
            dbname=settings.database_name,
            user=user,
            password=password,
            sslmode="verify-full" if settings.database_root_cert else "require",
            sslrootcert=settings.database_root_cert,
        )

    @cached_property
    def _attribute_batch(self) -> AttributeBatch:
        """Both triggers take clicks and checkouts from whichever stream carries them."""
        settings = self.settings
        return AttributeBatch(
            store=self.store,
            clock=now_ms,
            sleep=time.sleep,
            jitter=random.random,
            reserve_ms=round(settings.attribution_reserve_s * 1000),
            max_records=settings.attribution_max_records,
        )
