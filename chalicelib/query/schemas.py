"""JSON Schemas of typed shapes, as components of an OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, override

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

REF = "#/components/schemas/"


class _WithoutTitles(GenerateJsonSchema):
    """Titles would only repeat the names of fields."""

    @override
    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def schemas_of(
    shapes: Mapping[str, Any], mode: JsonSchemaMode = "serialization", prefix: str = ""
) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Return a reference to each shape by its name, and all components that they need.

    References have the prefix; the names of the components are to be given it.
    """
    references, schema = TypeAdapter.json_schemas(
        [(name, mode, TypeAdapter(shape)) for name, shape in shapes.items()],
        ref_template=f"{REF}{prefix}{{model}}",
        schema_generator=_WithoutTitles,
    )
    return {name: part for (name, _), part in references.items()}, schema["$defs"]
