"""The real app, with nothing behind it that is not in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.api import Api, api_over
from tests.fakes import FakeStreams


@pytest.fixture
def api() -> Iterator[Api]:
    with api_over(FakeStreams()) as api:
        yield api
