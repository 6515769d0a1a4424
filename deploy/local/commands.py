"""What ``make`` calls: each command brings along what it needs."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.chromium import ensure_chromium
from deploy.local.environment import ensure_environment
from deploy.local.node import (
    MEASURING_NODE,
    ensure_bundle,
    ensure_node,
    ensure_packages,
    install,
)
from deploy.local.project import Project, alone, make_private_folder
from deploy.local.serving import choose_address, ensure_certificate, refuse_taken_port, serve
from deploy.local.steps import StepError, run_loudly, run_quietly, say, warn
from deploy.local.suite import run_suite

# What the second run of the suite stands on. Each may be set to a server elsewhere.
SERVERS = {
    "DATABASE_URL": "postgres://postgres@127.0.0.1:5432/test",
    "REDIS_URL": "redis://127.0.0.1:6379/5",
}
# Tests of what no database or Redis of the setting changes: most use none, or bring their own
# whatever the setting; the others ask what clients make of answers, what the HTTP server and the
# stores do with bytes, or what other tests that stay ask too.
SERVERLESS = (
    "api/test_personas.py",
    "architecture",
    "benchmarks",
    "contracts/test_asvs.py",
    "contracts/test_blob_store.py",
    "deploy",
    "faults/test_draining.py",
    "faults/test_flipped_bytes.py",
    "faults/test_full_disk.py",
    "faults/test_lanes.py",
    "faults/test_other_engine.py",
    "faults/test_postgres_stopped.py",
    "faults/test_redis_faults.py",
    "faults/test_s3_away.py",
    "faults/test_silent_clients.py",
    "fuzz",
    "hostile",
    "images/tus/test_tus_faults.py",
    "images/tus/test_tus_peers.py",
    "importing",
    "journeys/test_library_journey.py",
    "journeys/test_links_journey.py",
    "kernel/test_clock_steps.py",
    "kernel/test_safety.py",
    "kernel/test_settings.py",
    "proofs/test_p10_scrapers.py",
    "proofs/test_p11_watermark.py",
    "proofs/test_p13_no_sale.py",
    "proofs/test_p18_portability.py",
    "rights/test_takedown_fetching.py",
    "rights/test_takedown_screens.py",
    "sharing/publishing/test_checking.py",
    "sharing/publishing/test_limited.py",
    "sharing/stripping",
    "sharing/tracing",
    "sharing/watermark",
    "vectors",
)
# What takes longest there and is about more than the database: it was tried on the embedded setting
# just before, and what it does to rows is asked on servers by the tests of its app. Before a
# release ``test-servers --slow`` runs it all the same.
LONG_ON_SERVERS = (
    "api/test_desk_walk.py",
    "api/test_fuzz.py",
    "api/test_json_bodies.py",
    "api/test_reference_account.py",
    "api/test_reference_publishing.py",
    "api/test_reference_recovery_contacts.py",
    "faults/test_awaited_crash.py",
    "faults/test_cases_crash.py",
    "faults/test_deeds_crash.py",
    "faults/test_inspecting.py",
    "images/test_delivery.py",
    "images/test_spelling.py",
    "images/test_touches.py",
    "images/test_waking.py",
    "images/tus/test_tus_promises.py",
    "journeys/test_sharing_journey.py",
    "proofs/test_p1_ownership.py",
    "proofs/test_p5_never_for_training.py",
    "proofs/test_p6_no_derivatives.py",
    "proofs/test_p12_takedown.py",
    "proofs/test_p14_processors.py",
    "proofs/test_p15_legal_orders.py",
    "proofs/test_p16_access.py",
    "proofs/test_p19_objection.py",
    "proofs/test_p20_requests.py",
    "rights/test_drilling.py",
    "rights/test_follow_log.py",
    "rights/test_replayed_reports.py",
    "rights/test_takedown_cases.py",
    "sharing/test_advancing.py",
    "sharing/test_traces.py",
    "sharing/test_withholding.py",
)
DEFAULT_PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379}


def main(arguments: Sequence[str]) -> int:
    """Run one command. Answers the exit code; a failure ends with a sentence on stderr."""
    parser = argparse.ArgumentParser(prog="deploy/local", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(arguments)
    project = Project(Path(__file__).resolve().parents[2])
    try:
        COMMANDS[chosen.command](project, chosen.arguments)
    except StepError as error:
        sys.stdout.flush()
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def run(project: Project, _arguments: Sequence[str]) -> None:
    """Bring PocketVault up on this machine, from an empty checkout if need be."""
    environ = os.environ
    address = choose_address(project, environ)
    refuse_taken_port(address)
    make_private_folder(project.data_folder(environ))
    with alone(project):
        ensure_environment(project, ["runtime"])
        ensure_bundle(project)
        ensure_certificate(project, address, environ)
        _manage(project, "Preparing the database and the epoch key", "prepare")
    serve(project, address, environ)


def test(project: Project, arguments: Sequence[str]) -> None:
    """Run every test, on the embedded setting. What follows the command goes to pytest."""
    environ = {name: value for name, value in os.environ.items() if name not in SERVERS}
    _prepare_for_tests(project)
    npm = _npm(project)
    run_loudly(
        "Checking the types of the browser code", [*npm, "run", "check"], folder=project.root
    )
    run_loudly("Testing the browser code", [*npm, "test"], folder=project.root)
    _run_pytest(project, "Testing on the embedded setting", environ, arguments)


def test_servers(project: Project, arguments: Sequence[str]) -> None:
    """Run the Python tests again on PostgreSQL and Redis, which ``CI=true`` demands."""
    urls = {name: os.environ.get(name) or value for name, value in SERVERS.items()}
    absent = [f"{name}={url}" for name, url in urls.items() if not _answers(url)]
    if absent:
        sentence = f"NO SERVERS: nothing answers at {' and '.join(absent)}; not tested there."
        if os.environ.get("CI") == "true":
            raise StepError(sentence)
        warn(sentence)
        return
    _prepare_for_tests(project)
    # What is about the browser alone, or asks no server of ours for anything, was tried on the
    # embedded setting. What somebody asks for by name is run whatever it is.
    left_out = (f"--ignore=tests/{each}" for each in (*SERVERLESS, *LONG_ON_SERVERS))
    options = () if arguments else ("-m", "not browser_alone", *left_out)
    environ = {**os.environ, **urls}
    _run_pytest(project, "Testing on PostgreSQL and Redis", environ, arguments, options)


def check(project: Project, _arguments: Sequence[str]) -> None:
    """Look for mistakes without running anything: style, types, migrations, settings."""
    _prepare_for_tests(project)
    npm = _npm(project)
    python = project.python_command
    steps: dict[str, Sequence[str]] = {
        "ruff": python("-m", "ruff", "check", "."),
        "mypy": python("-m", "mypy", "."),
        "tsc": [*npm, "run", "--silent", "check"],
        "eslint": [*npm, "run", "--silent", "lint"],
        "makemigrations": python("manage.py", "makemigrations", "--check", "--dry-run"),
        "deploy.upgrades": python("-m", "deploy.upgrades"),
        "manage.py check": python("manage.py", "check", "--fail-level", "WARNING"),
    }
    failed = [name for name, command in steps.items() if not _passes(project, name, command)]
    if failed:
        raise StepError(f"Not in order: {', '.join(failed)}.")
    say("All in order.")


def doctor(project: Project, _arguments: Sequence[str]) -> None:
    """Look at everything an operator can mend, over the settings of this environment."""
    with alone(project):
        ensure_environment(project, ["runtime"])
        ensure_bundle(project)
    command = project.python_command("manage.py", "doctor")
    run_loudly("Looking at everything", command, folder=project.root)


def verify(project: Project, arguments: Sequence[str]) -> None:
    """Compare what a server hands to browsers with what this checkout builds."""
    with alone(project):
        ensure_environment(project, ["runtime", "dev"])
        ensure_bundle(project)
    _run_module(project, "Comparing", "deploy.verify", arguments)


def demo(project: Project, arguments: Sequence[str]) -> None:
    """Fill an account of the running vault with photographs made for the purpose."""
    where = _where_it_runs(project)
    with alone(project):
        ensure_environment(project, ["runtime", "dev"])
    _run_module(project, "Filling the vault", "tests.reference_client.demo", [*where, *arguments])


def shots(project: Project, arguments: Sequence[str]) -> None:
    """Take the pictures of the README from the running vault, which ``demo`` has filled."""
    where = _where_it_runs(project)
    with alone(project):
        ensure_environment(project, ["runtime", "dev"])
    if ensure_chromium(project) is None:
        raise StepError("Pictures of pages need a browser.")
    _run_module(project, "Taking the pictures", "tests.journeys.shots", [*where, *arguments])


def bench(project: Project, arguments: Sequence[str]) -> None:
    """Measure everything, or the one thing named."""
    _prepare_for_tests(project)
    _npm(project)
    _run_module(project, "Measuring", "benchmarks", arguments)


def evidence(project: Project, arguments: Sequence[str]) -> None:
    """Write docs/evidence.md from what is kept; measure the one thing named first."""
    _prepare_for_tests(project)
    _npm(project)
    _run_module(project, "Writing docs/evidence.md", "benchmarks.evidence", arguments)


def lighthouse(project: Project, arguments: Sequence[str]) -> None:
    """Measure the pages with Lighthouse, which is installed apart from what the project needs."""
    _prepare_for_tests(project)
    if ensure_chromium(project) is None:
        raise StepError("Lighthouse needs a browser.")
    with alone(project):
        node = ensure_node(project, oldest=MEASURING_NODE)
        install(project.root / "benchmarks" / "lighthouse", node, "Lighthouse")
    os.environ.update(node.environ(os.environ))
    _run_module(project, "Measuring the pages", "benchmarks.lighthouse", arguments)


def scores(project: Project, arguments: Sequence[str]) -> None:
    """Have other people's tools judge TLS and headers. They are installed apart."""
    _prepare_for_tests(project)
    with alone(project):
        node = ensure_node(project)
        install(project.root / "benchmarks" / "scores", node, "the HTTP Observatory")
    os.environ.update(node.environ(os.environ))
    _run_module(project, "Judging TLS and headers", "benchmarks.scores", arguments)


