"""The documents are checked against the code, so that they can't rot."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields
from pathlib import Path

from app import app
from ops.demo.api_answers import ApiAnswers
from ops.demo.follow import Account
from ops.demo.holdings import Holdings, Sending
from ops.demo.lake import LakeHoldings, QueryAnswer
from tests.builders import every_setting

ROOT = Path(__file__).parents[2]


def test_the_readme_map_lists_every_trigger_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(), flags=re.MULTILINE)

    assert sorted(rows) == sorted(app.handler_map)


def test_every_make_target_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text()))

    assert named
    assert [target for target in named if f"\n{target}:" not in makefile] == []


def test_every_setting_is_documented() -> None:
    table = (ROOT / "docs" / "settings.md").read_text()
    named = re.findall(r"^\| `([A-Z_]+)` \|", table, flags=re.MULTILINE)

    assert sorted(named) == sorted(name.upper() for name in every_setting())


def test_links_between_documents_lead_somewhere() -> None:
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
        if not (document.parent / target).exists()
    ]

    assert broken == []


def test_the_readme_shows_all_counts_that_the_demo_compares() -> None:
    nothing = Account()
    lake = LakeHoldings(files=0, rows=0, unique_events=0, query=QueryAnswer("", (), ()))
    holdings = Holdings(
        stream_records=0,
        ledger=nothing,
        raw_lines=0,
        quarantine=Counter(),
        live_records=0,
        lake=lake,
        rollups=[],
        api=ApiAnswers(),
    )
    counts = [field.name for field in fields(Sending) if field.name != "incidents"]
    sent = Sending(**dict.fromkeys(counts, 0), incidents=[])
    shown = (ROOT / "README.md").read_text()

    assert [c.claim for c in holdings.agreements(sent) if f"\n{c.claim} " not in shown] == []
