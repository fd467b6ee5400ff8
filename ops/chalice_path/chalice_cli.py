"""Chalice's own command line, which also remembers what it made when it fails half way."""

from __future__ import annotations

import sys
from typing import Any

from chalice.cli import main
from chalice.config import Config
from chalice.deploy import deployer


class RememberingDeployer(deployer.Deployer):
    """Chalice writes its state down at the end only.

    What it made before a failure would be made twice by the next run (the API), or would be in
    its way (event sources).
    """

    def _deploy(self, config: Config, chalice_stage_name: str) -> dict[str, Any]:
        try:
            return dict(super()._deploy(config, chalice_stage_name))
        except BaseException:
            made = self._executor.resource_values
            if made:
                self._remember(config, chalice_stage_name, made)
            raise

    def _remember(self, config: Config, stage: str, made: list[dict[str, Any]]) -> None:
        before = config.deployed_resources(stage)
        by_name = {name: before.resource_values(name) for name in before.resource_names()}
        by_name.update({resource["name"]: resource for resource in made})
        self._recorder.record_results(
            {
                "resources": [*by_name.values()],
                "schema_version": "2.0",
                "backend": self.BACKEND_NAME,
            },
            stage,
            config.project_dir,
        )


def use_remembering_deployer() -> None:
    vars(deployer)["Deployer"] = RememberingDeployer


if __name__ == "__main__":
    use_remembering_deployer()
    sys.exit(main())
