#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""oracle.py - judges random histories of the books: oracle.py HISTORIES FOLDER SEED COUNT

Computes what the books must say from what was delivered last (the slices and the sequence of rate cards), straight from the rules, with
the decimal module and without any code of the product; then compares it, to the last digit, with the database's public views.

The rules: purchases are numbered among rows that differ in quantity and unit only, by quantity, then unit. The price of a usage day is
the entry with the newest effective date not after that day, of all ever seen; of several of one date, the one seen last. Bands are
graduated, [from, to), the included quantity is free and first; a tier fills per subscription, meter and period in the order of usage
start, reported day and reference. Amounts are rounded half away from zero to 1e-9, once per band. No price is no amount.
"""
import datetime
import decimal
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import defaultdict

D = decimal.Decimal
decimal.getcontext().prec = 400
NANO = D("1e-9")
EPOCH = datetime.date(1970, 1, 1)


class Wrong(Exception):
    pass


def expect(good, text):
    if not good:
        raise Wrong(text)


# -- the rules --------------------------------------------------------------------------------------------------------------------


def day_of(instant):
    return instant // 86400


def period_name(day, start_day):
    date = EPOCH + datetime.timedelta(days=day)
    year, month = date.year, date.month
    if date.day < start_day:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return f"{year:04d}-{month:02d}"


def instant_text(instant):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=instant)).strftime("%Y-%m-%dT%H:%M:%SZ")


def nanos(amount):
    return int((amount / NANO).quantize(D(1), rounding=decimal.ROUND_HALF_UP))


class Price:
    def __init__(self, entry):
        moment = datetime.datetime.strptime(entry["effective"], "%Y-%m-%dT%H:%M:%S")
        self.effective = (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1)
        self.unit = entry["unit"]
        self.seen = 0
        included = D(entry["included"])
        tiers = [(D(start), D(price)) for start, price in entry["tiers"]]
        self.usable = bool(tiers) and tiers[0][0] == 0
        self.bands = [(D(0), included, D(0))] if included > 0 else []
        for n, (start, price) in enumerate(tiers):
            end = tiers[n + 1][0] + included if n + 1 < len(tiers) else None
            self.bands.append((start + included, end, price))


def prices_seen(cards):
    """Every version of each meter's price, with the number of the last card that had it."""
    versions = defaultdict(dict)
    for number, card in enumerate(cards, 1):
        for entry in card:
            key = json.dumps({**entry, "included": str(D(entry["included"]))})
            versions[entry["meter"]].setdefault(key, Price(entry)).seen = number
    return versions


def choose(versions, meter, start, unit):
    known = versions.get(meter, {}).values()
    if not known:
        return "unpriced", None
    next_day = (day_of(start) + 1) * 86400
    valid = [p for p in known if p.effective < next_day]
    if not valid:
        return "future_price", None
    price = max(valid, key=lambda p: (p.effective, p.seen))
    if not price.usable:
        return "unpriced", None
    return ("rated", price) if price.unit == unit else ("unit_mismatch", None)


def split(price, position, quantity):
    """The bands of a quantity taken (or, negative, given back) at a position of the period: (from, to, price, quantity, nanos)."""
    low, high = min(position, position + quantity), max(position, position + quantity)
    sign = -1 if quantity < 0 else 1
    bands = []
    for start, end, unit_price in price.bands:
        first = start == 0
        part_low = low if first else max(low, start)
        part_high = high if end is None else min(high, end)
        holds_point = low == high and (first or low >= start) and (end is None or low < end)
        if part_low < part_high or holds_point:
            part = sign * (part_high - part_low)
            bands.append((start, end, unit_price, part, nanos(part * unit_price)))
    return bands


# -- the purchases that must be there ---------------------------------------------------------------------------------------------


class Purchase:
    pass


def identity(uri, location, tags):
    return json.dumps([uri or "", location or "", tags], sort_keys=True)


def expected_purchases(history, digests):
    """By reference. DIGESTS: what the database calls a resource."""
    found = {}
    versions = prices_seen(history["cards"])
    for piece in history["slices"]:
        alike = defaultdict(list)
        for start, end, meter, resource, unit, quantity in piece["rows"]:
            name = identity(*history["resources"][resource])
            alike[start, end, meter, name].append((D(quantity), unit))
        for (start, end, meter, name), rows in alike.items():
            expect(name in digests, f"no purchase of resource {name}")
            for ordinal, (quantity, unit) in enumerate(sorted(rows), 1):
                p = Purchase()
                p.subscription, p.day, p.start, p.end, p.meter = piece["subscription"], piece["day"], start, end, meter
                p.quantity, p.unit, p.ordinal = quantity, unit, ordinal
                p.period = period_name(day_of(start), history["period_start_day"])
                p.reference = ":".join((history["subscriptions"][p.subscription][0],
                                        (EPOCH + datetime.timedelta(days=p.day)).strftime("%Y%m%d"),
                                        instant_text(start).replace("-", "").replace(":", "") + "+" + str(end - start),
                                        history["meters"][meter], digests[name], str(ordinal)))
                p.status, p.price = choose(versions, meter, start, unit)
                p.bands, p.nanos = [], None
                found[p.reference] = p
    rate_all(found.values())
    return found


