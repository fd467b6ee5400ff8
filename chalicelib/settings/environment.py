"""How settings are read from the environment. The only module that touches it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _split(text: object) -> object:
    """Read `a,b` as a list, and anything but text as it is."""
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


def _pairs(text: object) -> object:
    """Read `a=1,b=2` as a mapping."""
    parts = _split(text)
    if not isinstance(parts, list):
        return parts
    pairs = [part.partition("=") for part in parts]
    return {name.strip(): value for name, _, value in pairs}


type Pair = Annotated[tuple[float, float], BeforeValidator(_split)]
type Triple = Annotated[tuple[float, float, float], BeforeValidator(_split)]
type Names = Annotated[frozenset[str], BeforeValidator(_split)]
type NumbersByName = Annotated[Mapping[str, float], BeforeValidator(_pairs)]


class EnvironmentSettings(BaseModel):
    """Each field is the environment variable of its name in capitals."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Read the settings from this environment, or else the process's own.

        Raises:
            pydantic.ValidationError: a variable is missing or malformed; its message names it.
        """
        given = os.environ if env is None else env
        named = {name: given[name.upper()] for name in cls.model_fields if name.upper() in given}
        return cls.model_validate(named)


def serves_http(env: Mapping[str, str] = os.environ) -> bool:
    """Return whether this function serves the routes, by the name that Chalice gives it."""
    return env.get("_HANDLER") == "app.app"
