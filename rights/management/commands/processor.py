from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pocketvault.kernel.errors import VaultError
from rights.actions.processors import (
    ProcessorDraft,
    announce_processor,
    end_processor,
    renew_contract,
)
from rights.models import Processor


class Command(BaseCommand):
    """For the operator at the server: the register is not changed over the network."""

    help = "Announce a processor, renew its contract, or end it. Everybody is told by mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        act = parser.add_subparsers(dest="act", required=True)
        announce = act.add_parser("announce", help="enter what a JSON file says")
        announce.add_argument("file", type=Path)
        renew = act.add_parser("renew", help="the same contract until a later day")
        renew.add_argument("id")
        renew.add_argument("until", type=date.fromisoformat)
        act.add_parser("end", help="ask it nothing any more").add_argument("id")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            self._act(options)
        except (VaultError, OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(str(error)) from error

    def _act(self, options: dict[str, Any]) -> None:
        if options["act"] == "announce":
            processor = announce_processor(_draft(json.loads(options["file"].read_text())))
            self.stdout.write(f"{processor.pk} begins on {processor.starts_on}.")
            return
        found = Processor.objects.filter(pk=options["id"]).first()
        if found is None:
            raise CommandError("No processor has that id.")
        if options["act"] == "renew":
            renew_contract(found, until=options["until"])
        else:
            end_processor(found)
        self.stdout.write("Done.")


def _draft(said: dict[str, Any]) -> ProcessorDraft:
    """Raises `KeyError`, `TypeError` or `ValueError` for a file that says something else."""
    read: dict[str, Any] = {
        **{name: date.fromisoformat(said.pop(name)) for name in DAYS},
        **{name: tuple(said.pop(name)) for name in ("purposes", "hosts")},
    }
    return ProcessorDraft(**said, **read)


DAYS = ("contract_from", "contract_until", "starts_on")
