"""The checkout: its data folder is private, and its set-up is done by one start at a time."""

import threading
from pathlib import Path

from deploy.local.project import Project, alone, make_private_folder


def test_the_data_folder_is_for_this_account_alone(tmp_path: Path) -> None:
    folder = Project(tmp_path).data_folder({"VAR_DIR": str(tmp_path / "kept" / "here")})
    make_private_folder(folder)

    assert folder == tmp_path / "kept" / "here"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    make_private_folder(tmp_path)

    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_a_second_start_waits_for_the_set_up_of_the_first(tmp_path: Path) -> None:
    project, entered = Project(tmp_path), threading.Event()

    def start_too() -> None:
        with alone(project):
            entered.set()

    second = threading.Thread(target=start_too)
    with alone(project):
        second.start()
        assert not entered.wait(0.3)
    second.join(timeout=5)

    assert entered.is_set()