def advisories(project: Project, arguments: Sequence[str]) -> None:
    """Ask for known holes in what is pinned; whoever cannot be asked counts as a failure."""
    with alone(project):
        ensure_environment(project, ["runtime"])
    _run_module(project, "Asking for known holes", "deploy.advisories", arguments)


def mutation(project: Project, arguments: Sequence[str]) -> None:
    """Change what must not be wrong, one small thing at a time, and see whether tests notice."""
    _prepare_for_tests(project)
    _npm(project)
    with alone(project):
        install(project.root / "benchmarks" / "mutation", ensure_node(project), "the mutator")
    _run_module(project, "Making mistakes on purpose", "benchmarks.mutation", arguments)


def messages(project: Project, arguments: Sequence[str]) -> None:
    """Collect every sentence, and bring the catalogues of each language up to date."""
    _prepare_for_tests(project)
    _npm(project)
    _run_module(project, "Collecting what is said", "deploy.messages", arguments)


def build(project: Project, _arguments: Sequence[str]) -> None:
    """Build what the browser receives."""
    with alone(project):
        ensure_bundle(project)


COMMANDS: Mapping[str, Callable[[Project, Sequence[str]], None]] = {
    "run": run,
    "test": test,
    "test-servers": test_servers,
    "check": check,
    "doctor": doctor,
    "verify": verify,
    "demo": demo,
    "shots": shots,
    "bench": bench,
    "evidence": evidence,
    "lighthouse": lighthouse,
    "scores": scores,
    "advisories": advisories,
    "mutation": mutation,
    "build": build,
    "messages": messages,
}


