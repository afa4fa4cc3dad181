# SPDX-License-Identifier: MIT
"""Ten times the records: growth, the published copy, the README's queries. Pages are gzipped here, so that they find room in memory."""
import re
import shutil
import sqlite3

from measure import Broken, Series, run
from partner import Partner
from place import Place

BYTES_A_RECORD = 1000  # on disk: the database, its WAL, two copies, what a query sorts
QUERY_PATIENCE_S = 120
KILLED = -9
IMPORT = "purchases WHERE seq > 0"  # the README's eleventh: the import's


def readme_queries():
    """(title, sql) of each of README.md's blocks of sql, in its order."""
    title, block, found = "", None, []
    for line in open("README.md"):
        if line.startswith("```sql"):
            block = []
        elif line.startswith("```") and block is not None:
            found.append((title, "".join(block)))
            block = None
        elif block is not None:
            block.append(line)
        elif heading := re.match(r"\*\*(\d+\. .*?)\*\*", line):
            title = heading.group(1)
    return found


def for_this_partner(sql, customer, period):
    """The README names a customer of the demo, and the present month."""
    return sql.replace("strftime('%Y-%m', 'now', '-3 days')", f"'{period}'").replace("'Northwind 7'", "'" + customer.replace("'", "''") + "'")


def names_one(sql):
    return bool(re.search(r"customer_name = |subscription_id = |\bseq = |LIMIT 10000|run_id = ", sql))


def queries(place, table, rounds):
    # the customer with the most purchases, in the month with the most
    customer, period = place.query("SELECT customer_name, billing_period FROM customer_months ORDER BY purchases DESC LIMIT 1")[0]
    worst = {"one": (0, ""), "all": (0, "")}
    for title, sql in readme_queries():
        sql = for_this_partner(sql, customer, period)
        costs = Series()
        for _ in range(rounds):
            cost = costs.add(run(["sqlite3", "-readonly", "-bail", place.db, sql], good=(0, KILLED), timeout=QUERY_PATIENCE_S))
            if cost.wall > 5:
                break
        kind = "one" if names_one(sql) else "all"
        title = "importing" if IMPORT in sql else title
        worst[kind] = max(worst[kind], (costs.wall, title))
        answer = f"{len(cost.output.splitlines())} rows" if cost.wall < QUERY_PATIENCE_S else "given up"
        table.detail(f"query {title}: {costs.wall:.3f} s, CPU {costs.cpu:.3f} s, {answer} ({'everything' if kind == 'all' else 'one'})")
    table.at_most("the README's queries of a customer, subscription or purchase: the slowest", worst["one"][0], 0.1, " s", worst["one"][1], 3)
    table.at_most("the README's queries of everything: the slowest", worst["all"][0], 0.5, " s", worst["all"][1], 3)


def published(options, place, table):
    ours, shells = Series(), Series()
    for _ in range(1 if options.quick else 2):
        for path in (place.folder / "copy.db", place.folder / "vacuum.db"):
            path.unlink(missing_ok=True)
        ours.add(run([options.build / "bench/stages", "publish", place.db, place.folder / "copy.db"]))
        shells.add(run(["sqlite3", "-readonly", place.db, f"VACUUM INTO '{place.folder}/vacuum.db'"]))
    counts = [sqlite3.connect(place.folder / name).execute("SELECT count(*) FROM slices").fetchone()[0] for name in ("copy.db", "vacuum.db")]
    if counts[0] != counts[1]:
        raise Broken(f"the published copy has {counts[0]} slices, the shell's {counts[1]}")
    table.at_most("the published copy, against VACUUM INTO by the shell", ours.ratio_to(shells), 1.2, "", f"{ours.wall:.1f} s, {shells.wall:.1f} s")


def one_size(options, folder, subscriptions, customers, runs):
    """Reads so many subscriptions by gzip; the last place stays."""
    partner = Partner(options.build, folder / "partner", 5, generate_subscriptions=subscriptions, generate_customers=customers, quirks_gzip="auto")
    try:
        run([options.build / "bench/stages", "download", partner.base_url, partner.ca_file, partner.write_list()],
            env=partner.environment(BENCH_GZIP="1"))
        costs = Series()
        for _ in range(runs):
            place = Place(options.build, folder / "daemon", partner, log__level="debug")
            cost = costs.add(place.sync())
            if int(place.summary["rows_added"]) != subscriptions * 10000:
                raise Broken(f"{subscriptions * 10000} records: {place.summary}")
            print(f"    {subscriptions * 10000} records: {cost.wall:.1f} s, CPU {cost.cpu:.1f} s", flush=True)
        gap = place.loop_ms()
        place.configure(database__publish=place.published)
        second = place.sync()
        return place, costs, second, gap
    finally:
        partner.stop()


def measure(options, table):
    folder, needed = options.folder / "large", options.records * 10 * BYTES_A_RECORD
    if shutil.disk_usage(options.folder).free < needed:
        table.missing("10 times the records", "-", f"the disk has less than {needed / 1e9:.0f} GB free")
        return
    try:
        place, small, *_ = one_size(options, folder / "1", options.subscriptions, options.customers, 3)
        place.remove()
        place, large, second, gap = one_size(options, folder / "10", options.subscriptions * 10, options.customers * 10, 1)
        table.at_most("10 times the records: time", large.wall / small.wall, 10.5, " x",
                      f"{small.wall:.2f} s, {large.wall:.1f} s; CPU {large.cpu / small.cpu:.2f} x")
        table.at_most("10 times the records: memory", large.peak_mib / small.peak_mib, 1.05, " x",
                      f"{small.peak_mib:.1f} MiB, {large.peak_mib:.1f} MiB")
        table.at_most("the loop was held up, at full load", gap, 50, " ms")
        table.at_most("the loop was held up, while the copy is published", place.loop_ms(), 50, " ms")
        rows = options.records * 10
        table.detail(f"{rows} records: {place.db.stat().st_size / rows:.1f} bytes a purchase; second run, with the published copy, {second.wall:.2f} s, "
                     f"CPU {second.cpu:.2f} s")
        queries(place, table, 3)
        published(options, place, table)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
