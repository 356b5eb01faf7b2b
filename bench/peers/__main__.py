"""Run the comparison, write bench/results/peers/*.json, and make the tables and the picture of it."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import subprocess
import sys

from bench.machine import machine
from bench.peers.adapters import NAMES, peer_class
from bench.peers.figures import read_rows
from bench.peers.outcome import Result
from bench.peers.pages import write_pages
from bench.peers.scale import FULL, QUICK
from bench.peers.tables import full
from bench.peers.tasks import TASKS

RESULTS = os.path.join(os.path.dirname(os.path.dirname(__file__)), "results")


def versions() -> dict[str, str]:
    """Which releases are compared."""
    found: dict[str, str] = {}
    for name in NAMES:
        package = peer_class(name).package or name
        found[name] = importlib.metadata.version(package)
    told = subprocess.run(["tmux", "-V"], stdout=subprocess.PIPE, text=True, check=True)
    found["tmux"] = told.stdout.split()[-1]
    return found


def write(result: Result, directory: str) -> None:
    """Keep a row."""
    with open(os.path.join(directory, f"{result.task}.json"), "w", encoding="utf-8") as file:
        json.dump(result.as_json(), file, indent=1, ensure_ascii=False)
        file.write("\n")


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"of: {', '.join(TASKS)} (all)")
    parser.add_argument("--quick", action="store_true", help="show that it works; keeps nothing that counts")
    asked = parser.parse_args()
    unknown = set(asked.tasks) - set(TASKS)
    if unknown:
        parser.error(f"no such task: {', '.join(sorted(unknown))}")
    directory = os.path.join(RESULTS, *(["local"] if asked.quick else []), "peers")
    os.makedirs(directory, exist_ok=True)
    compared = versions()
    for name in asked.tasks or TASKS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        where = machine()
        for result in importlib.import_module(f"bench.peers.tasks.{name}").results(QUICK if asked.quick else FULL):
            result.machine, result.versions = where, compared
            write(result, directory)
            for outcome in result.outcomes:
                print(f"  {result.task:22} {outcome}", file=sys.stderr)
    if not asked.quick:
        write_pages(directory)
    else:
        print(full(read_rows(directory)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
