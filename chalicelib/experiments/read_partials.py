"""Read the partials that the rows of rolled up hours name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from chalicelib.errors import ObjectMissing, StoreUnavailable
from chalicelib.experiments.ports import PartialNames
from chalicelib.lake import partial_files
from chalicelib.lake.partial_files import KindRows
from chalicelib.model.hour import Hour
from chalicelib.ports import ObjectReader

type Rows = list[KindRows]
# Like map(), but possibly some items ahead of its consumer.
type MapAhead = Callable[[Callable[[Hour], Rows], Iterable[Hour]], Iterator[Rows]]

# An hour is seldom rolled up again within a read, and hardly ever twice.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ReadPartials:
    names: PartialNames
    objects: ObjectReader
    map_ahead: MapAhead = map

    def __call__(
        self, names: Mapping[Hour, str], hours: Sequence[Hour], kinds: Collection[str]
    ) -> Iterator[tuple[Hour, Rows]]:
        """Yield the rows of these kinds, hour after hour.

        A rollup that replaced an hour since its name was read has deleted the partial, so the row
        is asked again.

        Raises:
            StoreUnavailable: also if a partial stays missing that a row names.
        """
        rows = self.map_ahead(partial(self._rows, names, kinds), hours)
        yield from zip(hours, rows, strict=True)

    def _rows(self, names: Mapping[Hour, str], kinds: Collection[str], hour: Hour) -> Rows:
        name: str | None = names[hour]
        for _ in range(_ATTEMPTS):
            if name is None:
                return []
            try:
                return partial_files.read(self.objects.get(name).body, hour, kinds)
            except ObjectMissing:
                name = self.names.names(hour, hour.plus(1)).get(hour)
        raise StoreUnavailable(f"the partial of {hour.window_start} is missing")
