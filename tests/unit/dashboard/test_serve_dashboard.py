from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.dashboard import Page, ServeDashboard
from chalicelib.dashboard.assets import STATIC, Assets

# What every visit loads, and what opening a further page adds to it.
LIMIT_BYTES = 150_000
LIMIT_BYTES_OF_A_FURTHER_PAGE = 20_000
UPLOT_SHA256 = "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"


@pytest.fixture(scope="module")
def serve() -> ServeDashboard:
    return ServeDashboard(Assets.read())


def make_request(file: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return what API Gateway hands over for the page, or for one of its files."""
    return {
        "path": f"/dashboard/{file}" if file else "/dashboard",
        "pathParameters": {"file": file} if file else None,
        "multiValueQueryStringParameters": None,
        "headers": {},
        **changes,
    }


def directives(page: Page) -> dict[str, str]:
    policy = page.headers["Content-Security-Policy"].split("; ")
    return {name: sources for name, _, sources in (part.partition(" ") for part in policy)}


def test_the_page_is_html(serve: ServeDashboard) -> None:
    page = serve(make_request())

    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.body.startswith("<!doctype html>")


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.iterdir()))
def test_every_file_of_the_page_is_served_with_its_type(serve: ServeDashboard, name: str) -> None:
    page = serve(make_request(name))

    assert page.status == 200
    assert page.headers["Content-Type"].endswith("; charset=utf-8")


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "../assets.py", "..%2fassets.py", "/etc/passwd", "static/app.js", "\0", ".."],
)
def test_nothing_but_the_files_of_the_page_is_served(serve: ServeDashboard, name: str) -> None:
    page = serve(make_request(name))

    assert page.status == 404
    assert name not in page.body


@pytest.mark.parametrize("file", [None, "app.js", "nothing.js"])
def test_every_answer_confines_the_page_to_its_own_origin(
    serve: ServeDashboard, file: str | None
) -> None:
    page = serve(make_request(file))

    policy = directives(page)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers


def test_the_page_refers_to_its_files_relative_to_itself_and_by_version(
    serve: ServeDashboard,
) -> None:
    page = serve(make_request())

    assert f'src="dashboard/app.js?v={serve.assets.version}"' in page.body
    assert '"/' not in page.body
    assert "http" not in page.body


def test_modules_import_each_other_by_version(serve: ServeDashboard) -> None:
    page = serve(make_request("app.js"))

    assert f'from "./api.js?v={serve.assets.version}";' in page.body


def test_a_file_under_its_version_is_kept_by_browsers(serve: ServeDashboard) -> None:
    query = {"v": [serve.assets.version]}

    page = serve(make_request("app.js", multiValueQueryStringParameters=query))

    assert page.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", [None, {"v": ["of-another-deployment"]}])
@pytest.mark.parametrize("file", [None, "app.js", "nothing.js"])
def test_anything_else_is_asked_for_again(
    serve: ServeDashboard, file: str | None, query: dict[str, list[str]] | None
) -> None:
    page = serve(make_request(file, multiValueQueryStringParameters=query))

    assert page.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}'], ids=["strong", "weak", "among"])
def test_what_a_browser_holds_is_not_sent_again(serve: ServeDashboard, form: str) -> None:
    etag = serve(make_request("app.js")).headers["ETag"]

    page = serve(make_request("app.js", headers={"if-none-match": form.format(etag)}))

    assert (page.status, page.body) == (304, "")
    assert page.headers["ETag"] == etag


def test_what_a_browser_holds_of_another_version_is_sent(serve: ServeDashboard) -> None:
    page = serve(make_request("app.js", headers={"If-None-Match": '"other"'}))

    assert page.status == 200


def test_an_address_with_a_slash_at_its_end_leads_to_the_page(serve: ServeDashboard) -> None:
    page = serve(make_request(path="/dashboard/"))

    assert page.status == 302
    assert page.headers["Location"] == "../dashboard"


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "app.js").write_text("start()")
    before = Assets.read(tmp_path)

    (tmp_path / "app.js").write_text("begin()")

    assert Assets.read(tmp_path).version != before.version


def test_the_page_is_small_and_has_a_license_for_what_is_not_its_own() -> None:
    sizes = {path.name: path.stat().st_size for path in STATIC.iterdir()}
    license_bytes = sizes.pop("uPlot-LICENSE.txt")
    further = {name: sizes.pop(name) for name in further_pages()}

    assert license_bytes > 0
    assert sum(sizes.values()) < LIMIT_BYTES
    assert all(size <= LIMIT_BYTES_OF_A_FURTHER_PAGE for size in further.values())


def further_pages() -> list[str]:
    """Return the files of pages that are loaded only when somebody opens them."""
    return re.findall(r'late\("\./([\w.-]+)"\)', (STATIC / "app.js").read_text())


def test_the_chart_library_is_the_published_one() -> None:
    """Version 1.6.32, as `npm pack uplot@1.6.32` has it in dist/uPlot.iife.min.js."""
    digest = hashlib.sha256((STATIC / "uPlot.js").read_bytes()).hexdigest()

    assert digest == UPLOT_SHA256


def test_a_log_line_repeats_nothing_that_a_client_sent(serve: ServeDashboard) -> None:
    page = serve(make_request("secret"))

    assert page.line == {"event": "dashboard served", "status": 404}
