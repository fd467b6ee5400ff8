"""Athena's statements, and a way to run them over local copies of lake files.

The statements are written for Athena. Here they are translated for DuckDB, which reads the same
files from the same folders; the table's columns and types are those that its own DDL states.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import sqlglot
from sqlglot import exp

from chalicelib.aws.objects import S3Objects
from chalicelib.errors import ObjectMissing
from chalicelib.lake.keys import PREFIX
from ops.kit.errors import OperationFailed
from ops.kit.project import ROOT

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

TABLES = ROOT / "athena" / "create_tables.sql"
QUERIES = ROOT / "athena" / "sample_queries.sql"
ATTRIBUTION = ROOT / "athena" / "attribution.sql"
PARALLEL_GETS = 4

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_SIGNATURE = re.compile(r"^-- parameters: (?P<parameters>.*?)    columns: (?P<columns>.*)$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file, without its comments and its semicolon."""

    name: str
    title: str
    parameters: tuple[str, ...]
    columns: tuple[str, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Answer:
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


def statements(path: Path) -> dict[str, Statement]:
    """Read the statements of a file by their names."""
    _, *parts = _NAME.split(path.read_text())
    return {
        name: _statement(name, text) for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def _statement(name: str, text: str) -> Statement:
    lines = text.strip().removesuffix(";").splitlines()
    n_comments = next(n for n, line in enumerate(lines) if not line.startswith("--"))
    *title, signature = lines[:n_comments]
    found = _SIGNATURE.match(signature)
    if found is None:
        raise ValueError(f"{name}: no line of parameters and columns before the statement")
    return Statement(
        name,
        " ".join(line.removeprefix("-- ") for line in title),
        _names(found["parameters"]),
        _names(found["columns"]),
        "\n".join(lines[n_comments:]),
    )


def _names(text: str) -> tuple[str, ...]:
    return () if text == "none" else tuple(text.split(", "))


@dataclass(frozen=True, slots=True)
class LocalLake:
    """A folder of lake files that answers Athena's queries."""

    connection: duckdb.DuckDBPyConnection

    @classmethod
    def open(cls, folder: Path) -> LocalLake:
        """Open the folder that holds `events/year=…`.

        Raises:
            OperationFailed: there is no lake file in it.
        """
        if next(folder.glob(f"{PREFIX}**/*.parquet"), None) is None:
            raise OperationFailed("The lake has no files yet.", "Send events and wait a moment.")
        ddl = statements(TABLES)
        connection = duckdb.connect()
        connection.execute("SET integer_division = true")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE SCHEMA eventstream")
        connection.execute(_table(connection, ddl["create_events"].sql, folder / PREFIX, "events"))
        connection.execute(translated(ddl["create_events_unique"].sql))
        _add_attribution(connection, folder / "attribution")
        return cls(connection)

    def ask(self, statement: Statement, *arguments: str) -> Answer:
        """Run a query with an argument for each of its parameters."""
        return self.ask_sql(statement.sql, *arguments)

    def ask_sql(self, sql: str, *arguments: str) -> Answer:
        cursor = self.connection.execute(translated(sql), arguments)
        columns = tuple(str(column[0]) for column in cursor.description)
        return Answer(columns, cursor.fetchall())


def translated(sql: str) -> str:
    """Translate one statement of Athena's for DuckDB."""
    [text] = sqlglot.transpile(sql, read="athena", write="duckdb")
    return str(text)


def columns_of(ddl: str) -> list[exp.ColumnDef]:
    """Return the columns that a CREATE TABLE states, those of the partition last."""
    return list(sqlglot.parse_one(ddl, read="athena").find_all(exp.ColumnDef))


def _add_attribution(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Add the credits that a job has written, if one has."""
    if not (folder / "runs").is_dir():
        return
    ddl = statements(ATTRIBUTION)
    for name, files in (("attribution_credits", "model=*"), ("attribution_runs", "runs")):
        table = ddl[f"create_{name}"].sql
        connection.execute(_table(connection, table, folder / files, name))
    connection.execute(translated(ddl["create_attribution"].sql))


def _table(connection: duckdb.DuckDBPyConnection, ddl: str, folder: Path, name: str) -> str:
    """Return a view that has just the columns and types of the table.

    As in Athena, a column is null where a file lacks it, which earlier versions wrote.
    """
    files = f"{folder.as_posix()}/**/*.parquet".replace("'", "''")
    options = "hive_partitioning = true, hive_types_autocast = false, union_by_name = true"
    source = f"read_parquet('{files}', {options})"
    found = {row[0] for row in connection.execute(f"DESCRIBE FROM {source}").fetchall()}
    columns = ", ".join(
        f"CAST({quoted if column.name in found else 'NULL'} AS"
        f" {column.args['kind'].sql('duckdb')}) AS {quoted}"
        for column in columns_of(ddl)
        for quoted in [f'"{column.name}"']
    )
    return f"CREATE VIEW eventstream.{name} AS SELECT {columns} FROM {source}"  # noqa: S608  no outside text


def copy_lake(client: S3Client, bucket: str, folder: Path) -> int:
    """Copy every lake file into a folder, each under its key; return how many there were.

    The folder is brought in line with the bucket until nothing has changed meanwhile: hours are
    sealed at any time, and half of a sealing would have rows twice or not at all.
    """
    objects = S3Objects(client, bucket)
    copied: dict[str, str] = {}
    while (listed := dict(objects.etags([PREFIX]))) != copied:
        for gone in copied.keys() - listed.keys():
            (folder / gone).unlink(missing_ok=True)
        changed = [key for key, etag in listed.items() if copied.get(key) != etag]
        with ThreadPoolExecutor(PARALLEL_GETS) as pool:
            etags = list(pool.map(lambda key: _copy(objects, key, folder / key), changed))
        kept = {key: etag for key, etag in copied.items() if key in listed}
        copied = kept | dict(zip(changed, etags, strict=True))
    return len(copied)


def _copy(objects: S3Objects, key: str, path: Path) -> str:
    """Return the ETag of what was copied, empty if the object is gone."""
    try:
        stored = objects.get(key)
    except ObjectMissing:
        return ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stored.body)
    return stored.etag