def rate_all(purchases):
    groups = defaultdict(list)
    for p in purchases:
        if p.price:
            groups[p.subscription, p.period, p.meter].append(p)
    for group in groups.values():
        position = D(0)
        for p in sorted(group, key=lambda p: (p.start, p.day, p.reference)):
            p.bands = split(p.price, position, p.quantity)
            p.nanos = sum(band[4] for band in p.bands)
            position += p.quantity


# -- what the database says -------------------------------------------------------------------------------------------------------


def rows_of(db, sql):
    cursor = db.execute(sql)
    names = [c[0] for c in cursor.description]
    return [dict(zip(names, row)) for row in cursor]


def digests_of(rows):
    """Resource to the part of its references that stands for it: each has one, no two share one."""
    digests, back = {}, {}
    for row in rows:
        name = identity(row["resource_uri"], row["location"], json.loads(row["tags"]) if row["tags"] else None)
        digest = row["purchase_reference"].split(":")[4]
        expect(digests.setdefault(name, digest) == digest, f"two digests of {name}")
        expect(back.setdefault(digest, name) == name, f"one digest of two resources: {name}")
    return digests


def compare_purchases(history, rows, expected):
    active = {row["purchase_reference"]: row for row in rows if row["status"] == "active"}
    expect(len({row["purchase_reference"] for row in rows}) == len(rows), "a reference twice")
    for reference in expected.keys() - active.keys():
        raise Wrong(f"lost: {reference}")
    for reference in active.keys() - expected.keys():
        raise Wrong(f"not delivered: {reference}")
    for row in rows:
        if row["status"] != "active":
            expect((row["status"], row["quantity_exact"], row["amount_nanos"]) == ("withdrawn", "0", 0), f"withdrawn: {row}")
    for reference, p in expected.items():
        row = active[reference]
        one_price = p.price.bands[0][2] if p.price and len(p.price.bands) == 1 else None
        have = (D(row["quantity_exact"]), row["rating_status"], row["amount_nanos"], row["currency"], row["unit"], row["billing_period"],
                row["usage_start"], row["usage_end"], D(row["unit_price_exact"]) if row["unit_price_exact"] else None)
        want = (p.quantity, p.status, p.nanos, "EUR" if p.price else None, p.unit, p.period,
                instant_text(p.start), instant_text(p.end), one_price)
        expect(have == want, f"{reference}: is {have}, must be {want}")


def compare_bands(db, expected):
    have = defaultdict(list)
    for row in rows_of(db, "SELECT * FROM purchase_bands ORDER BY purchase_reference, band_no"):
        have[row["purchase_reference"]].append(row)
    for reference, rows in have.items():
        expect([row["band_no"] for row in rows] == list(range(1, len(rows) + 1)), f"{reference}: bands are numbered otherwise")
        expect(reference in expected, f"bands of {reference}, which is not active")
    for reference, p in expected.items():
        is_ = [(D(row["from_quantity_exact"]), D(row["to_quantity_exact"]) if row["to_quantity_exact"] is not None else None,
                D(row["unit_price_exact"]), D(row["quantity_exact"]), row["amount_nanos"]) for row in have.get(reference, [])]
        expect(is_ == p.bands, f"{reference}: its bands are {is_}, must be {p.bands}")


def total_text(amounts):
    total = sum(amounts)
    return ("-" if total < 0 else "") + "%d.%09d" % divmod(abs(total), 10 ** 9)


