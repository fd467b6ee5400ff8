"""Sketches of users, as the counter items of experiments have them."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.aws.attribute import Item
from chalicelib.model import about_users, live
from chalicelib.model.distinct import HyperLogLog


def sketches_of(item: Item) -> dict[str, HyperLogLog]:
    """Return those of an item by attribute, without any that a later version has written."""
    found = {
        name: about_users.decoded(value["B"])
        for name, value in item.items()
        if name.startswith(live.VARIANT_USERS)
    }
    return {name: sketch for name, sketch in found.items() if sketch is not None}


def attributes_of(sketches: Mapping[str, HyperLogLog]) -> dict[str, dict[str, bytes]]:
    return {name: {"B": sketch.encoded()} for name, sketch in sketches.items()}
