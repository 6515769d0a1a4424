"""The two commands around the steps: what they refuse, and what continuous integration demands."""

import re
from pathlib import Path

import pytest

from deploy.local.chromium import find_chromium
from deploy.local.commands import COMMANDS, main
from deploy.local.steps import StepError, run_loudly, run_quietly

ROOT = Path(__file__).resolve().parents[2]
NOBODY = {"DATABASE_URL": "postgres://127.0.0.1:9/test", "REDIS_URL": "redis://127.0.0.1:9/5"}


def test_every_make_target_is_one_line_over_a_command() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = re.findall(
        r"^(\w+):\n\t@\$\(PYTHON\) deploy/local (\w+)( \$\((?:NAME|URL)\))?$", text, re.MULTILINE
    )

    commands = ["run", "test", "demo", "shots", "bench", "evidence", "lighthouse", "scores"]
    commands += ["advisories", "mutation", "check", "build", "messages", "doctor", "verify"]
    assert [target for target, *_ in targets] == commands
    assert all(target == command and command in COMMANDS for target, command, _ in targets)


def test_run_refuses_an_open_address_before_it_touches_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")

    assert main(["run"]) == 1
    assert "without TLS 1.3" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["demo", "shots"])
def test_what_visits_the_vault_looks_where_it_was_told_to_listen(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "none")

    assert main([command]) == 1
    assert "PORT=none is not a port" in capsys.readouterr().err


def test_missing_servers_fail_continuous_integration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**NOBODY, "CI": "true"}.items():
        monkeypatch.setenv(name, value)

    assert main(["test-servers"]) == 1
    assert "NO SERVERS" in capsys.readouterr().err


def test_missing_servers_are_loudly_skipped_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**NOBODY, "CI": ""}.items():
        monkeypatch.setenv(name, value)

    assert main(["test-servers"]) == 0
    assert "*** NO SERVERS" in capsys.readouterr().err


def test_a_quiet_step_shows_the_end_of_what_went_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["sh", "-c", "echo the reason >&2; exit 4"]
    with pytest.raises(StepError, match=r"(?s)the reason\nMaking failed"):
        run_quietly("Making", command, folder=tmp_path)

    assert re.search(r"Making: failed after [\d.]+ s", capsys.readouterr().out)


def test_a_quiet_step_keeps_quiet_when_it_went_well(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run_quietly("Making", ["sh", "-c", "echo chatter"], folder=tmp_path)
    printed = capfd.readouterr().out

    assert re.fullmatch(r"  Making: done in [\d.]+ s\n", printed)


def test_a_loud_step_that_fails_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"Testing failed\."):
        run_loudly("Testing", ["false"], folder=tmp_path)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_on_the_search_path_is_found(tmp_path: Path, name: str) -> None:
    browser = tmp_path / name
    browser.touch(mode=0o755)

    assert find_chromium({"PATH": str(tmp_path)}, tmp_path) == browser


def test_playwrights_own_browser_is_found(tmp_path: Path) -> None:
    browser = tmp_path / ".cache/ms-playwright/chromium-1200/chrome-linux64/chrome"
    browser.parent.mkdir(parents=True)
    browser.touch(mode=0o755)

    assert find_chromium({"PATH": ""}, tmp_path) == browser
    assert find_chromium({"PATH": ""}, tmp_path / "elsewhere") is None