def compare_totals(db, history, expected):
    for view, key in (("subscription_months", lambda p: history["subscriptions"][p.subscription][0]),
                      ("customer_months", lambda p: history["subscriptions"][p.subscription][1])):
        want = defaultdict(list)
        for p in expected.values():
            want[str(key(p)), p.period].append(p)
        customers = ("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "cccccccc-aaaa-aaaa-aaaa-aaaaaaaaaaaa")
        have = {}
        for row in rows_of(db, f"SELECT * FROM {view}"):
            name = row["subscription_id"] if view == "subscription_months" else str(customers.index(row["customer_id"]))
            expect((name, row["billing_period"]) not in have, f"{view}: two rows of {name} {row['billing_period']}")
            have[name, row["billing_period"]] = row
        expect(have.keys() == want.keys(), f"{view}: has {have.keys()}, must have {want.keys()}")
        for place, purchases in want.items():
            amounts = [p.nanos for p in purchases if p.nanos is not None]
            must = (total_text(amounts) if amounts else None, "EUR" if history["cards"] else None, len(purchases),
                    sum(p.status != "rated" for p in purchases))
            row = have[place]
            is_ = (row["amount_exact"], row["currency"], row["purchases"], row["unpriced"])
            expect(is_ == must, f"{view} {place}: is {is_}, must be {must}")


def check_changes(db, rows):
    """Each purchase's revisions follow one another; numbers of changes are given once, and grow."""
    chains = defaultdict(list)
    seen = set()
    for change in rows_of(db, "SELECT * FROM purchase_changes ORDER BY purchase_reference, revision"):
        chains[change["purchase_reference"]].append(change)
        expect(change["seq"] not in seen, f"seq {change['seq']} twice")
        seen.add(change["seq"])
    expect(chains.keys() == {row["purchase_reference"] for row in rows}, "a purchase without a history")
    for row in rows:
        chain = chains[row["purchase_reference"]]
        where = row["purchase_reference"]
        expect([c["revision"] for c in chain] == list(range(1, row["revision"] + 1)), f"{where}: revisions {chain}")
        expect(chain[0]["change"] == "added" and chain[0]["old_quantity_exact"] is None and chain[0]["old_amount_nanos"] is None,
               f"{where}: begins with {chain[0]}")
        for before, after in zip(chain, chain[1:]):
            expect(before["seq"] < after["seq"] and before["run_id"] <= after["run_id"], f"{where}: {before} before {after}")
            expect((before["new_quantity_exact"], before["new_amount_nanos"]) == (after["old_quantity_exact"], after["old_amount_nanos"]),
                   f"{where}: a gap between {before} and {after}")
            expect(after["reason"] in ("restated", "withdrawn", "rerated_tier", "rerated_price", "priced"), f"{where}: {after}")
            if after["reason"] == "priced":
                expect(after["old_amount_nanos"] is None and after["new_amount_nanos"] is not None, f"{where}: priced {after}")
        last = chain[-1]
        expect((last["seq"], last["new_quantity_exact"], last["new_amount_nanos"], last["run_id"]) ==
               (row["seq"], row["quantity_exact"], row["amount_nanos"], row["last_run_id"]), f"{where}: ends with {last}")


def check_mirror(polls, rows):
    """Whoever read seq > ? from time to time has what is there now."""
    if not polls:
        return
    mirror = {}
    for poll in polls:
        for seq, reference, revision, status, quantity, amount in poll["poll"]:
            old = mirror.get(reference)
            expect(int(seq) > poll["after"] and (not old or int(old[0]) < int(seq)), f"seq of {reference} went back")
            mirror[reference] = (seq, revision, status, quantity, amount)
    now = {row["purchase_reference"]: (str(row["seq"]), str(row["revision"]), row["status"], row["quantity_exact"],
                                       None if row["amount_nanos"] is None else str(row["amount_nanos"])) for row in rows}
    for reference in now.keys() | mirror.keys():
        expect(now.get(reference) == mirror.get(reference),
               f"an importer has {mirror.get(reference)} of {reference}, the books {now.get(reference)}")


def judge(history, polls):
    db = sqlite3.connect(history["database"])
    try:
        rows = rows_of(db, "SELECT * FROM purchases")
        expected = expected_purchases(history, digests_of(rows))
        compare_purchases(history, rows, expected)
        compare_bands(db, expected)
        compare_totals(db, history, expected)
        check_changes(db, rows)
        check_mirror(polls, rows)
    finally:
        db.close()
    return len(rows)


def invariants_hold(history, script):
    done = subprocess.run(["sqlite3", "-batch", history["database"]], stdin=open(script), capture_output=True, text=True)
    if done.returncode or done.stdout or done.stderr:
        raise Wrong("invariants: " + (done.stdout + done.stderr).strip()[:2000])


def main():
    program, folder, seed, count = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4]
    script = sys.argv[5] if len(sys.argv) > 5 else None
    histories = subprocess.Popen([program, folder, seed, count], stdout=subprocess.PIPE, text=True)
    passed, failed, purchases = 0, 0, 0
    polls, problems = [], []
    for line in histories.stdout:
        event = json.loads(line)
        if "problem" in event:
            problems.append(event["problem"])
            continue
        if "poll" in event:
            polls.append(event)
            continue
        try:
            if problems:
                raise Wrong("; ".join(problems))
            purchases += judge(event, polls)
            if script and event["seed"] % 20 == 0:
                invariants_hold(event, script)
            passed += 1
        except Wrong as wrong:
            failed += 1
            print(f"seed {event['seed']} (killing {event['killing']}): {wrong}", file=sys.stderr)
        polls, problems = [], []
        shutil.rmtree(os.path.dirname(event["database"]), ignore_errors=not os.environ.get("KEEP"))
    if histories.wait() != 0 or passed + failed != int(count):
        failed += max(1, int(count) - passed - failed)
        print("; ".join(problems) or f"seed {int(seed) + passed + failed}: ended before its end", file=sys.stderr)
    print(passed, failed, purchases)


if __name__ == "__main__":
    main()
