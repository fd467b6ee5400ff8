"""The doctor's diagnoses, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from ops.doctor.check import Diagnosis
from ops.kit.console import table


def shown(diagnoses: Sequence[Diagnosis]) -> Table:
    titles = ("Check", "Finding", "Fix")
    made = table("", *titles, folded=titles)
    for one in diagnoses:
        mark = "[green]✓[/]" if one.is_ok else "[red]✗[/]"
        found = "\n".join(one.problems) or "OK"
        made.add_row(mark, one.check.title, Text(found), Text("" if one.is_ok else one.check.fix))
    return made