def _where_it_runs(project: Project) -> Sequence[str]:
    """Where ``run`` listens under the same settings. A ``--url`` that comes later wins."""
    return ["--url", choose_address(project, os.environ).public_url]


def _prepare_for_tests(project: Project) -> None:
    with alone(project):
        ensure_environment(project, ["runtime", "dev"])
        ensure_bundle(project)


def _npm(project: Project) -> Sequence[str]:
    """How npm is called, with its packages in place and its Node the first that is found."""
    with alone(project):
        node = ensure_node(project)
        ensure_packages(project, node)
    os.environ.update(node.environ(os.environ))
    return node.npm


def _manage(project: Project, title: str, *arguments: str) -> None:
    run_quietly(title, project.python_command("manage.py", *arguments), folder=project.root)


def _run_module(project: Project, title: str, module: str, arguments: Sequence[str]) -> None:
    run_loudly(title, project.python_command("-m", module, *arguments), folder=project.root)


def _run_pytest(
    project: Project,
    title: str,
    environ: Mapping[str, str],
    arguments: Sequence[str],
    options: Sequence[str] = (),
) -> None:
    browser = ensure_chromium(project)
    named = {} if browser is None else {"POCKETVAULT_CHROMIUM": str(browser)}
    command, env = project.python_command("-m", "pytest", *options), {**environ, **named}
    run_suite(title, command, arguments, folder=project.root, env=env)


def _passes(project: Project, name: str, command: Sequence[str]) -> bool:
    try:
        run_loudly(name, command, folder=project.root)
    except StepError:
        return False
    return True


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    place = (parts.hostname or "127.0.0.1", parts.port or DEFAULT_PORTS.get(parts.scheme, 0))
    try:
        with socket.create_connection(place, timeout=3):
            return True
    except OSError:
        return False
