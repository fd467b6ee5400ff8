from __future__ import annotations

import json

from chalice.test import Client

from app import app


def test_health_needs_no_key_and_names_the_stage() -> None:
    with Client(app) as client:
        response = client.http.get("/health")

    assert response.status_code == 200
    assert response.json_body == {"status": "ok", "stage": "local"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_health_is_open_and_events_are_not() -> None:
    needs_key = {
        path: route.api_key_required
        for path, methods in app.routes.items()
        for route in methods.values()
    }

    assert json.loads(json.dumps(needs_key)) == {
        "/health": None,
        "/events": True,
        "/events/batch": True,
    }
