"""The dashboard's colours, judged by what people see of them."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pytest

from chalicelib.dashboard.assets import STATIC

type Linear = tuple[float, float, float]

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency" (2009), at full severity.
VISIONS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
TEXTS = ("text", "muted", "accent", "good", "attention", "bad")
SERIES = tuple(f"series-{slot}" for slot in range(7))


def colours(theme: str) -> dict[str, str]:
    """Return the colours of a theme by name; the dark one replaces what the light one says."""
    light, dark = (STATIC / "style.css").read_text().split("prefers-color-scheme: dark", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light))
    if theme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark))
    return found


def linear(colour: str) -> Linear:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    red, green, blue = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    both = map(linear, (one, other))
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in both)
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, vision: str) -> Linear:
    """Return the colour as somebody sees it, in CIELAB, where distances are those of the eye."""
    rgb = linear(colour)
    red, green, blue = (
        min(1.0, max(0.0, math.fsum(w * c for w, c in zip(row, rgb, strict=True))))
        for row in VISIONS[vision]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (math.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("ground", ["background", "raised", "sunken", "attention-soft"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_on_every_ground(theme: str, text: str, ground: str) -> None:
    found = colours(theme)

    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("line", [*SERIES, "control"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_and_borders_of_controls_stand_out(theme: str, line: str) -> None:
    found = colours(theme)

    assert contrast(found[line], found["background"]) >= 3


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_series_are_told_apart_however_somebody_sees_colours(theme: str, vision: str) -> None:
    found = colours(theme)
    series = [seen(found[name], vision) for name in SERIES]

    # About 2 is the least difference that anybody notices of large areas side by side.
    assert min(math.dist(one, other) for one, other in combinations(series, 2)) > 12
