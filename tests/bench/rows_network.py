# SPDX-License-Identifier: MIT
"""A service that is slow, and one that throttles."""
import shutil

from measure import Broken
from partner import Partner
from place import Place

LATENCY_MS, IN_FLIGHT = 200, 32


def slow(options, table):
    subscriptions = 200 if options.quick else 2000
    folder = options.folder / "slow"
    partner = Partner(options.build, folder / "partner", 1, ["[fault.slow]", "times = 0", "action = delay", f"delay_ms = {LATENCY_MS}"],
                      generate_subscriptions=subscriptions, generate_customers=20, generate_rows_per_day=15, generate_meters=1000,
                      page_usage_size=5)
    try:
        place = Place(options.build, folder / "daemon", partner, partner_center__max_in_flight=IN_FLIGHT)
        partner.reset_counters()
        cost = place.sync()
        requests = partner.counters()["requests"]["total"]
        if place.summary["status"] != "ok" or int(place.summary["rows_added"]) != subscriptions * 15:
            raise Broken(f"slow service: {place.summary}")
        ideal = requests * LATENCY_MS / 1000 / IN_FLIGHT
        table.at_most(f"{subscriptions} subscriptions x 3 pages, {LATENCY_MS} ms a response: against requests x latency / {IN_FLIGHT}",
                      cost.wall / ideal, 1.1, "", f"{requests} requests, {cost.wall:.1f} s, CPU {cost.cpu:.2f} s, {cost.peak_kib / 1024:.0f} MiB")
    finally:
        partner.stop()
        shutil.rmtree(folder, ignore_errors=True)


def busy(options, table):
    folder = options.folder / "busy"
    subscriptions = 20 if options.quick else 100
    partner = Partner(options.build, folder / "partner", 2, generate_subscriptions=subscriptions, generate_customers=5,
                      generate_rows_per_day=30, generate_meters=1000)
    try:
        place = Place(options.build, folder / "undisturbed", partner)
        partner.reset_counters()
        place.sync()
        undisturbed = partner.counters()["requests"]["total"]
        partner.merge("[fault.busy]\ntimes = 0\npercent = 30\naction = status:429\nretry_after = 1\n")
        partner.reset_counters()
        place = Place(options.build, folder / "throttled", partner)
        cost = place.sync(good=(0, 1, 3))
        counters = partner.counters()
        requests = counters["requests"]["total"]
        note = f"{place.summary['status']}, {place.rows()} rows of {subscriptions * 60} in {cost.wall:.0f} s"
        table.at_most("30 % of answers 429: requests, against those of an undisturbed run", requests / undisturbed, 1.5, "", note)
        whole = place.summary["status"] == "ok" and place.rows() == subscriptions * 60
        table.true("30 % of answers 429: finishes, and asks never earlier than told", "0 early", f"{counters['early_retries']} early",
                   whole and counters["early_retries"] == 0, "" if whole else note)
    finally:
        partner.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(options, table):
    slow(options, table)
    busy(options, table)
