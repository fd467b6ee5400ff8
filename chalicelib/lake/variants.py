"""Read the map of experiments to variants, of which many rows have the same."""

from __future__ import annotations

import orjson
import pyarrow as pa

from chalicelib.errors import Unreadable
from chalicelib.lake import schema


def read(texts: pa.StringArray) -> pa.MapArray:
    """Return the map of each text, null where that is `null`.

    Raises:
        Unreadable: a text is not an object of texts.
    """
    encoded = texts.dictionary_encode()
    maps = pa.array([*map(_items, encoded.dictionary.to_pylist())], schema.VARIANTS)
    return maps.take(encoded.indices)


def _items(text: str) -> list[tuple[str, str]] | None:
    try:
        variants = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"experiments are not JSON: {error}") from error
    if variants is None:
        return None
    if not isinstance(variants, dict) or not all(isinstance(v, str) for v in variants.values()):
        raise Unreadable("experiments are not an object of texts")
    return [*variants.items()]
