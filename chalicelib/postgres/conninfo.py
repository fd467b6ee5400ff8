"""Where the database is and who connects; its password is never shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

CONNECT_TIMEOUT_S = 5
APPLICATION = "eventstream"


@dataclass(frozen=True, slots=True)
class Conninfo:
    """libpq's connection text, which may hold a password."""

    text: str = field(repr=False)

    @classmethod
    def of_url(cls, url: str) -> Self:
        """Check a `postgresql://` URL.

        Raises:
            ValueError: it is malformed. The message doesn't repeat the URL and its password.
        """
        try:
            conninfo_to_dict(url)
        except psycopg.Error:
            message = "the database's URL is malformed: postgresql://user@host:port/database"
            raise ValueError(message) from None
        return cls(url)

    @classmethod
    def of_parts(cls, **parts: str | int | None) -> Self:
        """Combine libpq's parameters: host, port, dbname, user, password, sslmode and others."""
        return cls(make_conninfo("", **{name: part for name, part in parts.items() if part}))

    def options(self, **settings: str | int) -> dict[str, Any]:
        """Return what every connection adds: a bounded wait, a name, and the session's settings.

        Settings go with the start of the session, which saves a statement. Those in the URL's own
        `options` are kept; ours follow, and so prevail.
        """
        given = conninfo_to_dict(self.text)
        ours = {"timezone": "UTC", "datestyle": "ISO", **settings}
        own = str(given.get("options") or "")
        return {
            "application_name": APPLICATION,
            "connect_timeout": given.get("connect_timeout") or CONNECT_TIMEOUT_S,
            "options": " ".join([own, *(f"-c {k}={v}" for k, v in ours.items())]).strip(),
        }
