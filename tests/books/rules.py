# SPDX-License-Identifier: MIT
"""rules.py - what the books must say: a history of slices, rate cards, closings and reopenings played straight by the rules, with the
decimal module and without any code of the product.

Purchases are numbered among rows that differ in quantity and unit only, by quantity, then unit. The price of a usage day is the entry
with the newest effective date not after that day, of all ever seen; of several of one date, the one seen last. Bands are graduated,
[from, to), the included quantity is free and first; a tier fills per subscription, meter and period in the order of usage start,
reported day and reference. Amounts are rounded half away from zero to 1e-9, once per band. No price is no amount.

What is booked in a closed period stays as it is. News of its usage is a correction, booked in the period of the day on which the run
began; the rules of that stand at `correct`, `price_corrections` and `reopen`.
"""
import datetime
import decimal
import json
from collections import defaultdict

D = decimal.Decimal
decimal.getcontext().prec = 400
NANO = D("1e-9")
EPOCH = datetime.date(1970, 1, 1)
EVERY_CARD = 10 ** 9


class Unruled(Exception):
    """What the rules say nothing of."""


def day_of(instant):
    return instant // 86400


def date_of(day):
    return EPOCH + datetime.timedelta(days=day)


def period_of(day, start_day):
    """The billing period of a day, as year * 100 + month of its first day."""
    date = date_of(day)
    year, month = date.year, date.month
    if date.day < start_day:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return year * 100 + month


def period_end(period, start_day):
    """The first day after it."""
    year, month = divmod(period, 100)
    year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return (datetime.date(year, month, start_day) - EPOCH).days


def period_name(period):
    return "%04d-%02d" % divmod(period, 100)


def instant_text(instant):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=instant)).strftime("%Y-%m-%dT%H:%M:%SZ")


def nanos(amount):
    return int((amount / NANO).quantize(D(1), rounding=decimal.ROUND_HALF_UP))


# -- prices -----------------------------------------------------------------------------------------------------------------------


class Price:
    def __init__(self, entry):
        moment = datetime.datetime.strptime(entry["effective"], "%Y-%m-%dT%H:%M:%S")
        self.effective = (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1)
        self.unit = entry["unit"]
        self.cards = []  # numbers of the cards that had it
        included = D(entry["included"])
        tiers = [(D(start), D(price)) for start, price in entry["tiers"]]
        self.usable = bool(tiers) and tiers[0][0] == 0
        self.bands = [(D(0), included, D(0))] if included > 0 else []
        for n, (start, price) in enumerate(tiers):
            end = tiers[n + 1][0] + included if n + 1 < len(tiers) else None
            self.bands.append((start + included, end, price))


class Prices:
    """Every version of each meter's price, with the numbers of the cards that had it."""

    def __init__(self):
        self.count = 0
        self.versions = defaultdict(dict)

    def add_card(self, card):
        self.count += 1
        for entry in card:
            tiers = [[str(D(number).normalize()) for number in tier] for tier in entry["tiers"]]
            key = json.dumps({**entry, "included": str(D(entry["included"]).normalize()), "tiers": tiers})
            self.versions[entry["meter"]].setdefault(key, Price(entry)).cards.append(self.count)

    def choose(self, meter, start, unit, up_to=EVERY_CARD):
        """By the versions that cards up to number UP_TO had."""
        seen = {}
        for price in self.versions.get(meter, {}).values():
            cards = [number for number in price.cards if number <= up_to]
            if cards:
                seen[price] = max(cards)
        if not seen:
            return "unpriced", None
        next_day = (day_of(start) + 1) * 86400
        valid = [price for price in seen if price.effective < next_day]
        if not valid:
            return "future_price", None
        price = max(valid, key=lambda p: (p.effective, seen[p]))
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


# -- purchases --------------------------------------------------------------------------------------------------------------------


def identity(uri, location, tags):
    return json.dumps([uri or "", location or "", tags], sort_keys=True)


