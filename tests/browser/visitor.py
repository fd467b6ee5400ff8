"""Somebody who looks at the dashboard, and what their browser noticed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
)

DESKTOP = (1280, 800)
PHONE = (360, 740)
SCREEN_4K = (3840, 2160)
# Only what never happens takes so long; a real API on a busy machine may need most of it.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Visitor:
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    awaited: set[Request] = field(default_factory=set)

    @classmethod
    def arrive(cls, browser: Browser, size: tuple[int, int] = DESKTOP, **options: Any) -> Visitor:
        """Open a window; it is Berlin's morning in English, unless the test says otherwise."""
        usual = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "color_scheme": "light"}
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, **usual | options
        )
        context.set_default_navigation_timeout(PATIENCE_MS)
        visitor = cls(context, context.new_page())
        visitor.page.on("console", visitor._hear)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on("request", visitor._count)
        visitor.page.on("requestfinished", visitor._settle)
        visitor.page.on("requestfailed", visitor._settle)
        return visitor

    def _count(self, request: Request) -> None:
        self.requested.append(request.url)
        self.awaited.add(request)

    def _settle(self, request: Request) -> None:
        self.awaited.discard(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def go(self, url: str) -> None:
        self.page.goto(url)

    def wait_for_answers(self) -> None:
        """Wait until whatever the page has asked is answered, and what that led it to ask."""
        settled = None
        while self.awaited or settled != len(self.requested):
            settled = len(self.requested)
            self.page.wait_for_timeout(250)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name, exact=True)

    def tile(self, name: str) -> Locator:
        return self.page.locator("li.tile", has=self.heading(name))

    def count_in(self, tile: str) -> int:
        text = self.tile(tile).locator(".value").inner_text()
        return int(text.replace(",", ""))

    def is_wider_than_the_window(self) -> bool:
        wide: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide

    def accessibility_problems(self) -> list[str]:
        """Return what axe finds that keeps somebody out, by rule and element."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{rule['id']}: {node['html']}"
            for rule in found
            if rule["impact"] in {"serious", "critical", "moderate"}
            for node in rule["nodes"]
        ]
