"""A deployment to look at: its address, its keys, and a way to send it events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.request import Request, urlopen

from tests.browser.fake_api import INGEST_KEY, READ_KEY, Deployment, FakeApi


@dataclass(frozen=True, slots=True)
class Site:
    """A real deployment has no `deployment`: nothing but its API can be reached."""

    url: str
    read_key: str
    ingest_key: str
    deployment: Deployment | None = None

    @classmethod
    def of(cls, api: FakeApi) -> Site:
        return cls(api.url, READ_KEY, INGEST_KEY, api.deployment)

    @classmethod
    def named_in(cls, environment: Mapping[str, str]) -> Site | None:
        """Return the deployment that the environment names, so that the same tests run on it."""
        names = ("DASHBOARD_API_URL", "DASHBOARD_READ_KEY", "DASHBOARD_INGEST_KEY")
        url, read_key, ingest_key = (environment.get(name) for name in names)
        return cls(url, read_key, ingest_key) if url and read_key and ingest_key else None

    @property
    def dashboard(self) -> str:
        return f"{self.url}/dashboard"

    def signed_in(self, fragment: str = "overview") -> str:
        """Return a link that signs in by itself."""
        sign = "&" if "?" in fragment else "?"
        return f"{self.dashboard}#{fragment}{sign}key={self.read_key}"

    def post(self, event_type: str = "page_view") -> None:
        event = {
            "event_type": event_type,
            "source": "browser-test",
            "user_id": "usr_1",
            "properties": {"page": "/"},
        }
        headers = {"Content-Type": "application/json", "X-Api-Key": self.ingest_key}
        request = Request(f"{self.url}/events", json.dumps(event).encode(), headers)  # noqa: S310
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            assert answer.status == 200