class Key:
    """Of a purchase: what its reference is made from."""

    def __init__(self, history, digests, subscription, day, start, end, meter, resource, ordinal):
        self.subscription, self.day, self.start, self.end, self.meter = subscription, day, start, end, meter
        self.period = period_of(day_of(start), history["period_start_day"])
        self.group = subscription, self.period, meter
        self.reference = ":".join((history["subscriptions"][subscription][0], date_of(day).strftime("%Y%m%d"),
                                   instant_text(start).replace("-", "").replace(":", "") + "+" + str(end - start),
                                   history["meters"][meter], digests.get(resource, "?" + resource), str(ordinal)))
        self.order = start, day, self.reference


class Purchase:
    """period: in which it is booked. A correction's is another than its usage's."""

    def __init__(self, key, period):
        self.key, self.period = key, period
        self.correction = period != key.period
        self.reference = key.reference + (f":c{period}" if self.correction else "")
        self.withdraw()

    def withdraw(self):
        self.active, self.quantity, self.unit = False, D(0), None
        self.status, self.price, self.bands, self.nanos = "rated", None, [], 0

    def put(self, quantity, unit):
        """Active; its price follows."""
        self.active, self.quantity, self.unit = True, quantity, unit

    def rate(self, status, price, position, quantity):
        self.status, self.price, self.bands, self.nanos = status, price, [], None
        if price:
            self.bands = split(price, position, quantity)
            self.nanos = sum(band[4] for band in self.bands)

    def priced(self):
        """How much of its key's quantity it has priced."""
        if not self.active or self.nanos is None:
            return D(0)
        return sum((band[3] for band in self.bands), D(0)) if self.correction else self.quantity


