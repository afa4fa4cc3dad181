# SPDX-License-Identifier: MIT
"""Runs a program to its end and says what it took: wall time, CPU of it and its children, the peak of its resident memory."""
import os
import statistics
import subprocess
import threading
import time


class Broken(Exception):
    """Something that is measured did not do what it should: the whole bench fails."""


class Cost:
    def __init__(self, wall, cpu, peak_kib, output):
        self.wall, self.cpu, self.peak_kib, self.output = wall, cpu, peak_kib, output


def status_of(pid, name):
    """A number of /proc/PID/status, or 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/status") as f:
            for line in f:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def watch_peak(pid, peak, over):
    # VmHWM only ever grows: the last look before the end is the peak but for the last few milliseconds. (What wait4 says would be
    # no better: it begins with the size of who started the program.)
    while not over.wait(0.02):
        peak[0] = max(peak[0], status_of(pid, "VmHWM"))


def run(argv, env=None, good=(0,), errors=None, timeout=3600, output=None):
    """Standard output is returned, or goes to the file OUTPUT; standard error goes to the file ERRORS or is part of it."""
    peak, over = [0], threading.Event()
    sink = open(errors, "wb") if errors else subprocess.STDOUT
    to = open(output, "wb") if output else subprocess.PIPE
    begun = time.monotonic()
    child = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=to, stderr=sink)
    watcher = threading.Thread(target=watch_peak, args=(child.pid, peak, over))
    watcher.start()
    killer = threading.Timer(timeout, child.kill)
    killer.start()
    said = child.stdout.read() if child.stdout else b""
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begun
    over.set()
    watcher.join()
    killer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    for file in (to, sink):
        if hasattr(file, "close"):
            file.close()
    if child.returncode not in good:
        tail = open(errors, "rb").read()[-600:] if errors else said[-600:]
        raise Broken(f"{os.path.basename(str(argv[0]))} {' '.join(map(str, argv[1:3]))}: exit code {child.returncode}: "
                     f"{tail.decode(errors='replace')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak[0], said.decode(errors="replace"))


def cpu_of(pid):
    """Seconds of CPU that a running process has used."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def median(values):
    return statistics.median(values) if values else None


class Series:
    """The costs of several runs of one thing."""

    def __init__(self):
        self.costs = []

    def add(self, cost):
        self.costs.append(cost)
        return cost

    def __bool__(self):
        return bool(self.costs)

    @property
    def wall(self):
        return median([c.wall for c in self.costs])

    @property
    def cpu(self):
        return median([c.cpu for c in self.costs])

    @property
    def peak_mib(self):
        return max(c.peak_kib for c in self.costs) / 1024

    def ratio_to(self, other, what="wall"):
        """The median of the ratios of runs made side by side, not the ratio of two medians: the machine's moods cancel out."""
        pairs = zip(self.costs, other.costs)
        return median([getattr(a, what) / getattr(b, what) for a, b in pairs if getattr(b, what) > 0])
