"""Pictures of the dashboard over a running local cloud."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from ops.browser import find_browser

SETTLED_MS = 8_000


@dataclass(frozen=True, slots=True)
class Shot:
    """A view at one size; `opens` is an id that it lists, and `chooses` one of its choices."""

    name: str
    view: str
    opens: str | None = None
    chooses: str | None = None
    width: int = 1280
    height: int = 1_000
    colours: Literal["light", "dark"] = "light"


SHOTS = (
    # The demo's last events are of the hour before.
    Shot("overview", "overview", chooses="24 hours"),
    Shot("overview-dark", "overview", chooses="24 hours", colours="dark"),
    Shot("explore", "explore"),
    Shot("attribution", "attribution", height=650),
    Shot("experiments", "experiments", opens="short-form"),
    Shot("health", "health"),
    Shot("phone", "overview", width=390, height=844),
)


def take_all(dashboard: str, folder: Path) -> Iterator[Path]:
    """Open each view with the key in the dashboard's link, and save a picture of it."""
    folder.mkdir(parents=True, exist_ok=True)
    found = find_browser(os.environ)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable,
            args=list(found.arguments),
            env={**os.environ, **found.environment},
        )
        for shot in SHOTS:
            file = folder / f"{shot.name}.png"
            _take(browser, dashboard, shot, file)
            yield file


def _take(browser: Browser, dashboard: str, shot: Shot, file: Path) -> None:
    # A language and a zone that don't depend on the machine's.
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.colours,
        locale="en-GB",
        timezone_id="UTC",
    )
    page.goto(dashboard)
    page.get_by_role("link", name="Overview").wait_for()
    page.get_by_role("link", name=shot.view.capitalize()).click()
    if shot.opens:
        page.locator(f'a[href$="id={shot.opens}"]').click()
    if shot.chooses:
        page.get_by_text(shot.chooses, exact=True).click()
    # A page that polls is never idle.
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=file)
    page.close()
