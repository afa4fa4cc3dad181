#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""oracle.py - judges random histories of the books: oracle.py HISTORIES FOLDER SEED COUNT

Computes what the books must say (rules.py) and compares it, to the last digit, with the database's public views.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import defaultdict

from rules import D, Books, Unruled, identity, instant_text, period_end, period_name


class Wrong(Exception):
    pass


def expect(good, text):
    if not good:
        raise Wrong(text)


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


BOOKING = ("purchase_reference", "status", "billing_period", "usage_period", "period_state", "charge_class", "corrects", "usage_start",
           "usage_end")
CHARGE = ("quantity_exact", "amount_nanos", "rating_status", "currency", "unit", "unit_price_exact")
NUMBERS = ("quantity_exact", "unit_price_exact")


def state_of(books, period):
    if period in books.closed:
        return "closed"
    return "settling" if period_end(period, books.start_day) <= books.history["today"] else "open"


def expected_row(books, p):
    ordinary = books.purchases[p.key].get(p.key.period)
    booking = (p.reference, "active" if p.active else "withdrawn", period_name(p.period), period_name(p.key.period),
               state_of(books, p.period), "correction" if p.correction else None,
               ordinary.reference if p.correction and ordinary else None, instant_text(p.key.start), instant_text(p.key.end))
    if not p.active:
        return booking + (D(0), 0)
    one_price = p.price.bands[0][2] if p.price and len(p.price.bands) == 1 else None
    return booking + (p.quantity, p.nanos, p.status, "EUR" if p.price else None, p.unit, one_price)


def row_there(row):
    names = BOOKING + (CHARGE if row["status"] == "active" else CHARGE[:2])
    return tuple(D(row[name]) if name in NUMBERS and row[name] else row[name] for name in names)


def compare_purchases(books, rows, expected):
    there = {row["purchase_reference"]: row for row in rows}
    expect(len(there) == len(rows), "a reference twice")
    for reference in expected.keys() - there.keys():
        raise Wrong(f"lost: {expected_row(books, expected[reference])}")
    for reference in there.keys() - expected.keys():
        raise Wrong(f"not delivered: {row_there(there[reference])}")
    for reference, p in expected.items():
        have, want = row_there(there[reference]), expected_row(books, p)
        differ = [f"{name} is {is_}, must be {must}" for name, is_, must in zip(BOOKING + CHARGE, have, want) if is_ != must]
        expect(not differ, f"{reference}: " + "; ".join(differ))


def compare_bands(db, expected):
    have = defaultdict(list)
    for row in rows_of(db, "SELECT * FROM purchase_bands ORDER BY purchase_reference, band_no"):
        have[row["purchase_reference"]].append(row)
    for reference, rows in have.items():
        expect([row["band_no"] for row in rows] == list(range(1, len(rows) + 1)), f"{reference}: bands are numbered otherwise")
        expect(reference in expected and expected[reference].active, f"bands of {reference}, which is not active")
    for reference, p in expected.items():
        is_ = [(D(row["from_quantity_exact"]), D(row["to_quantity_exact"]) if row["to_quantity_exact"] is not None else None,
                D(row["unit_price_exact"]), D(row["quantity_exact"]), row["amount_nanos"]) for row in have.get(reference, [])]
        expect(is_ == p.bands, f"{reference}: its bands are {is_}, must be {p.bands}")


def total_text(amounts):
    total = sum(amounts)
    return ("-" if total < 0 else "") + "%d.%09d" % divmod(abs(total), 10 ** 9)


def compare_totals(db, history, expected):
    """A month has what is booked in it."""
    for view, key in (("subscription_months", lambda p: history["subscriptions"][p.key.subscription][0]),
                      ("customer_months", lambda p: history["subscriptions"][p.key.subscription][1])):
        want = defaultdict(list)
        for p in expected.values():
            if p.active:
                want[str(key(p)), period_name(p.period)].append(p)
        customers = ("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "cccccccc-aaaa-aaaa-aaaa-aaaaaaaaaaaa")
        have = {}
        for row in rows_of(db, f"SELECT * FROM {view}"):
            name = row["subscription_id"] if view == "subscription_months" else str(customers.index(row["customer_id"]))
            expect((name, row["billing_period"]) not in have, f"{view}: two rows of {name} {row['billing_period']}")
            have[name, row["billing_period"]] = row
        expect(have.keys() == want.keys(), f"{view}: has {have.keys()}, must have {want.keys()}")
        for place, purchases in want.items():
            amounts = [p.nanos for p in purchases if p.nanos is not None]
            must = (total_text(amounts) if amounts else None, "EUR" if any(op["kind"] == "card" for op in history["ops"]) else None, len(purchases),
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
            expect(after["reason"] in ("restated", "withdrawn", "rerated_tier", "rerated_price", "priced", "reopened"), f"{where}: {after}")
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
        books = Books(history, digests_of(rows))
        refused, must = {op["at"] for op in history["ops"] if op.get("refused")}, books.play()
        expect(refused == must, f"refused are the slices of ops {sorted(refused)}, must be {sorted(must)}")
        expected = books.expected()
        compare_purchases(books, rows, expected)
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
        except Unruled:
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
