# SPDX-License-Identifier: MIT
"""What the figures were taken on."""
import os
import platform
import re
import subprocess
import time


def first_line(argv):
    try:
        out = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    except OSError:
        return "absent"
    return (out.splitlines() or ["?"])[0]


def version(argv):
    found = re.search(r"\d+\.\d+[\w.]*", first_line(argv))
    return found.group() if found else "absent"


def cpu():
    with open("/proc/cpuinfo") as f:
        names = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} x {names[0] if names else platform.machine()}"


def memory():
    with open("/proc/meminfo") as f:
        return f"{int(f.readline().split()[1]) / 1048576:.1f} GiB"


def system():
    try:
        with open("/etc/os-release") as f:
            names = dict(line.rstrip().split("=", 1) for line in f if "=" in line)
        name = names["PRETTY_NAME"].strip('"')
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, kernel {platform.release()}"


def sync_ms(folder):
    """The median of 50 fsync of 4 kB: what a commit costs at least."""
    path, times = folder / "sync.probe", []
    with open(path, "wb", buffering=0) as f:
        for _ in range(50):
            f.write(b"x" * 4096)
            begun = time.monotonic()
            os.fsync(f.fileno())
            times.append(time.monotonic() - begun)
    path.unlink()
    return sorted(times)[25] * 1000


def heading(folder, commit, best_python):
    return [
        f"csp-usaged, commit {commit}, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}",
        f"{cpu()}, {memory()}, {system()}; fsync {sync_ms(folder):.2f} ms",
        f"sqlite3 {version(['sqlite3', '--version'])}, curl {version(['curl', '--version'])}, jq {version(['jq', '--version'])}, "
        f"Python {platform.python_version()}, {best_python}",
        f"load before it began: {os.getloadavg()[0]:.1f} (the emulator works on the same processors as what is measured)",
    ]
