"""Which variant a user gets: by a hash that any language can compute, or as it is stored."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import NamedTuple

from chalicelib.model.experiment import WHOLE, Experiment, Status

_HASH_BYTES, _HASH_BITS = 8, 64
# No salt has a colon, so a namespace's hash is never that of an experiment.
_NAMESPACE = "namespace:"


class Reason(StrEnum):
    """Why a user has a variant, or none."""

    ASSIGNED = "assigned"
    HASHED = "hashed"
    OUTSIDE_NAMESPACE = "outside_namespace"
    OUTSIDE_COVERAGE = "outside_coverage"
    NOT_RUNNING = "not_running"


class Assignment(NamedTuple):
    """`variant` is None for a user who doesn't take part."""

    variant: str | None
    reason: Reason


def bucket_of(salt: str, user_id: str) -> int:
    """Return one of 10,000 equally likely buckets, by SHA-256.

    It hashes UTF-8. A weaker hash such as CRC-32 would make experiments depend on each other.

    >>> bucket_of("checkout-2", "usr_1"), bucket_of("checkout-2", "usr_42")
    (9485, 6515)
    """
    # Whatever a client sends is hashed, even half of a surrogate pair.
    text = f"{salt}:{user_id}".encode("utf-8", "surrogatepass")
    head = hashlib.sha256(text).digest()[:_HASH_BYTES]
    return int.from_bytes(head) * WHOLE >> _HASH_BITS


def assign(experiment: Experiment, user_id: str) -> Assignment:
    """Assign a user, whatever the experiment's status is.

    A variant owns the buckets from the sum of the weights before it, as many as its weight times
    the coverage. So a higher coverage adds users to each variant and moves none.
    """
    stored = experiment.assigned.get(user_id)
    if stored is not None:
        return Assignment(stored, Reason.ASSIGNED)
    if not _is_in_namespace(experiment, user_id):
        return Assignment(None, Reason.OUTSIDE_NAMESPACE)
    bucket, start = bucket_of(experiment.salt, user_id), 0
    for variant in experiment.variants:
        if start <= bucket < start + variant.weight * experiment.coverage // WHOLE:
            return Assignment(variant.key, Reason.HASHED)
        start += variant.weight
    return Assignment(None, Reason.OUTSIDE_COVERAGE)


def current_assignment(experiment: Experiment, user_id: str) -> Assignment:
    """Assign a user if the experiment is running."""
    if experiment.status is not Status.RUNNING:
        return Assignment(None, Reason.NOT_RUNNING)
    return assign(experiment, user_id)


def _is_in_namespace(experiment: Experiment, user_id: str) -> bool:
    if experiment.namespace is None:
        return True
    first, end = experiment.namespace_range
    return first <= bucket_of(f"{_NAMESPACE}{experiment.namespace}", user_id) < end
