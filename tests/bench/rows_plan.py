# SPDX-License-Identifier: MIT
"""What is due, of very many subscriptions."""
import datetime
import shutil
import sqlite3
import subprocess
import time

from measure import Broken
from partner import Partner
from place import Place

DAYS = 60


def planning_seconds(place):
    """Starts a run, and ends it as soon as it has its plan."""
    with open(place.log, "wb") as log:
        process = subprocess.Popen(place.command("sync"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
    try:
        while process.poll() is None and b" event=plan.done " not in open(place.log, "rb").read():
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait()
    at = {}
    for stamp, pairs in place.events("run.state", "plan.done"):
        at[pairs["event"] + pairs.get("step", "")] = datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")), pairs
    if "plan.done" not in at:
        raise Broken(f"no plan: {open(place.log).read()[-400:]}")
    return (at["plan.done"][0] - at["run.stateUSAGE"][0]).total_seconds(), at["plan.done"][1]


def fill(place):
    """Every day of every subscription is on record but one: as it is on any evening of a large partner."""
    db = sqlite3.connect(place.db)
    last = int((datetime.datetime.now(datetime.timezone.utc) - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).days) - 2
    with db:
        db.execute("DELETE FROM slice")
        db.execute("WITH RECURSIVE day(d) AS (SELECT ?1 - ?2 UNION ALL SELECT d + 1 FROM day WHERE d < ?1) "
                   "INSERT INTO slice (subscription_id, reported_day, state, first_run_id, stored_run_id) "
                   "SELECT id, d, 2, 1, 1 FROM subscription, day ORDER BY 1, 2", (last, DAYS))
        count = db.execute("SELECT count(*) FROM slice").fetchone()[0]
    db.close()
    return count


def measure(options, table):
    folder, subscriptions = options.folder / "plan", 5000 if options.quick else 50000
    partner = Partner(options.build, folder / "partner", 1, generate_subscriptions=subscriptions, generate_customers=subscriptions // 50,
                      generate_rows_per_day=0, generate_meters=10)
    try:
        place = Place(options.build, folder / "daemon", partner, usage__backfill_days=DAYS, log__level="debug")
        empty, plan = planning_seconds(place)
        stored = fill(place)
        seconds, later = planning_seconds(place)
        table.at_most(f"planning of {subscriptions} subscriptions", seconds, 1, " s",
                      f"{later['slices']} slices due, {stored} on record; with none on record {empty:.2f} s ({plan['slices']} due)")
    finally:
        partner.stop()
        shutil.rmtree(folder, ignore_errors=True)