class Books:
    def __init__(self, history, digests):
        self.history, self.digests = history, digests
        self.start_day = history["period_start_day"]
        self.prices = Prices()
        self.keys = {}
        self.slices = defaultdict(dict)     # (subscription, day): {key: (quantity, unit)}, as they are now
        self.purchases = defaultdict(dict)  # key: {period in which it is booked: purchase}
        self.closed = {}                    # period: the number of cards when it was closed

    def play(self):
        """Returns the numbers of the ops that must be refused."""
        refused = set()
        for op in self.history["ops"]:
            if op["kind"] == "slice":
                if not self.put_slice(op):
                    refused.add(op["at"])
            elif op["kind"] == "card":
                self.put_card(op)
            elif op["period"] > 0:
                getattr(self, op["kind"])(op)
        self.price_ordinary(lambda period: period not in self.closed)
        return refused

    # -- slices

    def wanted(self, op):
        alike = defaultdict(list)
        for start, end, meter, resource, unit, quantity in op["rows"]:
            name = identity(*self.history["resources"][resource])
            alike[start, end, meter, name].append((D(quantity), unit))
        rows = {}
        for (start, end, meter, name), amounts in alike.items():
            for ordinal, row in enumerate(sorted(amounts), 1):
                parts = op["subscription"], op["day"], start, end, meter, name, ordinal
                if parts not in self.keys:
                    self.keys[parts] = Key(self.history, self.digests, *parts)
                rows[self.keys[parts]] = row
        return rows

    def put_slice(self, op):
        """False: it is refused, and nothing changes."""
        where = op["subscription"], op["day"]
        rows = self.wanted(op)
        if any(key.period in self.closed and self.refuses(key, *row) for key, row in rows.items()):
            return False
        known = [key for key in self.purchases if (key.subscription, key.day) == where and key not in rows]
        self.slices[where] = rows
        touched = set()
        for key in list(rows) + known:
            if key.period not in self.closed:
                self.put_ordinary(key, rows.get(key))
            elif self.correct(key, op["today"]):
                touched.add(key.group)
        self.price_corrections(touched)
        return True

    def put_ordinary(self, key, row):
        if row:
            self.purchases[key].setdefault(key.period, Purchase(key, key.period)).put(*row)
        elif key.period in self.purchases[key]:
            self.purchases[key][key.period].withdraw()

    # -- corrections

    def fixed(self, key):
        """What can't change any more, in the order of booking."""
        return [p for period, p in sorted(self.purchases[key].items()) if period in self.closed]

    def live(self, key):
        """The correction that takes what is new: the first that is booked in a period which is not closed."""
        return next((p for period, p in sorted(self.purchases[key].items()) if period not in self.closed), None)

    def unit_of_fixed(self, key):
        """It can have become another one only where they had come to nothing."""
        return next((p.unit for p in reversed(self.fixed(key)) if p.active), None)

    def refuses(self, key, quantity, unit):
        fixed = sum(p.quantity for p in self.fixed(key))
        return fixed != 0 and quantity != 0 and unit != self.unit_of_fixed(key)

    def choose(self, key, unit):
        """By what was seen when the period of the usage was closed; only what had no price then, by all that was ever seen."""
        status, price = self.prices.choose(key.meter, key.start, unit, self.closed[key.period])
        return (status, price) if price else self.prices.choose(key.meter, key.start, unit)

    def correct(self, key, today):
        """What the fixed purchases of a key are short of. True when the correction is another than before."""
        fixed, live = self.fixed(key), self.live(key)
        quantity, unit = self.slices[key.subscription, key.day].get(key, (D(0), None))
        if not quantity:  # nothing, in whatever unit
            unit = self.unit_of_fixed(key) or (live.unit if live else None) or unit
        status, price = self.choose(key, unit)
        short = quantity - sum(p.quantity for p in fixed)
        to_price = quantity - sum(p.priced() for p in fixed)
        if not short and not (price and to_price):
            if not live or not live.active:
                return False
            live.withdraw()
            return True
        if not live:
            period = period_of(today, self.start_day)
            live = self.purchases[key][period] = Purchase(key, period)
        before = live.active, live.quantity, live.unit, live.status, live.price
        live.put(short, unit)
        live.status, live.price, live.to_price = status, price, to_price
        return before != (True, short, unit, status, price)

    def price_corrections(self, groups):
        """One after the other in the order of booking, and then of purchases, from where those of the period itself have come to."""
        for group in groups:
            rows = [p for key, booked in self.purchases.items() if key.group == group for p in booked.values()]
            position = sum((p.priced() for p in rows if not p.correction), D(0))
            for p in sorted((p for p in rows if p.correction and p.active), key=lambda p: (p.period, p.key.order)):
                if p.period not in self.closed:
                    p.rate(p.status, p.price, position, p.to_price)
                position += p.priced()

    # -- rate cards, periods

    def put_card(self, op):
        self.prices.add_card(op["card"])
        self.price_corrections({key.group for key in list(self.purchases)
                                if key.period in self.closed and self.correct(key, op["today"])})

    def price_ordinary(self, which):
        groups = defaultdict(list)
        for key, booked in self.purchases.items():
            if which(key.period) and key.period in booked and booked[key.period].active:
                groups[key.group].append(booked[key.period])
        for group in groups.values():
            position = D(0)
            for p in sorted(group, key=lambda p: p.key.order):
                p.rate(*self.prices.choose(p.key.meter, p.key.start, p.unit), position, p.quantity)
                position += p.quantity if p.price else 0

    def close(self, op):
        assert op["period"] not in self.closed and period_end(op["period"], self.start_day) <= op["today"]
        self.price_ordinary(lambda period: period == op["period"])
        self.closed[op["period"]] = self.prices.count

    def reopen(self, op):
        """Its usage is ordinary again, whole; corrections of older usage that were booked in it may change again."""
        period = op["period"]
        assert period == max(self.closed)
        del self.closed[period]
        touched = set()
        for key, booked in self.purchases.items():
            if key.period == period:
                self.take_back(key, booked)
            elif period in booked and key.period in self.closed and self.join(key, booked, op["today"]):
                touched.add(key.group)
        self.price_corrections(touched)

    def take_back(self, key, booked):
        """What is nothing then is withdrawn, also where the slice names it: its next reading puts it back."""
        corrections = [p for p in booked.values() if p.correction and p.active]
        if not corrections:
            return
        quantity, unit = sum(p.quantity for p in booked.values()), corrections[-1].unit
        for p in corrections:
            p.withdraw()
        self.put_ordinary(key, (quantity, unit) if quantity else None)

    def join(self, key, booked, today):
        """At most one correction of a key can change: the first one takes over what others said. True when it is another then."""
        first = self.live(key)
        for p in booked.values():
            if p.period in self.closed or p is first:
                continue
            if p.active and first.active and p.unit != first.unit:
                raise Unruled("a reopened period makes one correction of two units")  # seed 95550
            p.withdraw()
        return self.correct(key, today)

    def expected(self):
        return {p.reference: p for booked in self.purchases.values() for p in booked.values()}
