"""What a crash leaves is kept where nothing uses it, until it is purged."""

from __future__ import annotations

from pathlib import Path

from ops.local.home import Home


def test_what_is_move_away_is_all_still_there(tmp_path: Path) -> None:
    home = make_crashed_home(tmp_path)

    aside = home.move_away()

    assert aside == tmp_path / "crashed-1"
    assert (aside / "services" / "s3.json").read_text() == "{}"
    assert (aside / "objects" / "note").read_text() == "here"
    assert (aside / "ministack.log").read_text() == "last words"
    assert [path.name for path in tmp_path.iterdir()] == ["crashed-1"]


def test_a_second_crash_does_not_push_out_the_first(tmp_path: Path) -> None:
    first = make_crashed_home(tmp_path).move_away()
    second = make_crashed_home(tmp_path).move_away()

    assert first != second
    assert (first / "objects" / "note").exists()
    assert (second / "objects" / "note").exists()


def test_discarding_the_data_includes_what_was_move_away(tmp_path: Path) -> None:
    home = make_crashed_home(tmp_path)
    home.move_away()

    home.discard_data()

    assert list(tmp_path.iterdir()) == []


def make_crashed_home(folder: Path) -> Home:
    home = Home(folder)
    home.create()
    (home.services / "s3.json").write_text("{}")
    (home.objects / "note").write_text("here")
    home.log_file.write_text("last words")
    home.process_file.write_text('{"pid": 999999999, "port": 1}')
    return home


def test_what_holds_keys_and_events_is_for_its_user_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "cloud")
    home.services.mkdir(mode=0o755, parents=True)

    home.create()

    folders = home.services, home.objects, home.scratch
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
