"""Results of experiments, as the API reads them: bounded, and counted by its meter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.aws.attribute import text, text_of
from chalicelib.aws.experiment_results import NEWEST, looks_in, looks_of, results_in
from chalicelib.aws.reads import Table
from chalicelib.model.experiment_results import Results, Verdict
from chalicelib.model.experiment_verdict import KeptVerdict


@dataclass(frozen=True, slots=True)
class DynamoExperimentResultReader:
    table: Table

    def newest(self, experiment_id: str) -> Results | None:
        item = self.table.item({"partition_key": text(NEWEST), "sort_key": text(experiment_id)})
        if not item:
            return None
        looks = [look for one in self._items(looks_of(experiment_id)) for look in looks_in(one)]
        results = results_in(item)
        # The newest look may have been stored between the two reads.
        known = tuple(look for look in looks if look.at_ms <= results.at_ms)
        return replace(results, looks=known)

    def verdicts(self) -> Mapping[str, KeptVerdict]:
        names = "sort_key, verdict, variant, sentence, computed_at"
        return {
            text_of(item, "sort_key"): _verdict(item)
            for item in self._items(NEWEST, ProjectionExpression=names)
        }

    def _items(self, partition: str, **more: Any) -> Iterator[dict[str, Any]]:
        return self.table.items(
            KeyConditionExpression="partition_key = :partition",
            ExpressionAttributeValues={":partition": text(partition)},
            **more,
        )


def _verdict(item: Mapping[str, Any]) -> KeptVerdict:
    return KeptVerdict(
        verdict=Verdict(text_of(item, "verdict")),
        variant=text_of(item, "variant") if "variant" in item else None,
        sentence=text_of(item, "sentence"),
        computed_at=text_of(item, "computed_at"),
    )
