"""The body of an HTTP request, out of what API Gateway passes to Lambda."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any

from chalicelib.model.code import Code, Problem
from chalicelib.model.event import Rejected
from chalicelib.model.wording import shortened

MEDIA_TYPE = "application/json"
CHARSETS = frozenset({"utf-8", "utf8"})
GZIP_MAGIC = b"\x1f\x8b"


def body_of(request: Mapping[str, Any], max_bytes: int) -> bytes:
    """Return the bytes that the client sent.

    Raises:
        Rejected: with `unsupported_media_type`, `invalid_encoding` or `body_too_large`.
    """
    headers = request.get("headers") or {}
    _check_media_type(headers)
    body = _unpacked(_decoded(request), header_of(headers, "content-encoding"), max_bytes)
    if len(body) > max_bytes:
        message = f"the body is more than {max_bytes:,} bytes, which is the maximum"
        raise Rejected(Problem("", Code.BODY_TOO_LARGE, message))
    return body


def _unpacked(body: bytes, encoding: str | None, max_bytes: int) -> bytes:
    """Undo gzip, up to a byte more than may be.

    API Gateway unpacks what it can before the function sees it, and leaves the header on.
    """
    named = (encoding or "identity").strip().lower()
    if named not in {"identity", "gzip"}:
        message = f"Content-Encoding must be gzip or absent, not {shortened(named)}"
        raise Rejected(Problem("", Code.UNSUPPORTED_MEDIA_TYPE, message))
    if named == "identity" or not body.startswith(GZIP_MAGIC):
        return body
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise Rejected(Problem("", Code.INVALID_ENCODING, "the body is not valid gzip")) from error
    if not unpacker.eof and len(unpacked) <= max_bytes:
        raise Rejected(Problem("", Code.INVALID_ENCODING, "the gzipped body is cut off"))
    return unpacked


def _check_media_type(headers: Mapping[str, str]) -> None:
    # Like Chalice and API Gateway, take a body without a declared type as JSON.
    declared = header_of(headers, "content-type")
    named = MEDIA_TYPE if declared is None else declared
    media_type, *parameters = (part.strip().lower() for part in named.split(";"))
    charsets = {p.removeprefix("charset=").strip('"') for p in parameters if "charset=" in p}
    if media_type != MEDIA_TYPE or not charsets <= CHARSETS:
        message = f"Content-Type must be {MEDIA_TYPE} in UTF-8, not {shortened(named)}"
        raise Rejected(Problem("", Code.UNSUPPORTED_MEDIA_TYPE, message))


def header_of(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _decoded(request: Mapping[str, Any]) -> bytes:
    body = request.get("body") or b""
    if isinstance(body, bytes):
        return body
    try:
        if request.get("isBase64Encoded"):
            return base64.b64decode(body, validate=True)
        text: str = body
        return text.encode()
    except ValueError as error:
        message = "the body is not valid base64, or contains half of a surrogate pair"
        raise Rejected(Problem("", Code.INVALID_ENCODING, message)) from error
