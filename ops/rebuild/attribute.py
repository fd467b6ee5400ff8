"""Put the archive's clicks and checkouts through attribution's transaction again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.aws.objects import S3Objects
from chalicelib.errors import PipelineError
from chalicelib.model.attribution import CHECKOUT, CLICK
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from chalicelib.postgres.conninfo import Conninfo
from ops.kit.console import bars, out
from ops.kit.errors import OperationFailed
from ops.local.home import Home
from ops.local.postgres import Postgres
from ops.rebuild.rebuild_object import RebuildObject
from ops.stage.names import Names

if TYPE_CHECKING:
    import boto3

TYPES = frozenset({CLICK, CHECKOUT})


def open_database(url: str, state: Path) -> PostgresAttributionStore:
    """Prepare a connection to the database of this URL, or else of the local cloud."""
    found = url or Postgres(Home(state.resolve()).postgres).url()
    try:
        conninfo = Conninfo.of_url(found)
    except ValueError as error:
        raise OperationFailed(f"The database can't be reached: {error}.") from error
    return PostgresAttributionStore.open(lambda: conninfo)


def rebuild_attribution(
    session: boto3.Session, names: Names, keys: Sequence[str], store: PostgresAttributionStore
) -> None:
    """Restore every object, and show how far it is.

    Raises:
        OperationFailed: the database or the archive can't be read; it can be run again.
    """
    objects = S3Objects(session.client("s3"), names.raw_bucket)
    with bars() as progress:
        task = progress.add_task("raw objects read", total=len(keys))
        counts = restore_all(
            keys,
            read=lambda key: objects.get(key).body,
            rebuild=RebuildObject(store),
            show=lambda: progress.advance(task),
        )
    out.print(
        f"{counts['clicks']:,} clicks and {counts['checkouts']:,} checkouts were read;"
        f" {counts['restated']:,} credits changed, {counts['unstorable']:,} can't be stored."
    )


def restore_all(
    keys: Sequence[str],
    *,
    read: Callable[[str], bytes],
    rebuild: RebuildObject,
    show: Callable[[], None],
) -> Counter[str]:
    counts: Counter[str] = Counter()
    try:
        for key in keys:
            counts += rebuild(read(key))
            show()
    except PipelineError as error:
        raise OperationFailed(
            f"Attribution was rebuilt in part: {error}.",
            "Run the same command again; what is stored already stays as it is.",
        ) from error
    return counts
