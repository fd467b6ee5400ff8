"""Pictures of every view and state, to look at: python -m tests.browser.screenshots [name …]."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from playwright.sync_api import Browser, Page, expect, sync_playwright

from ops.browser import find_browser
from ops.kit.project import ROOT
from tests.browser import trials, worlds
from tests.browser.fake_api import Deployment, FakeApi, TestClock
from tests.browser.site import Site
from tests.browser.visitor import DESKTOP, PHONE, SCREEN_4K, Visitor
from tests.browser.world import Clock, World

FOLDER = ROOT / ".eventstream" / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE, "tablet": (768, 1024), "4k": SCREEN_4K}

type Act = Callable[[Page, Deployment], object]


def nothing(page: Page, deployment: Deployment) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    fragment: str | None = "overview"
    world: Callable[[Clock], World] = worlds.much
    act: Act = nothing
    size: str = "desktop"
    colours: str = "light"
    is_whole: bool = False


def point_at_chart(page: Page, _: Deployment) -> None:
    page.hover(".u-over", position={"x": 150, "y": 80})


def open_anomaly(page: Page, _: Deployment) -> None:
    page.click(".mark >> nth=0")


def open_types(page: Page, _: Deployment) -> None:
    page.click("#types-menu summary")


def open_sample(page: Page, _: Deployment) -> None:
    page.click(".samples summary >> nth=0")


def fail(page: Page, deployment: Deployment) -> None:
    deployment.fails_with = 503
    expect(page.get_by_text("Next attempt")).to_be_visible()


def retire(page: Page, deployment: Deployment) -> None:
    deployment.keys.clear()
    expect(page.get_by_role("alert")).to_contain_text("retired")


def enter_wrong_key(page: Page, _: Deployment) -> None:
    page.get_by_label("Read key").fill("esr_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()


BASE = (
    Picture("sign-in", None),
    Picture("sign-in-wrong-key", None, act=enter_wrong_key),
    Picture("sign-in-retired-key", act=retire),
    Picture("overview", is_whole=True),
    Picture("overview-day", "overview?range=day", act=point_at_chart),
    Picture("overview-week-one-type", "overview?range=week&type=page_view"),
    Picture("overview-anomaly", "overview?range=day", act=open_anomaly),
    Picture("overview-little", world=worlds.little),
    Picture("overview-none", world=worlds.none),
    Picture("overview-crowded", world=worlds.crowded, act=point_at_chart, is_whole=True),
    Picture("overview-stale", world=worlds.stale),
    Picture("overview-store-away", act=fail),
    Picture("explore", "explore?compare=1", is_whole=True),
    Picture("explore-busiest", "explore?types=busiest&range=24h", act=point_at_chart),
    Picture("explore-revenue", "explore?types=busiest&metric=revenue:EUR&range=30d"),
    Picture("explore-crowded", "explore?types=busiest", world=worlds.crowded, is_whole=True),
    Picture("explore-types", "explore?types=click,search&metric=errors", act=open_types),
    Picture(
        "explore-dates", "explore?from=2026-11-01T23&to=2026-11-08T23&metric=p95&types=search"
    ),
    Picture("explore-too-wide", "explore?range=90d&by=hour"),
    Picture("explore-nothing", "explore?range=24h", world=worlds.stale),
    Picture("health", "health", is_whole=True),
    Picture("health-trouble", "health", world=worlds.troubled, is_whole=True),
    Picture("health-sample", "health?code=unknown_field", act=open_sample),
    Picture("health-none", "health", world=worlds.none),
    Picture("attribution", "attribution", is_whole=True),
    Picture("attribution-decay", "attribution?model=time_decay&group=source"),
    Picture("attribution-little", "attribution", world=worlds.little),
    Picture("attribution-none", "attribution", world=worlds.none),
    Picture("experiments", "experiments", world=trials.many, is_whole=True),
    Picture("experiments-none", "experiments", world=trials.none_defined),
    Picture("experiment-won", "experiments?id=green-button", world=trials.many, is_whole=True),
    Picture("experiment-broken", "experiments?id=new-checkout", world=trials.many),
    Picture("experiment-three", "experiments?id=prices", world=trials.many, is_whole=True),
    Picture("experiment-alike", "experiments?id=same-button", world=trials.many),
    Picture("experiment-no-traffic", "experiments?id=no-traffic", world=trials.many),
    Picture("experiment-no-events", "experiments?id=no-events", world=trials.many),
    Picture("experiment-new", "experiments?id=just-started", world=trials.many),
    Picture("experiment-draft", "experiments?id=draft", world=trials.many),
)


def pictures() -> Iterator[Picture]:
    """Every state on a desktop in light colours; all sizes and colours for half of them."""
    for n, picture in enumerate(BASE):
        yield picture
        yield replace(picture, size="phone", colours=("dark", "light")[n % 2])
        if picture.is_whole:
            yield replace(picture, colours="dark")
            yield replace(picture, size="tablet")
            yield replace(picture, size="4k", is_whole=False)


def take(browser: Browser, picture: Picture) -> None:
    clock = TestClock(worlds.NOW)
    deployment = Deployment(picture.world(clock))
    with FakeApi(deployment) as api:
        site = Site.of(api)
        density = 2 if picture.size == "phone" else 1
        visitor = Visitor.arrive(
            browser,
            SIZES[picture.size],
            color_scheme=picture.colours,
            device_scale_factor=density,
        )
        page = visitor.page
        page.clock.install(time=worlds.NOW)
        visitor.go(site.signed_in(picture.fragment) if picture.fragment else site.dashboard)
        expect(page.get_by_text("Loading…")).to_have_count(0)
        picture.act(page, deployment)
        page.wait_for_timeout(500)
        path = FOLDER / f"{picture.name}-{picture.size}-{picture.colours}.png"
        page.screenshot(path=path, full_page=picture.is_whole)
        visitor.context.close()
        print(path.relative_to(ROOT))


def main(names: list[str]) -> None:
    found = find_browser(os.environ)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable,
            args=list(found.arguments),
            env={**os.environ, **found.environment},
        )
        for picture in pictures():
            if not names or picture.name in names:
                take(browser, picture)


if __name__ == "__main__":
    main(sys.argv[1:])
