"""The demo compares what attribution found with what was sent."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.model.attribution_report import Model
from chalicelib.traffic.truth import Credit
from ops.demo.attribution import SHOWN_MODELS, Attribution, ByCampaign, Credited

TRUE = Credit("u", "o", "2026-11-20T12:00:00.000Z", "c", "spring")


def make_attribution(
    stored: Sequence[Credit] = (TRUE,), in_api: ByCampaign | None = None
) -> Attribution:
    campaigns = {"spring": Credited(1_000_000_000, 5)}
    return Attribution(
        truth=[TRUE],
        stored=stored,
        in_postgres=dict.fromkeys(SHOWN_MODELS, campaigns),
        in_api=dict.fromkeys(SHOWN_MODELS, campaigns if in_api is None else in_api),
    )


def test_a_credit_that_is_as_it_must_be_is_true() -> None:
    assert make_attribution().n_true == 1


def test_another_click_or_campaign_is_not_true() -> None:
    wrong = [TRUE._replace(click_id="d"), TRUE._replace(campaign="summer")]

    assert [make_attribution([one]).n_true for one in wrong] == [0, 0]


def test_a_checkout_without_a_click_is_not_attributed() -> None:
    nobodys = TRUE._replace(click_id=None, campaign=None)

    assert make_attribution([TRUE, nobodys]).n_attributed == 1


def test_campaigns_are_alike_to_the_last_micro() -> None:
    assert make_attribution().n_alike(Model.FIRST_CLICK) == 1
    off = {"spring": Credited(1_000_000_000, 6)}
    assert make_attribution(in_api=off).n_alike(Model.FIRST_CLICK) == 0
