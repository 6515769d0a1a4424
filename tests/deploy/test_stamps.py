"""Steps are done again exactly when what they were made from has changed."""

from pathlib import Path

from deploy.local import stamps


def test_a_fingerprint_follows_the_content(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("one")
    before = stamps.fingerprint([file])
    file.write_text("two")

    assert stamps.fingerprint([file]) != before


def test_a_fingerprint_follows_the_names(tmp_path: Path) -> None:
    old, new = tmp_path / "old.ts", tmp_path / "new.ts"
    old.write_text("same")
    before = stamps.fingerprint([old])
    old.rename(new)

    assert stamps.fingerprint([new]) != before


def test_a_fingerprint_does_not_depend_on_the_order_of_files(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("1")
    second.write_text("2")

    assert stamps.fingerprint([first, second]) == stamps.fingerprint([second, first])


def test_facts_do_not_run_into_each_other() -> None:
    assert stamps.fingerprint([], "ab", "c") != stamps.fingerprint([], "a", "bc")


def test_a_stamp_is_current_only_for_what_it_was_left_for(tmp_path: Path) -> None:
    stamp = tmp_path / "deep" / "stamp"

    assert not stamps.is_current(stamp, "a")
    stamps.leave(stamp, "a")
    assert stamps.is_current(stamp, "a")
    assert not stamps.is_current(stamp, "b")
