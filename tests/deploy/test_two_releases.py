"""From one release to the next as docs/operations.md has it, with two real builds behind nginx:
tables, workers, then one web process after the other, while a phone and a browser go on.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from deploy.local.node import ensure_node
from deploy.local.project import Project
from tests.api.people import metadata_of
from tests.deploy.fronting import (
    PROFILES,
    VAULT,
    Front,
    new_front,
    running_nginx,
    send_names_here,
    settings_behind,
    write_config,
)
from tests.deploy.test_nginx import PASSWORD
from tests.faults.own_postgres import own_postgres
from tests.hostile.test_code import known_to, until
from tests.journeys.conftest import FLAGS, installed_browser
from tests.journeys.people import PATIENT, expect_open, sign_up
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.test_library_journey import tile
from tests.journeys.uploading import answer, choose, expect_stored
from tests.journeys.watch import Watch
from tests.live import ROOT, Live, running_service, wait_until_it_answers
from tests.reference_client import account, mailbox
from tests.reference_client.client import Client
from tests.reference_client.images import Library

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

# What the next release has in its code, so that it can be told from this one.
ADDED = '\ndocument.documentElement.dataset.release = "next";\n'
RELEASE = "document.documentElement.dataset.release ?? 'this'"
CHANGED = ("pages/vault.ts", "pages/sign-in.ts")
NOT_COPIED = (".git", ".venv", "node_modules", "var", "dist", "__pycache__", ".*_cache")
# Enough loads that each of two processes answers for some page and some script of each.
LOADS = 6
TOLD_TO_STOP_SECONDS = 40.0
OF_THE_NEXT = {"DJANGO_SETTINGS_MODULE": "tests.next_release.settings"}


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@pytest.fixture(scope="module")
def next_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout with other browser code, built, in a folder of its own."""
    folder = tmp_path_factory.mktemp("releases") / "next"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to(ROOT / name)
    for name in CHANGED:
        with (folder / "static" / "src" / name).open("a") as entry:
            entry.write(ADDED)
    node = ensure_node(Project(ROOT))
    build = [str(node.program), "static/build.mjs"]
    subprocess.run(build, cwd=folder, env=node.environ(os.environ), check=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One that takes the names of example.org for this machine, and the certificate as it is."""
    here = ["--host-resolver-rules=MAP *.example.org 127.0.0.1", "--ignore-certificate-errors"]
    with sync_playwright() as playwright:
        program = installed_browser(playwright.chromium)
        started = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *here])
        yield started
        started.close()


@dataclass(slots=True)
class Phone:
    """An app that stores, reads and deletes all the while. Whatever it is refused is kept."""

    library: Library
    acts: int = 0
    refused: list[BaseException] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def live(self) -> None:
        while not self.ended.is_set():
            try:
                content = secrets.token_bytes(20_000)
                photo = self.library.store(content, metadata_of(content))
                assert self.library.download(photo) == content
                self.library.purge(photo)
            except BaseException as problem:  # noqa: BLE001 - judged by the test
                self.refused.append(problem)
                return
            self.acts += 1


@contextmanager
def using(phone: Phone) -> Iterator[Phone]:
    thread = threading.Thread(target=phone.live, daemon=True)
    thread.start()
    try:
        yield phone
    finally:
        phone.ended.set()
        thread.join(60)


@contextmanager
def fronted_service(folder: Path) -> Iterator[tuple[Front, Live]]:
    """Two web processes and workers on PostgreSQL, nginx before them."""
    with ExitStack() as stack:
        front = new_front(folder / "nginx")
        settings = {
            **settings_behind(front),
            "DATABASE_URL": stack.enter_context(own_postgres()).url,
        }
        live = stack.enter_context(running_service(folder / "var", webs=2, **settings))
        blobs = folder / "var" / "blobs" / "blobs"
        config = write_config(
            front.folder, front=front, web=live.ports, blobs=blobs, vault=VAULT, profiles=PROFILES
        )
        stack.enter_context(running_nginx(config, front))
        yield front, live


def somebody_with_a_phone(url: str, live: Live) -> Phone:
    email = f"{secrets.token_hex(6)}@example.org"
    made = account.sign_up(
        url, email, PASSWORD,
        read_code=lambda sign_up: mailbox.wait_for_code(live.mail, email, sign_up),
    )  # fmt: skip
    return Phone(Library.of(made.device))


def restart(live: Live, *names: str) -> None:
    """As systemd does: told to stop, waited for, started from the folder of the release."""
    for name in names:
        live.processes[name].terminate()
    for name in names:
        assert live.processes[name].wait(TOLD_TO_STOP_SECONDS) == 0, live.log()
        live.start(name)


def prepare(release: Path, environ: Mapping[str, str]) -> None:
    command = [ROOT / ".venv" / "bin" / "python", "manage.py", "prepare"]
    subprocess.run(command, cwd=release, env=dict(environ), check=True, timeout=180)


def add_photo(page: Page, folder: Path, name: str, *, button: str) -> None:
    photo = write_photo(folder, name, seed=len(name), taken="2026:11:15 11:42:07")
    choose(page, [photo], button=button)


def release_of(page: Page) -> str:
    return str(page.evaluate(RELEASE))


def test_nobody_notices_that_a_release_follows_another(
    next_release: Path, browser: Browser, tmp_path: Path
) -> None:
    watch = Watch()
    with (
        pytest.MonkeyPatch.context() as patch,
        fronted_service(tmp_path) as (front, live),
    ):
        send_names_here(patch)
        patch.setattr(Client, "authority", front.authority(VAULT))
        url = live.environ["PUBLIC_URL"]
        page = watch.follow(browser.new_context(ignore_https_errors=True).new_page())
        sign_up(page, Site(address=url, folder=live.var, live=live), "upgraded@example.org")
        add_photo(page, tmp_path, "a.jpg", button="Upload photos")
        answer(page)
        expect_stored(page, 1)
        until(page, "navigator.serviceWorker.controller?.state === 'activated'")
        [before] = known_to(page)
        newer = replace(live, checkout=next_release, environ={**live.environ, **OF_THE_NEXT})

        with using(somebody_with_a_phone(url, live)) as phone:
            prepare(next_release, newer.environ)
            restart(newer, "worker", "beat", "pictures")
            restart(newer, "web")
            wait_until_it_answers(newer)
            assert release_of(page) == "this"
            seen = {load(page, url) for _ in range(LOADS)}
            assert seen == {"this", "next"}, "both processes answered"
            restart(newer, "web-2")
            wait_until_it_answers(newer)
            acts = phone.acts
            assert {load(page, url) for _ in range(LOADS)} == {"next"}
            assert before in known_to(page)
            assert len(known_to(page)) == 2
            expect(tile(page, "a.jpg")).to_be_visible(timeout=PATIENT)
            add_photo(page, tmp_path, "bb.jpg", button="Upload")
            expect(tile(page, "bb.jpg")).to_be_visible(timeout=PATIENT)
        assert phone.refused == []
        assert phone.acts > acts > 0
        watch.read_refusals()
        assert not watch.complaints, "\n".join(watch.complaints)


def load(page: Page, url: str) -> str:
    """The vault, loaded anew. Answers whose code it is."""
    page.goto(f"{url}/photos")
    expect_open(page)
    return release_of(page)
