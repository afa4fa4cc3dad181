# SPDX-License-Identifier: MIT
"""The best Python that we can write: the fastest JSON at hand, no garbage collection, narrow rows with interned dimensions, one transaction,
prices in a dict. peer_best.py DATABASE sequential|threads|processes"""
import gc
import marshal
import multiprocessing
import queue
import sqlite3
import sys
import threading

from peer_http import Client, days, env

try:
    from orjson import dumps, loads
except ImportError:
    try:
        from ujson import dumps, loads
    except ImportError:
        from json import dumps, loads

WORKERS = 2

SCHEMA = """
CREATE TABLE subscription (id INTEGER PRIMARY KEY, guid, name, offer_id, customer_id, customer_name);
CREATE TABLE meter (id INTEGER PRIMARY KEY, guid, name, category, subcategory, region, unit);
CREATE TABLE resource (id INTEGER PRIMARY KEY, uri, location, part_number, order_number, tags, additional_info, info_fields);
CREATE TABLE usage (subscription INTEGER, reported_day INTEGER, row_no INTEGER, meter INTEGER, resource INTEGER, usage_start, quantity REAL,
  amount REAL, PRIMARY KEY (subscription, reported_day, row_no)) WITHOUT ROWID;
"""


class Books:
    def __init__(self, path, prices):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;" + SCHEMA)
        self.db.execute("BEGIN")
        self.prices, self.meters, self.resources = prices, {}, {}

    def narrow(self, place, items):
        """One page as narrow rows; what is new among the dimensions is inserted."""
        subscription, day, n = place
        meters, resources, prices, rows = self.meters, self.resources, self.prices, []
        for item in items:
            r, i, quantity = item["resource"], item["instanceData"], item["quantity"]
            guid = r["id"]
            key = (guid, r["name"], r["category"], r["subcategory"], r["region"], item["unit"])
            meter = meters.get(key)
            if meter is None:
                meter = meters[key] = self.add("meter", len(meters) + 1, key)
            if i is None:
                i = {}
            key = (i.get("resourceUri"), i.get("location"), i.get("partNumber"), i.get("orderNumber"), dumps(i.get("tags")),
                   dumps(i.get("additionalInfo")), dumps(item.get("infoFields")))
            resource = resources.get(key)
            if resource is None:
                resource = resources[key] = self.add("resource", len(resources) + 1, key)
            price = prices.get(guid)
            rows.append((subscription, day, n, meter, resource, item["usageStartTime"], quantity, None if price is None else price * quantity))
            n += 1
        return rows

    def add(self, table, id_, key):
        self.db.execute(f"INSERT INTO {table} VALUES (?, {', '.join('?' * len(key))})", (id_, *key))
        return id_

    def put(self, place, items):
        self.db.executemany("INSERT OR REPLACE INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self.narrow(place, items))

    def close(self):
        self.db.execute("COMMIT")
        self.db.close()


def slices(client, books):
    for n, (customer, subscription) in enumerate(client.subscriptions(), 1):
        books.add("subscription", n, (subscription["id"], subscription["friendlyName"], subscription["offerId"], customer["id"],
                                      customer["companyProfile"]["companyName"]))
        for day in days():
            yield n, day, customer["id"], subscription["id"]


def read(client, n, day, customer, subscription):
    at = 0
    for items in client.pages(customer, subscription, day):
        yield (n, day.toordinal(), at), items
        at += len(items)


def sequential(client, books):
    for one in list(slices(client, books)):
        for place, items in read(client, *one):
            books.put(place, items)


def in_parallel(start, full, done, count, books, unpack):
    left = count
    start()
    while left:
        page = full.get()
        if page is done:
            left -= 1
        else:
            books.put(*unpack(page))


def threads(client, books):
    todo, full = queue.SimpleQueue(), queue.Queue(4)

    def work():
        own = Client(loads, client.headers["Authorization"])
        while (one := todo.get()) is not None:
            for page in read(own, *one):
                full.put(page)
        full.put(None)

    for one in [*slices(client, books), *[None] * WORKERS]:
        todo.put(one)
    in_parallel(lambda: [threading.Thread(target=work).start() for _ in range(WORKERS)], full, None, WORKERS, books, lambda page: page)


def work_apart(share, authorization, pipe):
    gc.disable()
    own = Client(loads, authorization)
    for one in share:
        for page in read(own, *one):
            pipe.send_bytes(marshal.dumps(page))
    pipe.close()


def processes(client, books):
    all_ = list(slices(client, books))
    ends = []
    for i in range(WORKERS):
        ours, theirs = multiprocessing.Pipe(False)
        multiprocessing.Process(target=work_apart, args=(all_[i::WORKERS], client.headers["Authorization"], theirs)).start()
        theirs.close()
        ends.append(ours)
    while ends:
        for end in multiprocessing.connection.wait(ends):
            try:
                books.put(*marshal.loads(end.recv_bytes()))
            except EOFError:
                ends.remove(end)


def main():
    gc.disable()
    client = Client(loads)
    books = Books(sys.argv[1], {m["id"]: m["rates"].get("0") for m in client.meters()})
    {"sequential": sequential, "threads": threads, "processes": processes}[sys.argv[2]](client, books)
    books.close()


if __name__ == "__main__":
    import multiprocessing.connection

    main()
