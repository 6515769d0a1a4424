"""Pictures as they are answered, beside nginx that has the same bytes as files.

Public pictures lie sealed and are opened for each answer, so nginx can only pass them on. What a
vault holds is ciphertext for its owner as well: there we say yes, and nginx reads the file
(`X-Accel-Redirect`). The program that asks (wrk) has the same processors as whoever answers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import MissingError, Place, new_place
from benchmarks.rounds import interleaved
from benchmarks.servers import free_port, instead, running, vault

SIZES = (320, 2048)
PHOTOS, SECONDS, ROUNDS = 24, 3, 5
QUICK_PHOTOS, QUICK_SECONDS, QUICK_ROUNDS = 2, 1, 1
CONNECTIONS = 16
ACCEL, BARE = "/_blobs", "/_files"
# The limits of whatever is answered in Python.
DOOR = "nothing but our door and nginx, X-Accel"
ALONE = "nothing but the server and nginx, X-Accel"
SCRIPT = Path(__file__).parent / "peers" / "paths.lua"
# The folder of a file store, below a data folder.
BLOBS = Path("blobs") / "blobs"
_CONFIG = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log error;
worker_processes auto; worker_rlimit_nofile 4096;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; server_tokens off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ image/webp webp; }} default_type application/octet-stream;
  upstream web {{ server 127.0.0.1:{web}; keepalive {connections}; }}
  upstream door {{ server 127.0.0.1:{door}; keepalive {connections}; }}
  upstream server {{ server 127.0.0.1:{alone}; keepalive {connections}; }}
  server {{ listen 127.0.0.1:{plain}; root {files}; }}
  server {{
    listen 127.0.0.1:{front};
    location / {{
      proxy_pass http://web; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host localhost:{web};
      proxy_buffers 16 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k;
    }}
    location /api/ {{
      proxy_pass http://web; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host 127.0.0.1:{web};
    }}
    location {accel}/ {{ internal; alias {blobs}/; }}
    location {bare}/ {{ internal; alias {files}/; }}
    location /door/ {{
      proxy_pass http://door/; proxy_http_version 1.1; proxy_set_header Connection "";
    }}
    location /alone/ {{
      proxy_pass http://server/; proxy_http_version 1.1; proxy_set_header Connection "";
    }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a server managed: answers a second, and megabytes of them."""

    rate: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Scene:
    """Where everything listens, what a browser says of itself, and how addresses are had."""

    folder: Path
    web: int
    front: int
    plain: int
    public: Sequence[str]
    private: Sequence[str]
    previews: Sequence[str]
    addresses: Callable[[], Mapping[str, Sequence[str]]]


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Answers a second of each, then megabytes, in turns."""
    for program in ("nginx", "wrk"):
        if shutil.which(program) is None:
            raise MissingError(f"{program} is not installed")
    load = load_now()
    rounds = QUICK_ROUNDS if is_quick else ROUNDS
    with _scene(QUICK_PHOTOS if is_quick else PHOTOS) as scene:
        seconds = QUICK_SECONDS if is_quick else SECONDS
        runs = _contenders(scene, seconds)
        found: dict[str, list[Answers]] = {name: [] for name in runs}
        interleaved(rounds, {n: _kept(found[n], run) for n, run in runs.items()})
    for size in SIZES:
        same = f"nginx with the same files of {size} px"
        for name in (f"public, {size} px, asked directly", f"public, {size} px, behind nginx"):
            yield from _lines(name, found[name], same, found[same], load)
    name, same = "a vault's previews, X-Accel", "nginx with the same previews"
    yield from _lines(name, found[name], same, found[same], load, Goal("ratio", ">=", 0.5))
    for limit in (DOOR, ALONE):
        yield from _lines(name, found[name], limit, found[limit], load)
        yield from _lines(limit, found[limit], same, found[same], load)


def _kept(into: list[Answers], run: Callable[[], Answers]) -> Callable[[], float]:
    def once() -> float:
        into.append(run())
        return into[-1].rate

    return once


def _contenders(scene: Scene, seconds: int) -> dict[str, Callable[[], Answers]]:
    def public(port: int, size: int) -> Callable[[], Answers]:
        return lambda: _ask(scene, port, scene.addresses()[str(size)], scene.public, seconds)

    def private(port: int) -> Callable[[], Answers]:
        return lambda: _ask(scene, port, scene.previews, scene.private, seconds)

    runs = {}
    for size in SIZES:
        runs[f"public, {size} px, asked directly"] = public(scene.web, size)
        runs[f"public, {size} px, behind nginx"] = public(scene.front, size)
        runs[f"nginx with the same files of {size} px"] = public(scene.plain, size)
    runs["a vault's previews, X-Accel"] = private(scene.front)
    for name, folder in ((DOOR, "/door"), (ALONE, "/alone")):
        paths = [folder + path for path in scene.previews]
        runs[name] = partial(_ask, scene, scene.front, paths, (), seconds)
    runs["nginx with the same previews"] = private(scene.plain)
    return runs


def _ask(
    scene: Scene, port: int, paths: Sequence[str], headers: Sequence[str], seconds: int
) -> Answers:
    """Ask for these in turn, over kept connections. Every answer has to be a picture."""
    listed = scene.folder / "paths"
    listed.write_text("".join(f"{path}\n" for path in paths))
    said = [word for header in headers for word in ("-H", header)]
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *said, "-s", str(SCRIPT),
         f"http://127.0.0.1:{port}"],
        env={"PATH": os.defpath, "PATHS": str(listed)}, check=True, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    told = json.loads(done.stdout.strip().splitlines()[-1])
    if told["failed"] or not told["requests"]:
        raise AssertionError(f"not all of it was answered: {told}")
    taken = told["microseconds"] / 1e6
    return Answers(told["requests"] / taken, told["bytes"] / 1e6 / taken)


@contextmanager
def _scene(photos: int) -> Iterator[Scene]:
    with ExitStack() as stack:
        settings = {"TRUSTED_PROXIES": "127.0.0.1/32", "ACCEL_REDIRECT_PREFIX": ACCEL}
        place = stack.enter_context(new_place(**settings))
        files = place.folder / "files"
        options = {"photos": photos, "sizes": SIZES, "folder": str(files)}
        inside = stack.enter_context(place.open_inside("renditions", **options))
        assert inside.stdin is not None
        assert inside.stdout is not None
        told = json.loads(inside.stdout.readline())
        web = stack.enter_context(vault(place)).port
        front, plain = free_port(), free_port()
        door, alone = (
            stack.enter_context(instead(place, f"benchmarks.peers.bare:{n}", BARE_PREFIX=BARE)).port
            for n in ("behind_our_door", "alone")
        )
        ports = {"web": web, "front": front, "plain": plain, "door": door, "alone": alone}
        stack.enter_context(_nginx(place, files, ports))
        stack.callback(inside.stdin.close)
        yield Scene(
            folder=place.folder, web=web, front=front, plain=plain,
            public=[
                f"Host: localhost:{web}", f"Cookie: {told['cookie']}",
                "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: image",
            ],
            private=[f"Authorization: Bearer {told['token']}"],
            previews=told["previews"],
            addresses=lambda: _asked(inside.stdin, inside.stdout),
        )  # fmt: skip


def _asked(requests: IO[str] | None, answers: IO[str] | None) -> Mapping[str, Sequence[str]]:
    assert requests is not None
    assert answers is not None
    requests.write("\n")
    requests.flush()
    found: Mapping[str, Sequence[str]] = json.loads(answers.readline())
    return found


@contextmanager
def _nginx(place: Place, files: Path, ports: Mapping[str, int]) -> Iterator[None]:
    """nginx with a folder of files, and in front of our web process. The blobs are for their
    own user alone, so it stays the user that runs this.
    """
    config = place.folder / "nginx.conf"
    config.write_text(_CONFIG.format(
        user="user root;" if os.geteuid() == 0 else "", folder=place.folder, files=files,
        blobs=place.folder / BLOBS, accel=ACCEL, bare=BARE, connections=CONNECTIONS, **ports,
    ))  # fmt: skip
    command = ["nginx", "-c", str(config), "-e", str(place.folder / "nginx.log")]
    with running(command, ports["plain"], os.environ, place.folder / "nginx.out"):
        yield


def _lines(
    name: str, ours: Sequence[Answers], against: str, theirs: Sequence[Answers], load: float,
    goal: Goal | None = None,
) -> Iterator[Line]:  # fmt: skip
    yield line(
        f"renditions, {name}", [each.rate for each in ours], "answers/s", load=load,
        against=against, peer=[each.rate for each in theirs], goal=goal,
    )  # fmt: skip
    yield line(
        f"renditions, {name}, bytes", [each.megabytes for each in ours], "MB/s", load=load,
        against=against, peer=[each.megabytes for each in theirs],
    )  # fmt: skip
