"""The built files: all listed, byte for byte the same wherever they are built."""

import base64
import gzip
import hashlib
import json
import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from PIL import Image

from deploy.local.node import ensure_node
from deploy.local.project import Project

ROOT = Path(__file__).resolve().parents[2]
BUILD_SCRIPTS = (
    "static/build.mjs",
    "static/app-icons.mjs",
    *(f"static/build/{each.name}" for each in sorted((ROOT / "static/build").glob("*.mjs"))),
)
PACKED = (".br", ".gz")
PETROL, PAPER, CLEAR = (0x1F, 0x84, 0x94, 255), (255, 255, 255, 255), (0x1F, 0x84, 0x94, 0)
# Sentences of somebody who would like to be code.
CATALOGUE = r"""{
 "plurals": "01",
 "sentences": {"Photos": "„Fotos\"+spy()+\"", "A\\B": "</script><script>\u2028", "__proto__": "x"}
}
"""
SOURCES = {
    "static/src/crypto/shared.ts": "export const answer = (): number => 42;",
    "static/src/workers/crypto.ts": """
        import { address } from "virtual:assets";
        import { answer } from "../crypto/shared.ts";
        postMessage([answer(), address("libheif.wasm")]);
        void import("libheif-js/libheif-wasm/libheif.js").then((heif) => postMessage(heif));""",
    "static/src/pages/vault.ts": """
        import { html } from "lit";
        import { address } from "virtual:assets";
        import { answer } from "../crypto/shared.ts";
        import { frame, first, second } from "../ui/parts.ts";
        console.log(html`<p>${answer()} ${frame()} ${address("workers/crypto.js")}</p>`);
        void first().then(second);""",
    "static/src/ui/parts.ts": """
        const later = <T>(load: () => Promise<T>): (() => Promise<T>) => load;
        export const frame = (): string => "frame";
        export const first = later(() => import("./first.ts"));
        export const second = later(() => import("./second.ts"));""",
    "static/src/ui/first.ts": "import { frame } from './parts.ts'; console.log('1', frame());",
    "static/src/ui/second.ts": "import { answer } from '../crypto/shared.ts'; answer();",
    "static/src/pages/home.ts": """
        import { answer } from "../crypto/shared.ts";
        import { t } from "../ui/text.ts";
        console.log(t("Photos"), answer());
        void import("uqr").then((uqr) => console.log(uqr));""",
    "static/src/ui/text.ts": "export const t = (said: string): string => said.trim();",
    "locale/de/LC_MESSAGES/djangojs.json": CATALOGUE,
    "static/src/pages/vault.test.ts": "throw new Error('tests are never shipped');",
    "static/css/app.css": '@import "@fontsource-variable/figtree/index.css"; '
    "p { background: url('../img/mark.svg') }",
    "static/img/mark.svg": (ROOT / "static/img/mark.svg").read_text(),
    "static/notices/inside.txt": "Held inside a package, by others.",
    "static/src/workers/offline/service-worker.ts": "console.log(RELEASE);",
    "templates/offline.html": "You are offline",
    "static/icons.json": '{"lock": "lock", "place": "map-pin"}',
}


