# SPDX-License-Identifier: MIT
"""One million records: the daemon's run beside its single stages and its peers, round after round."""
import shutil
import sqlite3

from measure import Broken, Cost, Series, run
from partner import Partner
from place import Place

BEST_MODES = ("sequential", "threads", "processes")
JQ_SLICES = 50  # one tenth: jq is the slowest by far, and no goal


class Bench:
    """What one round needs, and the series of costs by name."""

    def __init__(self, options, table):
        self.o, self.table, self.folder = options, table, options.folder / "run"
        self.series, self.best_mode, self.curl_mode = {}, None, None
        self.partner, self.packed = (Partner(options.build, self.folder / f"partner-{gzip}", 5, quirks_gzip=gzip,
                                             generate_subscriptions=options.subscriptions, generate_customers=options.customers)
                                     for gzip in ("never", "auto"))
        self.list, self.card = self.partner.write_list(), self.partner.write_card()
        self.env = self.partner.environment()
        # the pages are made
        self.stage("download")
        run([options.build / "bench/stages", "download", self.packed.base_url, self.packed.ca_file, self.packed.write_list()],
            env=self.packed.environment(BENCH_GZIP="1"))
        self.served = []

    def close(self):
        self.partner.stop()
        self.packed.stop()

    def add(self, name, cost):
        self.series.setdefault(name, Series()).add(cost)
        print(f"    {name}: {cost.wall:.2f} s, CPU {cost.cpu:.2f} s", flush=True)
        return cost

    # -- what is measured -------------------------------------------------------------------------------------------------

    def daemon(self):
        place = Place(self.o.build, self.folder / "daemon", self.partner)
        served = self.partner.cpu()
        self.add("first", place.sync())
        self.served.append(self.partner.cpu() - served)
        self.check_summary(place, rows_added=str(self.o.records), status="ok")
        self.wal_first = place.wal_bytes()
        self.add("second", place.sync())
        self.check_summary(place, rows_added="0", rows_changed="0", status="ok")
        self.wal_second = place.wal_bytes()
        return place

    @staticmethod
    def check_summary(place, **want):
        for key, value in want.items():
            if place.summary[key] != value:
                raise Broken(f"a run's summary: {key}={place.summary[key]}, not {value}: {place.summary}")

    def daemon_gzip(self):
        place = Place(self.o.build, self.folder / "gzip", self.packed)
        self.add("gzip", place.sync())
        place.remove()

    def stage(self, what):
        database = self.folder / "stage.db"
        for file in self.folder.glob("stage.db*"):
            file.unlink()
        argv = [self.o.build / "bench/stages", what, self.partner.base_url, self.partner.ca_file, self.list]
        cost = run(argv + ([self.card, database] if what == "store" else []), env=self.env)
        said = dict(word.split("=") for word in cost.output.split()[1:] if "=" in word)
        if int(said["records"]) not in (0, self.o.records):
            raise Broken(f"stage {what}: {said['records']} records")
        return Cost(float(said["seconds"]), float(said["cpu"]), cost.peak_kib, cost.output)

    def database(self, name):
        for file in self.folder.glob(name + ".db*"):
            file.unlink()
        return self.folder / (name + ".db")

    def python(self, name, *words):
        database = self.database(name)
        cost = run([self.o.best_python if name == "best" else self.o.python, f"tests/bench/peer_{name}.py", database, *words], env=self.env)
        return database, cost

    def best(self):
        if self.best_mode:
            return self.python("best", self.best_mode)[1]
        tried = {mode: self.python("best", mode)[1] for mode in BEST_MODES}
        self.best_mode = min(tried, key=lambda mode: tried[mode].wall)
        self.table.detail("best Python: " + ", ".join(f"{mode} {cost.wall:.2f} s (CPU {cost.cpu:.2f})" for mode, cost in tried.items()))
        return self.python("best", self.best_mode)[1]

    def curl(self):
        config = self.folder / "curl.config"
        run([self.o.build / "bench/stages", "list", self.partner.base_url, self.partner.ca_file, self.list], env=self.env, output=config)
        modes = [self.curl_mode] if self.curl_mode else [[], ["--parallel", "--parallel-max", "8"]]
        tried = [(run(["curl", "-sS", "--fail", *mode, "--config", config]), mode) for mode in modes]
        cost, self.curl_mode = min(tried, key=lambda pair: pair[0].wall)
        return cost

    def jq(self):
        part = self.folder / "list.jq"
        part.write_text("".join(open(self.list).readlines()[:JQ_SLICES]))
        database = self.database("jq")
        cost = run(["sh", "tests/bench/peer_jq.sh", database, part], env=self.env)
        return database, cost

    def write_csv(self, place):
        """The rows on disk as .import wants them, and the table that a user would make for them."""
        self.csv = self.folder / "purchases.csv"
        run(["sqlite3", "-readonly", "-csv", place.db, "SELECT * FROM purchases ORDER BY seq"], output=self.csv)
        columns = [f"{name} {type_}".strip() + (" PRIMARY KEY" if name == "purchase_reference" else "")
                   for _, name, type_, *_ in place.query("PRAGMA table_info(purchases)")]
        self.wide = f"CREATE TABLE purchases ({', '.join(columns)})"

    def import_csv(self):
        database = self.database("wide")
        cost = run(["sqlite3", database, "-cmd", self.wide, f".import --csv {self.csv} purchases"])
        self.expect_rows(database, "purchases", self.o.records)
        self.wide_bytes = database.stat().st_size
        return cost

    # -- what must be so --------------------------------------------------------------------------------------------------

    @staticmethod
    def expect_rows(database, table, want):
        db = sqlite3.connect(database)
        got = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        db.close()
        if got != want:
            raise Broken(f"{database.name} has {got} rows, not {want}")

    def compare_sums(self, place, database, sql):
        """By meter, where every row of ours has one price: tiers are beyond the peers."""
        ours = dict(place.query("SELECT meter_id, sum(amount_nanos) / 1e9 FROM purchases GROUP BY 1 "
                                "HAVING sum(rating_status = 'rated' AND unit_price IS NOT NULL) = count(*)")) if not self.sums else self.sums
        self.sums = ours
        db = sqlite3.connect(database)
        theirs = dict(db.execute(sql))
        db.close()
        for meter, amount in ours.items():
            if meter not in theirs or abs(theirs[meter] - amount) > 1e-6 * abs(amount) + 1e-6:
                raise Broken(f"{database.name}: meter {meter}: {theirs.get(meter)}, ours {amount}")
        self.table.detail(f"{database.name}: the same rows; the same sums of {len(ours)} meters with one price")

    sums = None

    def check_peers(self, place):
        user, best = self.folder / "user.db", self.folder / "best.db"
        self.expect_rows(user, "purchases", self.o.records)
        self.expect_rows(best, "usage", self.o.records)
        self.compare_sums(place, user, "SELECT meter_id, sum(amount) FROM purchases GROUP BY 1")
        self.compare_sums(place, best, "SELECT m.guid, sum(u.amount) FROM usage u JOIN meter m ON m.id = u.meter GROUP BY 1")

    # -- the rounds -------------------------------------------------------------------------------------------------------

    def round(self, n):
        place = self.daemon()
        self.bytes, self.rows = place.db.stat().st_size, place.rows()
        self.add("best", self.best())
        if n == 0:
            self.write_csv(place)
        self.add("import", self.import_csv())
        for what in ("download", "decode", "store"):
            self.add(what, self.stage(what))
        self.add("curl", self.curl())
        if n < self.o.slow_rounds:
            self.daemon_gzip()
            self.add("user", self.python("user")[1])
        if n == 0:
            self.check_peers(place)
            database, cost = self.jq()
            self.jq_cost = cost
            self.expect_rows(database, "purchases", min(JQ_SLICES * 2000, self.o.records))
        place.remove()

    def report(self):
        t, s = self.table, self.series
        first = s["first"]
        def cpu(one, other):
            return f"(CPU {one.ratio_to(other, 'cpu'):.2f})"

        t.at_least("a run, against the script that a user would write", s["user"].ratio_to(first), 8, " x",
                   f"Python's standard library, one wide table: {s['user'].wall:.1f} s; the run {first.wall:.2f} s {cpu(s['user'], first)}")
        t.at_least("a run, against the best Python", s["best"].ratio_to(first), 3.5, " x", f"{self.best_mode}: {s['best'].wall:.1f} s {cpu(s['best'], first)}")
        t.at_most("a run, against sqlite3 .import of the rows from a ready CSV", first.ratio_to(s["import"]), 0.5, "",
                  f"{s['import'].wall:.1f} s {cpu(first, s['import'])}")
        stages = {what: s[what].wall for what in ("download", "decode", "store")}
        slowest = max(stages, key=stages.get)
        t.at_most("a run, against its slowest stage alone", first.ratio_to(s[slowest]), 1.4, "",
                  ", ".join(f"{what} {wall:.2f} s" for what, wall in stages.items()))
        t.at_most("the second run, nothing changed, against the first", s["second"].ratio_to(first), 0.3, "",
                  f"{s['second'].wall:.2f} s {cpu(s['second'], first)}")
        t.true("the WAL after the second run", "0 bytes", f"{self.wal_second} bytes", self.wal_second == 0,
               f"after the first: {self.wal_first}")
        t.at_most("peak memory of a run", max(first.peak_mib, s["second"].peak_mib), 48, " MiB", digits=1)
        t.at_most("the database, a purchase", self.bytes / self.rows, 120, " bytes", digits=1)
        t.at_most("the database, against the wide table", self.bytes / self.wide_bytes, 0.2, "", f"{self.wide_bytes / self.rows:.0f} bytes a row")
        for name, one in s.items():
            t.detail(f"{name}: {one.wall:.2f} s, CPU {one.cpu:.2f} s, {one.peak_mib:.0f} MiB, {len(one.costs)} runs "
                     f"({', '.join(f'{c.wall:.2f}' for c in one.costs)})")
        t.detail(f"CPU of a run, against curl alone: {first.ratio_to(s['curl'], 'cpu'):.1f}")
        t.detail(f"the emulator's own CPU during a run: {sorted(self.served)[len(self.served) // 2]:.2f} s")
        share = min(JQ_SLICES * 2000, self.o.records) / self.o.records
        t.detail(f"curl | jq | .import: {self.jq_cost.wall / share:.1f} s, CPU {self.jq_cost.cpu / share:.1f} s"
                 + (f" (scaled from {share:.0%} of the rows)" if share < 1 else ""))


def measure(options, table):
    bench = Bench(options, table)
    try:
        for n in range(options.rounds):
            print(f"  round {n + 1} of {options.rounds}", flush=True)
            bench.round(n)
        bench.report()
    finally:
        bench.close()
        shutil.rmtree(bench.folder, ignore_errors=True)
