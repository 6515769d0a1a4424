"""``python3 deploy/local messages [LANGUAGE ...]``: collect, update and compile every catalogue.

A language named here begins a new one, such as ``de`` or ``pt_BR``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import django

from deploy.local.node import ensure_node
from deploy.local.project import Project
from deploy.messages.catalogues import compile_browser, compile_server, template_of, update
from deploy.messages.server import Message, server_messages

ROOT = Path(__file__).resolve().parents[2]


def templates(root: Path) -> dict[str, bytes]:
    """Domain -> ``.pot``, from the sources as they are. Needs Django set up and Node installed."""
    return {
        "django": template_of(server_messages(root)),
        "djangojs": template_of(browser_messages(root)),
    }


def browser_messages(root: Path) -> list[Message]:
    """Everything the browser's side says, as ``static/messages.mjs`` finds it."""
    node = ensure_node(Project(root))
    command = [str(node.program), "static/messages.mjs"]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    found: list[list[str]] = json.loads(done.stdout)
    return [each[0] if len(each) == 1 else (each[0], each[1]) for each in found]


def write(folder: Path, found: dict[str, bytes], languages: Sequence[str]) -> None:
    """Write the templates and bring each language up to them, in a folder such as ``locale``."""
    folder.mkdir(exist_ok=True)
    known = {each.parent.name for each in folder.glob("*/LC_MESSAGES")}
    for domain, template in found.items():
        (folder / f"{domain}.pot").write_bytes(template)
        for language in sorted(known | set(languages)):
            file = folder / language / "LC_MESSAGES" / f"{domain}.po"
            update(file, template, language=language)
            compiled = compile_server if domain == "django" else compile_browser
            compiled(file, language=language)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pocketvault.settings.base")
    django.setup()
    write(ROOT / "locale", templates(ROOT), sys.argv[1:])
