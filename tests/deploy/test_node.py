"""Which Node is used. The machine's own counts only when it is new enough and has npm."""

import os
from pathlib import Path

import pytest

from deploy.local.node import MEASURING_NODE, Node, find_node


def put(folder: Path, name: str, says: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    return program


def test_a_new_enough_node_with_npm_is_used(tmp_path: Path) -> None:
    node, npm = put(tmp_path, "node", "v22.1.0"), put(tmp_path, "npm", "10")

    assert find_node(str(tmp_path)) == Node(node, (str(npm),))


@pytest.mark.parametrize("version", ["v18.20.4", "v19.9.0", "", "unknown"])
def test_an_old_or_silent_node_is_not_used(tmp_path: Path, version: str) -> None:
    put(tmp_path, "node", version)
    put(tmp_path, "npm", "10")

    assert find_node(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("version", "is_taken"), [("v22.18.9", False), ("v22.19.0", True), ("v24.0.0", True)]
)
def test_what_measures_asks_for_a_newer_one(
    tmp_path: Path, version: str, *, is_taken: bool
) -> None:
    put(tmp_path, "node", version)
    put(tmp_path, "npm", "10")

    assert (find_node(str(tmp_path), oldest=MEASURING_NODE) is not None) is is_taken


def test_a_node_without_npm_is_not_used(tmp_path: Path) -> None:
    put(tmp_path, "node", "v22.1.0")

    assert find_node(str(tmp_path)) is None


def test_packages_find_the_node_that_was_chosen_first(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    chosen = Node(put(ours, "node", "v24.0.0"), ())
    put(theirs, "node", "v18.0.0")
    environ = chosen.environ({"PATH": str(theirs), "LANG": "C"})

    assert environ == {"PATH": f"{ours}{os.pathsep}{theirs}", "LANG": "C"}
