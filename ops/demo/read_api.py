"""What the query API answers, read as a client reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from ops.kit.errors import OperationFailed

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class ReadApi:
    api_url: str
    key: str

    def rows(self, path: str, name: str, **parameters: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of all pages; `name` is the field that holds them.

        Raises:
            OperationFailed: the API did not answer with 200.
        """
        answer = self.get(path, **parameters)
        yield from answer[name]
        while cursor := answer.get("next_cursor"):
            answer = self.get(path, **parameters, cursor=cursor)
            yield from answer[name]

    def get(self, path: str, **parameters: str) -> dict[str, Any]:
        """Return an answer.

        Raises:
            OperationFailed: its status is not 200.
        """
        url = urlsplit(self.api_url)
        connection = HTTPConnection(url.hostname or "", url.port, timeout=TIMEOUT_S)
        try:
            query = f"?{urlencode(parameters)}" if parameters else ""
            connection.request("GET", url.path + path + query, headers={"X-Api-Key": self.key})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise OperationFailed(
                f"GET {path} was answered with status {answer.status}: {body.decode()}"
            )
        found: dict[str, Any] = json.loads(body)
        return found
