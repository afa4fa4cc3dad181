# SPDX-License-Identifier: MIT
"""Memory where something is large: the rate card, a slice of very many pages. And of a daemon that waits."""
import os
import shutil
import signal
import subprocess
import time

from measure import Broken, status_of
from partner import Partner
from place import Place

MOST_MIB = 48


def peak(options, table, what, note, **keys):
    folder = options.folder / "memory"
    partner = Partner(options.build, folder / "partner", 1, generate_subscriptions=1, generate_customers=1, **keys)
    try:
        if "generate_meters" in keys:
            note += f", {partner.write_card().stat().st_size / 1e6:.0f} MB"
        place = Place(options.build, folder / "daemon", partner)
        cost = place.sync()
        if place.summary["status"] != "ok" or int(place.summary["rows_added"]) != keys["generate_rows_per_day"]:
            raise Broken(f"{what}: {place.summary}")
        table.at_most(what, cost.peak_kib / 1024, MOST_MIB, " MiB", f"{note}, {cost.wall:.1f} s", 1)
    finally:
        partner.stop()
        shutil.rmtree(folder, ignore_errors=True)


def pss_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:"))


def wake_ups(pid):
    """Of all threads: how often one went to sleep, which is as often as one woke up."""
    return sum(status_of(f"{pid}/task/{thread}", "voluntary_ctxt_switches") for thread in os.listdir(f"/proc/{pid}/task"))


def wait_for(place, event, process):
    for _ in range(6000):
        if f" event={event} " in open(place.log, errors="replace").read():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise Broken(f"the daemon does not say {event}: {open(place.log).read()[-400:]}")


def idle(options, table):
    folder, seconds = options.folder / "idle", 10 if options.quick else 60
    partner = Partner(options.build, folder / "partner", 5, generate_subscriptions=20, generate_customers=4)
    at = time.strftime("%H:%M", time.gmtime(time.time() + 12 * 3600))
    place = Place(options.build, folder / "daemon", partner, schedule__time=at, schedule__timezone="Etc/UTC", schedule__catch_up="no")
    with open(place.log, "wb") as log:
        process = subprocess.Popen(place.command("run"), stdin=subprocess.DEVNULL, stderr=log)
    try:
        wait_for(place, "schedule.next", process)
        time.sleep(1)
        fresh = status_of(process.pid, "VmRSS") / 1024
        process.send_signal(signal.SIGHUP)
        wait_for(place, "run.done", process)
        time.sleep(3)
        before = wake_ups(process.pid)
        time.sleep(seconds)
        a_minute = (wake_ups(process.pid) - before) * 60 / seconds
        rss, pss = status_of(process.pid, "VmRSS") / 1024, pss_kib(process.pid) / 1024
        table.at_most("the daemon while it waits, after a run", rss, 12, " MiB", f"PSS {pss:.1f} MiB; before the run {fresh:.1f} MiB resident", 1)
        table.at_most("wake-ups while it waits: the clock is looked at once a minute; no watchdog here", a_minute, 6, " a minute",
                      f"in {seconds} s", 0)
    finally:
        process.terminate()
        process.wait()
        partner.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(options, table):
    meters, pages = (75000, 20) if options.quick else (760000, 1000)
    peak(options, table, "peak memory, a rate card of 200 MB" if not options.quick else "peak memory, a rate card of 20 MB", f"{meters} meters",
         generate_meters=meters, generate_rows_per_day=1000)
    peak(options, table, "peak memory, a slice of very many pages", f"{pages} pages", generate_rows_per_day=pages * 1000)
    idle(options, table)
