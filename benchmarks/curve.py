"""How a cost grows with the size of the work, as a picture for people and JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.report import RESULTS, machine

# In the order in which lines are given: ours, the floor, the peers.
_STYLES = (("#1f5fa8", "o-"), ("#777777", "s--"), ("#c4571a", "^-"), ("#4a8a3c", "v-"))

type Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Both axes are logarithmic; of a cost per event a level line means linear growth."""

    name: str
    title: str
    x: str
    y: str
    lines: Mapping[str, Points]

    def save(self, folder: Path = RESULTS) -> Path:
        """Write `<name>.png` and `<name>-curve.json`, and return the picture's path."""
        folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps(asdict(self) | machine(), indent=2)
        (folder / f"{self.name}-curve.json").write_text(content + "\n")
        path = folder / f"{self.name}.png"
        self._draw(path)
        return path

    def _draw(self, path: Path) -> None:
        # Takes a second to import, and most runs draw nothing.
        import matplotlib as mpl

        mpl.use("Agg")
        from matplotlib import pyplot as plt
        from matplotlib import ticker

        figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
        for (label, points), (color, style) in zip(self.lines.items(), _STYLES, strict=False):
            axes.plot(*zip(*points, strict=True), style, color=color, label=label, markersize=5)
        axes.set(xscale="log", yscale="log", title=self.title, xlabel=self.x, ylabel=self.y)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:,g}")
        axes.yaxis.set_minor_formatter(ticker.NullFormatter())
        axes.grid(visible=True, alpha=0.3)
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
        figure.savefig(path, dpi=110, metadata={"Software": None})
        plt.close(figure)
