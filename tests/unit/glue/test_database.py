"""A job is given one database, and shows no password."""

from __future__ import annotations

import pytest

from glue.arguments import ArgumentsRefused
from glue.database import Database

URL = "postgresql://u:hidden@h/db"
NOTHING = {"region": "us-east-1", "database_url": "", "database_host": "", "database_user": ""}


def test_a_url_is_used_as_it_is() -> None:
    assert Database.of(NOTHING | {"database_url": URL}).conninfo().text == URL


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"database_host": "h"},
        {"database_user": "u"},
        {"database_host": "h", "database_user": "u", "database_url": URL},
        {"database_url": "postgresql://u:hidden@h/db?nothing=1"},
    ],
)
def test_anything_but_one_database_is_refused_without_its_password(given: dict[str, str]) -> None:
    with pytest.raises(ArgumentsRefused) as refused:
        Database.of(NOTHING | given)
    assert "--DATABASE_" in refused.value.errors[0]
    assert "hidden" not in str(refused.value)


def test_a_password_is_not_shown() -> None:
    assert "hidden" not in repr(Database.of(NOTHING | {"database_url": URL}))


def test_a_host_is_logged_in_to_with_a_token_over_tls() -> None:
    given = {"database_host": "db.example", "database_user": "writer"}
    text = Database.of(NOTHING | given).conninfo().text

    assert "sslmode=require" in text
    assert "password=db.example:5432/?Action=connect&DBUser=writer" in text
