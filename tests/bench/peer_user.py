# SPDX-License-Identifier: MIT
"""The script that a user would write: Python's standard library, one wide table, one transaction a slice. peer_user.py DATABASE"""
import json
import sqlite3
import sys

from peer_http import Client, days

COLUMNS = ["customer_id", "customer_name", "subscription_id", "subscription_name", "offer_id", "reported_day", "row_no", "usage_start",
           "usage_end", "meter_id", "meter_name", "meter_category", "meter_subcategory", "meter_region", "unit", "quantity", "resource_uri",
           "location", "part_number", "order_number", "tags", "additional_info", "info_fields", "unit_price", "amount", "currency"]


def text(value):
    return json.dumps(value) if value else None


def row(customer, subscription, day, n, item, prices):
    resource, instance = item["resource"], item.get("instanceData") or {}
    price = prices.get(resource["id"])
    return (customer["id"], customer["companyProfile"]["companyName"], subscription["id"], subscription["friendlyName"],
            subscription["offerId"], day.isoformat(), n, item["usageStartTime"], item["usageEndTime"], resource["id"], resource["name"],
            resource["category"], resource["subcategory"], resource.get("region"), item["unit"], item["quantity"],
            instance.get("resourceUri"), instance.get("location"), instance.get("partNumber"), instance.get("orderNumber"),
            text(instance.get("tags")), text(instance.get("additionalInfo")), text(item.get("infoFields")), price,
            price * item["quantity"] if price is not None else None, "EUR")


def main():
    client = Client(json.loads)
    prices = {m["id"]: m["rates"].get("0") for m in client.meters()}
    db = sqlite3.connect(sys.argv[1])
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(f"CREATE TABLE purchases ({', '.join(COLUMNS)}, PRIMARY KEY (subscription_id, reported_day, row_no))")
    insert = f"INSERT OR REPLACE INTO purchases VALUES ({', '.join('?' * len(COLUMNS))})"
    for customer, subscription in client.subscriptions():
        for day in days():
            n = 0
            with db:
                for page in client.pages(customer["id"], subscription["id"], day):
                    db.executemany(insert, [row(customer, subscription, day, n + i, item, prices) for i, item in enumerate(page)])
                    n += len(page)
    db.close()


main()
