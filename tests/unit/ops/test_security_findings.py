"""A finding is accepted where a reason is given for it, and a reason only where it is needed."""

from __future__ import annotations

from pathlib import Path

from ops.kit.project import ROOT
from ops.security.findings import (
    Acceptance,
    Finding,
    evaluated_files,
    outdated,
    read_acceptances,
    read_findings,
    unaccepted,
)
from ops.security.templates import with_everything

FAILED = {
    "check_id": "CKV_AWS_18",
    "check_name": "Ensure the S3 bucket has access logging enabled",
    "file_path": "/default/backing.json",
    "resource": "AWS::S3::Bucket.RawBucket",
}
FINDING = Finding("CKV_AWS_18", "backing", "RawBucket", FAILED["check_name"])
ACCEPTED = Acceptance("CKV_AWS_18", ("backing",), (), "because")


def report(*failed: dict[str, str]) -> dict[str, object]:
    return {"results": {"failed_checks": [*failed], "passed_checks": []}}


def test_what_is_found_in_both_variants_is_one_finding() -> None:
    twice = report(FAILED, FAILED | {"file_path": "/everything/backing.json"})

    assert read_findings(twice) == [FINDING]
    assert evaluated_files(twice) == {"default/backing.json", "everything/backing.json"}


def test_a_finding_without_a_reason_is_left() -> None:
    elsewhere = FINDING._replace(template="extras")
    another = FINDING._replace(rule="CKV_AWS_19")

    assert unaccepted([FINDING, elsewhere, another], [ACCEPTED]) == [elsewhere, another]


def test_a_reason_can_be_for_some_resources_alone() -> None:
    other = FINDING._replace(resource="LakeBucket")
    accepted = Acceptance("CKV_AWS_18", ("backing",), ("RawBucket",), "because")

    assert unaccepted([FINDING, other], [accepted]) == [other]


def test_a_reason_for_what_is_found_no_more_is_told_of() -> None:
    accepted = Acceptance("CKV_AWS_18", ("backing", "extras"), (), "because")

    assert outdated([FINDING], [accepted]) == ["CKV_AWS_18 in extras"]


def test_every_acceptance_has_a_reason_and_a_template_that_is_there() -> None:
    templates = {path.stem for path in (ROOT / "infrastructure").glob("*.yaml")} | {"app"}
    accepted = read_acceptances(ROOT / "infrastructure" / "accepted-findings.toml")

    assert accepted
    assert all(len(one.reason) > 40 and {*one.templates} <= templates for one in accepted)


def test_a_condition_hides_nothing_from_the_linter() -> None:
    template = {"Conditions": {"HasTrail": {"Fn::Equals": ["a", "b"]}}, "Resources": {}}

    assert with_everything(template)["Conditions"] == {"HasTrail": {"Fn::Equals": ["1", "1"]}}
    assert with_everything({"Resources": {}}) == {"Resources": {}}


def test_the_linter_is_pinned_and_no_dependency_of_the_project() -> None:
    pinned = Path(ROOT / "requirements-security.txt").read_text()
    others = [ROOT / name for name in ("requirements.txt", "requirements-dev.in")]

    assert "checkov==" in pinned
    assert not any("checkov" in path.read_text() for path in others)
