"""Wait until the API answers."""

from __future__ import annotations

import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from ops.kit.errors import OperationFailed
from ops.local.cloud import Cloud

TIMEOUT_S = 300.0


def wait_until_healthy(cloud: Cloud) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while (answer := _ask(cloud.api_url)) != "200":
        if time.monotonic() > deadline:
            raise OperationFailed(
                f"The API does not answer GET /health: {answer}.",
                f"Its function's log is in {cloud.log_file}.",
            )
        time.sleep(0.2)


def _ask(api_url: str) -> str:
    url = urlsplit(f"{api_url}/health")
    # Directly to the loopback address, bypassing any proxy from the environment.
    connection = HTTPConnection(url.hostname or "", url.port, timeout=30)
    try:
        connection.request("GET", url.path)
        return str(connection.getresponse().status)
    except (OSError, HTTPException) as error:
        return repr(error)
    finally:
        connection.close()
