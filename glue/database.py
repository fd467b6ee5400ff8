"""Where a job's database is, in a form that can be sent to Spark's executors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from chalicelib.postgres.conninfo import Conninfo
from glue.arguments import Argument, ArgumentsRefused

PORT = 5432
NAME = "eventstream"

ARGUMENTS = {
    "DATABASE_URL": Argument(default=""),
    "DATABASE_HOST": Argument(default=""),
    "DATABASE_USER": Argument(default=""),
}


@dataclass(frozen=True, slots=True)
class Database:
    """A URL, or else a host and a user who logs in with a token of IAM."""

    region: str
    url: str = field(default="", repr=False)
    host: str = ""
    user: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Check what `ARGUMENTS` and `REGION` were read as.

        Raises:
            ArgumentsRefused: they name no database.
        """
        url, host, user = (given[name.lower()] for name in ARGUMENTS)
        if bool(url) == bool(host and user):
            raise ArgumentsRefused(
                ["--DATABASE_HOST with --DATABASE_USER, or else --DATABASE_URL must be given"]
            )
        if url:
            try:
                Conninfo.of_url(url)
            except ValueError as error:
                raise ArgumentsRefused([f"--DATABASE_URL: {error}"]) from None
        return cls(given["region"], url, host, user)

    def conninfo(self) -> Conninfo:
        """Return how to connect now: a token is good for opening connections for 15 minutes."""
        if self.url:
            return Conninfo.of_url(self.url)
        return Conninfo.of_parts(
            host=self.host,
            port=PORT,
            dbname=NAME,
            user=self.user,
            password=self._token(),
            sslmode="require",
        )

    def _token(self) -> str:
        # Only AWS has it: a laptop needs neither token nor boto3.
        from chalicelib.aws.database_token import DatabaseToken  # noqa: PLC0415

        return DatabaseToken.open(self.host, PORT, self.user, self.region).sign()
