"""Tables of prices: ours, and those that are none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ops.cost import prices

ENTRY = """
[api_requests]
service = "API Gateway"
item = "REST requests"
unit = "million"
units = 1e6
dollars = 3.5
page = "https://aws.amazon.com/api-gateway/pricing/"
source = "the page"
"""


def table(folder: Path, text: str) -> Path:
    path = folder / "prices.toml"
    path.write_text(text)
    return path


def test_our_table_names_a_page_and_a_source_for_every_price() -> None:
    table = prices.read()

    assert table.region == "us-east-1"
    for price in table.by_key.values():
        assert price.page.startswith("https://aws.amazon.com/")
        assert price.source


def test_our_table_says_when_it_was_read() -> None:
    first, last = prices.read().read or (None, None)

    assert first == date(2026, 3, 14)
    assert last == date(2026, 10, 4)


def test_a_table_of_undated_prices_says_so(tmp_path: Path) -> None:
    read = prices.read(table(tmp_path, f'region = "eu-central-1"{ENTRY}'))

    assert read.read is None
    assert read.undated == ["REST requests"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ENTRY, "region is missing"),
        ('region = "x"\ncolour = 1', "colour must be a TOML table"),
        (f'region = "x"{ENTRY}colour = 1', "colour"),
        ('region = "x"' + ENTRY.replace("dollars = 3.5\n", ""), "dollars"),
        ('region = "x"' + ENTRY.replace("3.5", "-3.5"), "positive"),
        ('region = "x"' + ENTRY.replace("3.5", "inf"), "positive"),
        (f'region = "x"{ENTRY}read = "yesterday"', "must be dates"),
        (f'region = "x"{ENTRY}free = 3', "have a free_read"),
        (f'region = "x"{ENTRY}free = -3\nfree_read = 2026-11-21', "positive"),
        ("region = ", "Invalid value"),
    ],
    ids=[
        "region",
        "no table",
        "unknown",
        "missing",
        "negative",
        "infinite",
        "date",
        "undated",
        "negative free",
        "no TOML",
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        prices.read(table(tmp_path, text))
