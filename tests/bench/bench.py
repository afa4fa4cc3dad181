# SPDX-License-Identifier: MIT
"""make bench: the goals of the project beside what this machine measures. bench.py BUILD; QUICK=1 for a tenth of the records, ROUNDS=N,
ONLY=run,network,... for some of the rows, KEEP_FOLDER for the files elsewhere than in BUILD/bench.

A time is never asserted: the exit status is 0 unless something broke, or the peers' rows or sums differ from ours."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

import machine
import rows_large
import rows_memory
import rows_network
import rows_plan
import rows_run
from measure import Broken
from table import Table

PARTS = {"run": rows_run, "large": rows_large, "memory": rows_memory, "network": rows_network, "plan": rows_plan}


class Options:
    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        self.result = self.build / "bench"
        self.folder = self.result / f"work.{os.getpid()}"
        self.quick = bool(os.environ.get("QUICK"))
        self.subscriptions, self.customers = (10, 2) if self.quick else (100, 20)
        self.records = self.subscriptions * 10000
        self.rounds = int(os.environ.get("ROUNDS") or (2 if self.quick else 5))
        self.slow_rounds = 1 if self.quick else 3
        self.only = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(PARTS)
        self.python = sys.executable
        self.best_python, self.best_json = best_python()


def best_python():
    """Of the Pythons at hand the first that has the fastest JSON."""
    for library in ("orjson", "ujson"):
        for python in ("python3", "/usr/bin/python3"):
            probe = subprocess.run([python, "-c", f"import {library} as j; print(j.__version__)"], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
            if probe.returncode == 0:
                return python, f"{library} {probe.stdout.strip()}"
    return sys.executable, "json (neither orjson nor ujson is here: sh packaging/install-packages packaging/bench-packages)"


def commit():
    said = subprocess.run(["git", "describe", "--always", "--dirty"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return said.stdout.strip() or "unknown"


def main():
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.chdir(pathlib.Path(__file__).resolve().parents[2])
    options = Options(sys.argv[1])
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    heading = machine.heading(options.folder, commit(), options.best_json)
    heading.append(f"{options.records} records ({options.subscriptions} subscriptions x 10 pages of 1,000), TLS, a rate card of 60,000 meters; "
                   f"{options.rounds} rounds, medians")
    table, broken, begun = Table(), [], time.monotonic()
    for name in options.only:
        print(f"{name}:", flush=True)
        try:
            PARTS[name].measure(options, table)
        except OSError as problem:
            table.missing(name, "-", str(problem))
        except Broken as problem:
            broken.append(f"{name}: {problem}")
            print(f"BROKEN: {name}: {problem}", flush=True)
    heading.append(f"took {time.monotonic() - begun:.0f} s")
    table.write(options.result, heading + [f"BROKEN: {problem}" for problem in broken])
    shutil.rmtree(options.folder, ignore_errors=True)
    print("\n" + (options.result / "table.txt").read_text())
    print(f"also in {options.result}/table.txt and table.json")
    sys.exit(1 if broken else 0)


main()
