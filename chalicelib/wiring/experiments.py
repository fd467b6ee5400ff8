"""Definitions of experiments, wired to DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.experiments.assign_users import AssignUsers
from chalicelib.experiments.ports import Definitions
from chalicelib.experiments.put_definition import PutDefinition
from chalicelib.experiments.save_definition import SaveDefinition
from chalicelib.settings.experiments import ExperimentSettings
from chalicelib.wiring.world import now_ms


@dataclass(frozen=True)
class ExperimentsWing:
    settings: ExperimentSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(ExperimentSettings.from_env(env))

    @cached_property
    def put_definition(self) -> PutDefinition:
        return PutDefinition(SaveDefinition(self.definitions, now_ms))

    @cached_property
    def assign_users(self) -> AssignUsers:
        return AssignUsers(self.definitions)

    @cached_property
    def definitions(self) -> Definitions:
        return DynamoExperiments.open(self.settings.experiments_table)
