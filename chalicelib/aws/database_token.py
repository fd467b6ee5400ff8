"""Tokens by which a function logs in to RDS in place of a password.

They are signed in this process, with the function's own credentials: no call leaves it, so that a
function in a private network needs no way to AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import boto3


class Signer(Protocol):
    def generate_db_auth_token(self, DBHostname: str, Port: int, DBUsername: str) -> str: ...  # noqa: N803  as boto3 has them


@dataclass(frozen=True, slots=True)
class DatabaseToken:
    """A token is good for opening connections for 15 minutes; they outlive it."""

    client: Signer
    host: str
    port: int
    user: str

    @classmethod
    def open(cls, host: str, port: int, user: str, region: str | None = None) -> DatabaseToken:
        """Without a region, it is that of the environment."""
        return cls(boto3.client("rds", region_name=region), host, port, user)

    def sign(self) -> str:
        return self.client.generate_db_auth_token(
            DBHostname=self.host, Port=self.port, DBUsername=self.user
        )
