"""The page's files as they are sent: their text, type and version."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
INDEX = "index.html"
# Text alone: the local cloud can't send binary bodies.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_REFERENCE = re.compile(r'"(?:\./|dashboard/)([\w.-]+)(?=")')


@dataclass(frozen=True, slots=True)
class Asset:
    body: str
    content_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class Assets:
    """What is served, by name; nothing else of the file system can be reached."""

    version: str
    by_name: Mapping[str, Asset]

    @classmethod
    def read(cls, folder: Path = STATIC) -> Assets:
        """Read every file of a folder, and write the version into each reference to one.

        A file under its versioned address never changes, so browsers need not ask for it again.
        Without that, each visit would wake as many functions as there are files.
        """
        texts = {path.name: path.read_text() for path in sorted(folder.iterdir())}
        version = _digest("\0".join(f"{name}\0{text}" for name, text in texts.items()))

        def versioned(reference: re.Match[str]) -> str:
            return f"{reference[0]}?v={version}" if reference[1] in texts else reference[0]

        return cls(
            version,
            {name: _asset(name, _REFERENCE.sub(versioned, text)) for name, text in texts.items()},
        )


def _asset(name: str, body: str) -> Asset:
    return Asset(body, CONTENT_TYPES[Path(name).suffix], f'"{_digest(body)}"')


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
