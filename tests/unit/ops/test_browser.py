from __future__ import annotations

import io
import tarfile
from pathlib import Path

import brotli
import pytest

from ops.browser import Browser, cached_browser, find_browser, verify
from ops.kit.errors import OperationFailed


def make_archive(content: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, body in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return packed.getvalue()


def make_package(folder: Path) -> Path:
    archive = folder / "package.tgz"
    parts = {
        "package/bin/chromium.br": b"a browser",
        "package/bin/al2023.tar.br": make_archive({"lib/libnss3.so": b"a library"}),
        "package/bin/fonts.tar.br": make_archive({"fonts/Sans.ttf": b"a font"}),
    }
    archive.write_bytes(make_archive({n: brotli.compress(body) for n, body in parts.items()}))
    return archive


def no_fetch(folder: Path) -> Path:
    raise AssertionError("nothing should be downloaded")


def make_executable(path: Path) -> Path:
    path.write_text("")
    path.chmod(0o755)
    return path


def test_the_browser_that_a_person_names_is_used(tmp_path: Path) -> None:
    named = make_executable(tmp_path / "mine")
    make_executable(tmp_path / "chromium")

    found = find_browser({"CHROMIUM": str(named), "PATH": str(tmp_path)}, tmp_path / "cache")

    assert found == Browser(named)


def test_a_named_browser_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="CHROMIUM is set to /nowhere"):
        find_browser({"CHROMIUM": "/nowhere"}, tmp_path)


def test_an_installed_browser_is_preferred_to_a_download(tmp_path: Path) -> None:
    installed = make_executable(tmp_path / "google-chrome")

    assert find_browser({"PATH": str(tmp_path)}, tmp_path / "cache") == Browser(installed)


def test_a_fetched_browser_brings_its_libraries_and_fonts(tmp_path: Path) -> None:
    browser = cached_browser(tmp_path / "cache", make_package)

    libraries = Path(browser.environment["LD_LIBRARY_PATH"])
    fonts = Path(browser.environment["FONTCONFIG_PATH"])
    assert browser.executable.read_bytes() == b"a browser"
    assert browser.executable.stat().st_mode & 0o111
    assert (libraries / "libnss3.so").read_bytes() == b"a library"
    assert (fonts / "fonts" / "Sans.ttf").read_bytes() == b"a font"
    assert (fonts / "fonts.conf").is_file()


def test_a_browser_is_fetched_once(tmp_path: Path) -> None:
    first = cached_browser(tmp_path / "cache", make_package)

    assert cached_browser(tmp_path / "cache", no_fetch) == first


def test_a_failed_download_leaves_nothing_that_looks_complete(tmp_path: Path) -> None:
    def broken(folder: Path) -> Path:
        raise OperationFailed("the registry is away")

    with pytest.raises(OperationFailed):
        cached_browser(tmp_path / "cache", broken)

    assert cached_browser(tmp_path / "cache", make_package).executable.is_file()


def test_a_package_with_other_content_than_was_pinned_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="not the package that was pinned"):
        verify(make_package(tmp_path), "of another package")