def write_sources(folder: Path) -> Path:
    """A small checkout with pages of its own and the real build script, settings and packages."""
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name in (*BUILD_SCRIPTS, "package.json", "tsconfig.json", "tsconfig.base.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


def run_build(folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    node = str(ensure_node(Project(ROOT)).program)
    command = [node, "static/build.mjs"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **options
    )


def shipped_by(folder: Path) -> dict[str, bytes]:
    dist = folder / "static" / "dist"
    files = (file for file in dist.rglob("*") if file.is_file() and file.suffix not in PACKED)
    return {file.relative_to(dist).as_posix(): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_sources(tmp_path_factory.mktemp("checkout"))
    result = run_build(folder)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def manifest(checkout: Path) -> dict[str, dict[str, dict[str, str]]]:
    return json.loads((checkout / "static" / "dist" / "manifest.json").read_text())


def test_the_manifest_lists_every_shipped_file_and_its_digests(checkout: Path, manifest) -> None:
    shipped = shipped_by(checkout)
    written = shipped.pop("manifest.json")
    assert shipped.pop(f"manifest-{hashlib.sha256(written).hexdigest()}.json") == written
    listed = {entry["path"]: entry for entry in manifest["files"].values()}

    assert listed.keys() == shipped.keys()
    for path, content in shipped.items():
        sha384 = base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert listed[path]["sha256"] == hashlib.sha256(content).hexdigest()
        assert listed[path]["integrity"] == f"sha384-{sha384}"
        assert listed[path]["bytes"] == len(content)


def test_every_file_is_known_by_a_name_that_does_not_change(manifest) -> None:
    named = {name for name in manifest["files"] if not name.startswith("chunks/")}

    assert named == {
        "app/app.webmanifest",
        "app/icon-192.png",
        "app/icon-512.png",
        "app/maskable-512.png",
        "app/touch-180.png",
        "css/app.css",
        "fonts/figtree-latin-ext-wght-normal.woff2",
        "fonts/figtree-latin-wght-normal.woff2",
        "icons.svg",
        "img/mark.svg",
        "languages/de.js",
        "libheif.wasm",
        "libjxl.wasm",
        "licences.txt",
        "pages/home.js",
        "pages/vault.js",
        "workers/crypto.js",
        "workers/offline/service-worker.js",
    }


def test_the_licences_name_packages_and_what_is_inside_them(checkout: Path, manifest) -> None:
    text = shipped_by(checkout)[manifest["files"]["licences.txt"]["path"]].decode()

    for name in ("libheif-js", "@jsquash/jxl", "lit", "Held inside a package, by others."):
        assert re.search(rf"^{re.escape(name)}", text, re.MULTILINE), name


def test_every_shipped_name_carries_a_hash(manifest) -> None:
    for entry in manifest["files"].values():
        assert re.search(r"-[0-9A-Z]{8}\.[a-z0-9]+$", entry["path"])


def test_code_asks_for_addresses_that_are_shipped(checkout: Path, manifest) -> None:
    files, shipped = manifest["files"], shipped_by(checkout)
    worker, page = files["workers/crypto.js"]["path"], files["pages/vault.js"]["path"]
    chunks = manifest["entries"]["pages/vault.js"]["imports"]
    page_code = b"".join(shipped[files[name]["path"]] for name in chunks) + shipped[page]

    assert f"/static/{worker}".encode() in page_code
    assert f"/static/{files['libheif.wasm']['path']}".encode() in shipped[worker]


def test_an_entry_names_what_it_loads_at_once_and_later(manifest) -> None:
    home, worker = manifest["entries"]["pages/home.js"], manifest["entries"]["workers/crypto.js"]
    vault = manifest["entries"]["pages/vault.js"]

    assert vault["imports"]
    assert vault["lazy"]
    assert not set(vault["imports"]) & set(vault["lazy"])
    # Whatever else it needs at once lies in the page itself.
    assert home["imports"] == []
    assert home["lazy"]
    assert [name for name in worker["lazy"] if "libheif" in name]


def test_what_is_fetched_later_leaves_its_page_in_one_piece(checkout: Path, manifest) -> None:
    vault, files = manifest["entries"]["pages/vault.js"], manifest["files"]
    dist = checkout / "static" / "dist"
    texts = {name: (dist / files[name]["path"]).read_text() for name in vault["imports"]}
    framed = [name for name, text in texts.items() if '"frame"' in text]

    assert len(vault["lazy"]) == 2
    # The frame, which one part shares with the page and the other does not, lies with the page.
    assert len(framed) == 1
    assert "workers/crypto" in texts[framed[0]]


def test_what_later_parts_share_lies_in_one_file(tmp_path: Path) -> None:
    folder = write_sources(tmp_path)
    source = folder / "static" / "src" / "ui"
    (source / "parts.ts").write_text(
        SOURCES["static/src/ui/parts.ts"]
        + """
        const apart = later;
        export const ground = apart(() => import("./ground.ts"));
        export const alone = apart(() => import("./alone.ts"));"""
    )
    for name in ("one", "two", "three"):
        (source / f"{name}.ts").write_text(f"export const {name} = () => '{name} of them';")
    (source / "ground.ts").write_text(
        "export * from './one.ts'; export * from './two.ts'; export * from './three.ts';"
    )
    (source / "first.ts").write_text(
        "import { one } from './one.ts'; import { two } from './two.ts'; console.log(one(), two());"
    )
    (source / "second.ts").write_text("import { one } from './one.ts'; console.log(one());")
    (source / "alone.ts").write_text("import { frame } from './parts.ts'; console.log(frame());")
    result = run_build(folder)
    assert result.returncode == 0, result.stderr

    scripts = (each for each in shipped_by(folder).items() if each[0].endswith(".js"))
    texts = {name: content.decode() for name, content in scripts}
    holding = [
        {name for name, text in texts.items() if f"{each} of them" in text}
        for each in ("one", "two", "three")
    ]
    assert len(holding[0]) == 1
    assert holding[0] == holding[1] == holding[2]
    alone = next(text for name, text in texts.items() if "alone-" in name)
    assert next(iter(holding[0])).rpartition("/")[2] not in alone


def test_the_import_map_states_the_integrity_of_every_script(manifest) -> None:
    import_map = manifest["importMap"]
    paths = [entry["path"] for entry in manifest["files"].values()]
    # A catalogue is named by its page, with its integrity there, and imported by nobody.
    importable = {path for path in paths if path.endswith(".js") and "languages/" not in path}
    scripts = [entry for entry in manifest["files"].values() if entry["path"] in importable]
    digest = base64.b64encode(hashlib.sha256(import_map["text"].encode()).digest()).decode()

    assert json.loads(import_map["text"])["integrity"] == {
        f"/static/{entry['path']}": entry["integrity"] for entry in scripts
    }
    assert import_map["source"] == f"'sha256-{digest}'"


def test_a_catalogue_is_a_script_that_leaves_the_sentences_behind_as_data(
    checkout: Path, manifest
) -> None:
    script = checkout / "static" / "dist" / manifest["files"]["languages/de.js"]["path"]
    tell = "console.log(JSON.stringify([globalThis.pocketvaultCatalogue, Object.keys(globalThis)]))"
    node = str(ensure_node(Project(ROOT)).program)
    ran = subprocess.run(
        [node, "--input-type=module", "-e", f"{script.read_text()}\n{tell}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found, names = json.loads(ran.stdout)

    assert found == json.loads(CATALOGUE)
    assert "pocketvaultCatalogue" in names


def test_an_entry_that_says_something_is_known(manifest) -> None:
    entries = manifest["entries"]

    assert {name for name in entries if entries[name]["speaks"]} == {"pages/home.js"}


def test_what_lies_compressed_beside_a_file_is_that_file(checkout: Path, manifest) -> None:
    dist = checkout / "static" / "dist"
    paths = {entry["path"] for entry in manifest["files"].values()}
    for ending, unpack in ((".gz", gzip.decompress), (".br", brotli.decompress)):
        packed = list(dist.rglob(f"*{ending}"))
        for file in packed:
            original = file.with_suffix("")
            assert original.relative_to(dist).as_posix() in paths
            assert unpack(file.read_bytes()) == original.read_bytes()
            assert file.stat().st_size < original.stat().st_size
        kinds = {Path(file.stem).suffix for file in packed}
        assert {".css", ".js", ".svg", ".wasm"} <= kinds
        assert not kinds & {".png", ".woff2"}


def test_no_map_test_or_local_path_is_shipped(checkout: Path) -> None:
    shipped = shipped_by(checkout)

    assert not [path for path in shipped if path.endswith(".map") or "test" in path]
    for content in shipped.values():
        assert str(checkout).encode() not in content
        assert str(ROOT).encode() not in content
        assert b"sourceMappingURL" not in content
    assert list((checkout / "var" / "sourcemaps").rglob("*.map"))


def test_a_picture_in_a_style_is_the_one_that_is_shipped(checkout: Path, manifest) -> None:
    style = shipped_by(checkout)[manifest["files"]["css/app.css"]["path"]].decode()

    assert f"/static/{manifest['files']['img/mark.svg']['path']}" in style


def test_the_sprite_draws_the_icons_asked_for(checkout: Path, manifest) -> None:
    sprite = (checkout / "static" / "dist" / manifest["files"]["icons.svg"]["path"]).read_text()

    assert re.findall(r'<symbol id="([^"]+)"', sprite) == ["lock", "place"]


@pytest.mark.parametrize(
    ("name", "size", "corner"),
    [("icon-192", 192, CLEAR), ("icon-512", 512, CLEAR), ("touch-180", 180, PETROL)],
)
def test_an_icon_is_the_ring_with_its_dot(
    checkout: Path, manifest, name: str, size: int, corner: tuple[int, ...]
) -> None:
    pixels = icon(checkout, manifest, name)
    middle = size // 2

    assert pixels.size == (size, size)
    assert pixels.getpixel((0, 0)) == corner
    assert pixels.getpixel((middle, middle)) == PAPER
    row = [pixels.getpixel((x, middle)) for x in range(size)]
    assert [row[0], *changes(row)] == [PETROL, PAPER, PETROL, PAPER, PETROL, PAPER, PETROL]


def test_a_maskable_icon_keeps_its_drawing_where_no_system_cuts(checkout: Path, manifest) -> None:
    pixels = icon(checkout, manifest, "maskable-512")
    drawn = [
        (x - 255.5) ** 2 + (y - 255.5) ** 2
        for x in range(512)
        for y in range(512)
        if pixels.getpixel((x, y)) != PETROL
    ]

    assert max(drawn) < (0.4 * 512) ** 2
    assert pixels.getpixel((0, 0)) == PETROL


def test_the_app_opens_at_the_photos_with_icons_that_are_shipped(checkout: Path, manifest) -> None:
    path = manifest["files"]["app/app.webmanifest"]["path"]
    app = json.loads(shipped_by(checkout)[path])

    assert (app["start_url"], app["scope"], app["display"]) == ("/photos", "/", "standalone")
    shipped = {f"/static/{entry['path']}" for entry in manifest["files"].values()}
    assert {each["src"] for each in app["icons"]} < shipped
    assert {each["purpose"] for each in app["icons"]} == {"any", "maskable"}


def test_the_service_worker_is_another_when_a_template_is(tmp_path: Path, manifest) -> None:
    folder = write_sources(tmp_path)
    (folder / "templates" / "offline.html").write_text("No connection")
    assert run_build(folder).returncode == 0
    files = json.loads((folder / "static" / "dist" / "manifest.json").read_text())["files"]

    changed = {name for name in files if files[name] != manifest["files"][name]}
    assert changed == {"workers/offline/service-worker.js"}


def icon(checkout: Path, manifest, name: str) -> Image.Image:
    path = manifest["files"][f"app/{name}.png"]["path"]
    return Image.open(checkout / "static" / "dist" / path).convert("RGBA")


def changes(row: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The plain colours of a row in their order, without the soft edges between them."""
    plain = [each for each in row if each in (PETROL, PAPER)]
    return [after for before, after in pairwise(plain) if before != after]


@pytest.mark.slow
def test_two_builds_in_different_surroundings_are_the_same(checkout: Path, tmp_path: Path) -> None:
    elsewhere = write_sources(tmp_path / "a" / "much" / "deeper" / "folder")
    result = run_build(elsewhere, env={**os.environ, "TZ": "Asia/Tokyo"}, umask=0o077)

    assert result.returncode == 0, result.stderr
    assert shipped_by(elsewhere) == shipped_by(checkout)
    modes = {file.stat().st_mode & 0o777 for file in (elsewhere / "static/dist").rglob("*.*")}
    assert modes == {0o644}


@pytest.mark.parametrize(
    ("source", "text", "reason"),
    [
        ("static/src/pages/home.ts", "new Function('return 1')();", "evaluate text as code"),
        ("static/src/pages/home.ts", "import 'no-such-package';", "no-such-package"),
        ("static/src/pages/home.ts", "import 'fs';", '"fs"'),
        ("static/src/pages/home.ts", "import '../ui/first.ts';", "would start the vault"),
        ("static/css/app.css", "p { background: url('../img/none.svg') }", "no picture"),
        ("static/img/mark.svg", "<svg/>", "no longer a ring with a dot"),
        ("static/icons.json", '{"lock": "no-such-drawing"}', "lucide does not draw"),
    ],
)
def test_a_build_that_fails_says_why_and_keeps_the_last_one(
    tmp_path: Path, source: str, text: str, reason: str
) -> None:
    folder = write_sources(tmp_path)
    (folder / "static" / "dist").mkdir()
    (folder / "static" / "dist" / "manifest.json").write_text("the last one")
    (folder / source).write_text(text)
    result = run_build(folder)

    assert result.returncode != 0
    assert reason in result.stderr
    assert shipped_by(folder) == {"manifest.json": b"the last one"}
