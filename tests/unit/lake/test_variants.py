"""The map of experiments, through small files and sealed ones."""

from __future__ import annotations

import orjson
import pyarrow as pa
import pytest

from chalicelib.errors import Unreadable
from chalicelib.lake import files, raw_lines, rows, sealed, variants
from chalicelib.lake.keys import LakeKey
from tests.builders import make_raw_key, make_raw_line, make_raw_object

KEY = LakeKey.of(make_raw_key())


def with_variants(found: dict[str, str] | None) -> bytes:
    fields = orjson.loads(make_raw_line())
    properties = fields.pop("properties")
    marks = {} if found is None else {"seconds_since_exposure": 1.5, "experiments": found}
    return orjson.dumps({**fields, **marks, "properties": properties})


def test_a_file_is_sealed_with_its_variants() -> None:
    found = [{"button": "a", "price": "b"}, None, {"button": "b"}]
    body = make_raw_object(*map(with_variants, found))
    small = files.encode(rows.complete(raw_lines.read(body, make_raw_key()), {}))

    writer = sealed.SealedWriter.open("stamp")
    writer.add([sealed.small_rows(small, KEY)])
    read = sealed.SealedFile.open(writer.finish()).rows("page_view", ())

    maps = [None if one is None else dict(one) for one in read["experiments"].to_pylist()]
    assert maps == found
    assert read["seconds_since_exposure"].to_pylist() == [1.5, None, 1.5]


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', "{"])
def test_what_is_not_an_object_of_texts_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        variants.read(pa.array([text]))
