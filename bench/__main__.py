"""Run the benches, each in a process of its own, write bench/results/*.json and show the table."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys

from bench.machine import machine
from bench.scale import FULL, QUICK
from bench.table import markdown, read_results

BENCHES = (
    "round_trip",
    "draining",
    "starting",
    "idle",
    "crowd",
    "event_loop",
    "regex_wait",
    "importing",
    "result",
    "readiness",
    "views",
)
"""Modules of this package with a function `rows(scale)`, in the order in which the table shows them."""

RESULTS = os.path.join(os.path.dirname(__file__), "results")


def run_inside(name: str, *, quick: bool) -> None:
    """Run one bench in this process and print its result as JSON."""
    rows = importlib.import_module(f"bench.{name}").rows(QUICK if quick else FULL)
    print(json.dumps({"bench": name, "machine": machine(), "rows": [row.as_json() for row in rows]}))


def run(name: str, results: str, *, quick: bool) -> bool:
    """Run one bench in a process of its own and keep its result. False if it failed."""
    command = [sys.executable, "-m", "bench", "--inside", name, *(["--quick"] if quick else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        print(f"{name} failed with exit code {done.returncode}: its old result, if any, stays", file=sys.stderr)
        return False
    with open(os.path.join(results, f"{name}.json"), "w", encoding="utf-8") as file:
        json.dump(json.loads(done.stdout), file, indent=1, ensure_ascii=False)
        file.write("\n")
    return True


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=f"of: {', '.join(BENCHES)} (all)")
    parser.add_argument("--quick", action="store_true", help="show that they work; keeps nothing that counts")
    parser.add_argument("--inside", choices=BENCHES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        run_inside(asked.inside, quick=asked.quick)
        return 0
    unknown = set(asked.benches) - set(BENCHES)
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    results = os.path.join(RESULTS, "local") if asked.quick else RESULTS
    os.makedirs(results, exist_ok=True)
    failed = 0
    for name in asked.benches or BENCHES:
        print(f"{name} ...", file=sys.stderr)
        failed += not run(name, results, quick=asked.quick)
    table = markdown(read_results(results, BENCHES))
    with open(os.path.join(results, "table.md"), "w", encoding="utf-8") as file:
        file.write(table)
    print(table, end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
