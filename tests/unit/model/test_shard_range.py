"""The shard of a record follows from its partition key and its sequence number."""

from __future__ import annotations

from chalicelib.model.shard_range import ShardRange, hash_key, shard_of

MIDDLE = 2**127
LAST = 2**128 - 1
PARENT = ShardRange("parent", 0, LAST, 100)
LOWER = ShardRange("lower", 0, MIDDLE - 1, 500)
UPPER = ShardRange("upper", MIDDLE, LAST, 500)


def test_a_key_is_hashed_as_kinesis_does() -> None:
    # MD5, as a number of 128 bits.
    assert hash_key("usr_1") == 0x916B5F433A0D8CF9A9050DFF3DE9EC5D


def test_each_half_of_the_hash_keys_has_its_shard() -> None:
    found = {key: shard_of([LOWER, UPPER], key, "600") for key in ("a", "b", "c", "d", "e")}

    assert found == {key: "lower" if hash_key(key) < MIDDLE else "upper" for key in found}
    assert set(found.values()) == {"lower", "upper"}


def test_what_was_put_before_a_split_is_of_the_parent() -> None:
    shards = [PARENT, LOWER, UPPER]

    assert shard_of(shards, "a", "499") == "parent"
    assert shard_of(shards, "a", "500") in {"lower", "upper"}


def test_sequences_are_compared_as_numbers() -> None:
    assert shard_of([PARENT], "a", "1000") == "parent"


def test_a_record_of_no_known_shard_has_none() -> None:
    assert shard_of([LOWER, UPPER], "a", "499") == ""
