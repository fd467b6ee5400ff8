"""Whatever overlaps, fails, dies or takes effect late, an hour keeps each of its rows once."""

from __future__ import annotations

import pytest

from tests.unit.upkeep import mutants
from tests.unit.upkeep.schedules import broken

pytestmark = pytest.mark.slow

BATCH = 25
ENOUGH = 400


def test_no_schedule_loses_a_row_or_keeps_one_twice() -> None:
    assert broken(range(150)) == {}


@pytest.mark.parametrize(
    ("part", "mutant"),
    [
        ("sealer", mutants.TakesRefusedForSealed),
        ("bucket", mutants.PlainPut),
        ("roller", mutants.PassesOver),
        ("roller", mutants.SealedBeforeListing),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_schedules_find_out_a_broken_rule(part: str, mutant: type) -> None:
    batches = (range(n, n + BATCH) for n in range(0, ENOUGH, BATCH))

    assert any(broken(batch, **{part: mutant}) for batch in batches)
