"""Answer `GET /dashboard` and `GET /dashboard/{file}` with the page and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.dashboard.assets import CONTENT_TYPES, INDEX, Asset, Assets
from chalicelib.model.measure import Measure

# The page runs its own files alone, talks to its own origin alone, and can't be framed, so that
# a read key typed into it has nowhere else to go.
POLICY = """
default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';
base-uri 'none'; form-action 'none'; frame-ancestors 'none';
require-trusted-types-for 'script'; trusted-types 'none'
"""
SECURITY = {
    "Content-Security-Policy": " ".join(POLICY.split()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


@dataclass(frozen=True, slots=True)
class Page:
    """An HTTP response; its log line has nothing that a client sent."""

    status: int
    body: str
    headers: Mapping[str, str]
    measures: Mapping[Measure, float] = field(default_factory=dict)

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "dashboard served", "status": self.status}


@dataclass(frozen=True, slots=True)
class ServeDashboard:
    assets: Assets

    def __call__(self, request: Mapping[str, Any]) -> Page:
        """Answer a request in API Gateway's proxy format."""
        name = (request.get("pathParameters") or {}).get("file")
        if name is None and str(request.get("path", "")).endswith("/"):
            # The page refers to its files relative to an address without the slash.
            return _page(302, headers={"Location": "../dashboard"})
        asset = self.assets.by_name.get(name or INDEX)
        if asset is None:
            return _page(404, "There is no such file.\n", {"Cache-Control": REVALIDATE})
        headers = {"ETag": asset.etag, "Cache-Control": self._cache_control(request)}
        if _has(request, asset):
            return _page(304, headers=headers)
        return _page(200, asset.body, headers | {"Content-Type": asset.content_type})

    def _cache_control(self, request: Mapping[str, Any]) -> str:
        asked_for = (request.get("multiValueQueryStringParameters") or {}).get("v")
        return FOREVER if asked_for == [self.assets.version] else REVALIDATE


def _page(status: int, body: str = "", headers: Mapping[str, str] | None = None) -> Page:
    plain = {"Content-Type": CONTENT_TYPES[".txt"]}
    return Page(status, body, plain | SECURITY | dict(headers or {}))


def _has(request: Mapping[str, Any], asset: Asset) -> bool:
    """Say whether the client holds this asset; a proxy that compressed it made its tag weak."""
    headers = request.get("headers") or {}
    sent = (value for name, value in headers.items() if name.lower() == "if-none-match")
    tags = [tag.strip().removeprefix("W/") for tag in next(sent, "").split(",")]
    return asset.etag in tags
