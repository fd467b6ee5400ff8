"""Settings of attribution."""

from __future__ import annotations

from pydantic import Field, SecretStr

from chalicelib.settings.environment import EnvironmentSettings


class AttributionSettings(EnvironmentSettings):
    """Where the database is: a URL, or else a host with either a user of IAM or a secret."""

    database_url: SecretStr = SecretStr("")
    # The ARN of a secret of Secrets Manager, in the format that RDS gives it.
    database_secret: str = ""
    # Who logs in with a token of IAM, which takes neither a secret nor a password.
    database_iam_user: str = ""
    database_host: str = ""
    database_port: int = 5432
    database_name: str = "eventstream"
    # A file of certificates by which the server is verified; without one, TLS is only required.
    database_root_cert: str = ""

    database_statement_timeout_s: float = Field(default=60.0, gt=0)
    database_lock_timeout_s: float = Field(default=15.0, gt=0)
    # API Gateway waits 29 s, and most clients less.
    report_timeout_s: float = Field(default=12.0, gt=0, le=14)
    # Of the function's time, what a transaction leaves for ending and reporting.
    attribution_reserve_s: float = Field(default=5.0, ge=0)
    attribution_max_records: int = Field(default=10_000, ge=1)
