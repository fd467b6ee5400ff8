from __future__ import annotations

from chalice.test import Client

from app import app


def test_health_needs_no_key_and_names_the_stage() -> None:
    with Client(app) as client:
        response = client.http.get("/health")

    assert response.status_code == 200
    assert response.json_body == {"status": "ok", "stage": "local"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
