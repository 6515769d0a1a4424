"""Reading what a person took along: a tree in a browser's own folder, with the tools of others."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

EXIFTOOL = shutil.which("exiftool")

# The picker alone is doubled: the folder it answers with is a real one, of the browser's own.
PICKER = """() => {
    window.showDirectoryPicker = async () => {
        const root = await navigator.storage.getDirectory();
        return await root.getDirectoryHandle("picked", { create: true });
    };
}"""
# A browser that knows no dialog for saving hands a finished archive over as a download.
NO_PICKERS = """() => {
    delete window.showSaveFilePicker;
    delete window.showDirectoryPicker;
}"""
# For `manage.py shell`: three receipts are owed to whoever has this address, and are in the log.
RECEIPTS_OWED = 3
RECEIPTS = """
from django.utils import timezone
from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from rights.actions.issuing import keep_log
from rights.actions.receipts import owe_receipt
from rights.models import ReceiptKind
now, account = timezone.now(), Account.objects.get(email="{email}")
facts = {{"images": [str(uuid7())], "deleted_at": now.isoformat()}}
for _ in range(3):
    owe_receipt(
        ReceiptKind.DELETED_FINAL, account_id=account.pk, about=uuid7(), facts=facts,
        promise_id=uuid7(),
    )
keep_log()
"""
_TREE = """async () => {
    const root = await navigator.storage.getDirectory();
    const found = [];
    const walk = async (folder, path) => {
        for await (const [name, handle] of folder.entries()) {
            const at = `${path}/${name}`;
            if (handle.kind === "directory") await walk(handle, at);
            else {
                const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
                let text = "";
                for (let at = 0; at < bytes.length; at += 32768) {
                    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
                }
                found.push([at, btoa(text)]);
            }
        }
    };
    await walk(await root.getDirectoryHandle("picked"), "");
    return found;
}"""


def copy_tree(page: Page, folder: Path) -> Path:
    """Put what was written onto a disk that other programs read. Answers the folder of the bag."""
    (bag,) = copy_trees(page, folder)
    return bag


def copy_trees(page: Page, folder: Path) -> list[Path]:
    """The same of a folder that holds several, by name."""
    for path, encoded in page.evaluate(_TREE):
        target = folder / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(encoded))
    return sorted(folder.iterdir())


def validate(bag: Path) -> subprocess.CompletedProcess[str]:
    """What ``bagit.py --validate`` says."""
    command = [sys.executable, "-m", "bagit", "--validate", str(bag)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def with_exiftool(path: Path, *tags: str) -> list[str]:
    """The values of some tags as exiftool prints them, in the order asked for."""
    assert EXIFTOOL is not None
    command = [EXIFTOOL, "-s3", "-f", *(f"-{tag}" for tag in tags), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()
