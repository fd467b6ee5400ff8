"""A browser, a deployment to look at, and visitors who must have nothing to complain about."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from ops.browser import find_browser
from tests.browser import worlds
from tests.browser.fake_api import Deployment, FakeApi, TestClock
from tests.browser.site import Site
from tests.browser.visitor import DESKTOP, Visitor

type Arrive = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = find_browser(os.environ)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.executable,
            args=list(found.arguments),
            env={**os.environ, **found.environment},
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def clock() -> TestClock:
    """Return a clock that is right, so that browsers need no other one."""
    return TestClock(datetime.now(UTC))


@pytest.fixture
def site(clock: TestClock) -> Iterator[Site]:
    """Return the deployment that the environment names, or a busy one that is made up."""
    if real := Site.named_in(os.environ):
        # One that holds nothing yet shows no figures.
        real.post("page_view")
        yield real
        return
    with FakeApi(Deployment(worlds.much(clock))) as api:
        yield Site.of(api)


@pytest.fixture
def deployment(clock: TestClock) -> Deployment:
    """Return a busy deployment that a test can bring into any state."""
    return Deployment(worlds.much(clock))


@pytest.fixture
def fake(deployment: Deployment) -> Iterator[Site]:
    with FakeApi(deployment) as api:
        yield Site.of(api)


@pytest.fixture
def arrive(browser: Browser) -> Iterator[Arrive]:
    visitors: list[Visitor] = []

    def arrived(size: tuple[int, int] = DESKTOP, **options: Any) -> Visitor:
        visitors.append(Visitor.arrive(browser, size, **options))
        return visitors[-1]

    yield arrived
    for visitor in visitors:
        visitor.context.close()


@pytest.fixture
def visitor(arrive: Arrive) -> Visitor:
    return arrive()
