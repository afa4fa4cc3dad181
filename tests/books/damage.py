#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""damage.py - damage.py HISTORIES SCRIPT DATABASE...: each invariant of SCRIPT is silent about sound books and names what is wrong with
damaged ones, and so does the program. Each damage is done to a copy of the first database in which there is something to damage.
Prints passed, failed."""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

BANDED = "kind = 1 AND status = 0 AND rating = 0"
KEY = ("h.subscription_id = {0}.subscription_id AND h.reported_day = {0}.reported_day AND h.meter_id = {0}.meter_id AND"
       " h.resource_id = {0}.resource_id AND h.usage_start = {0}.usage_start AND h.usage_end = {0}.usage_end AND h.ordinal = {0}.ordinal")
ONE_USAGE = "seq = (SELECT min(seq) FROM usage WHERE {0})"
ONE_BAND = ("(subscription_id, reported_day, meter_id, resource_id, usage_start, usage_end, ordinal, band_no) ="
            " (SELECT subscription_id, reported_day, meter_id, resource_id, usage_start, usage_end, ordinal, max(band_no)"
            " FROM usage_band b JOIN usage u USING (subscription_id, period, reported_day, meter_id, resource_id, usage_start, usage_end,"
            " ordinal) WHERE {0})")
ONE_CHANGE = "seq = (SELECT min(h.seq) FROM usage_change h WHERE {0})"


def usage(change, which="status = 0"):
    return f"UPDATE usage SET {change} WHERE " + ONE_USAGE.format(which)


def change(what, which="1"):
    return f"UPDATE usage_change SET {what} WHERE " + ONE_CHANGE.format(which)


LATER = "EXISTS (SELECT 1 FROM usage_change n WHERE " + KEY.format("n") + " AND n.revision = h.revision + 1)"
ACTIVE = "status = 0 AND rating = 0"
DAMAGES = [
    ("foreign_ids_exist", usage("meter_id = 999999")),
    ("foreign_ids_exist", usage("resource_id = 999999")),
    ("foreign_ids_exist", usage("product_id = 999999")),
    ("foreign_ids_exist", usage("product_id = (SELECT id FROM product p WHERE p.meter_id <> usage.meter_id)")),
    ("foreign_ids_exist", usage("rate_id = 999999", ACTIVE)),
    ("foreign_ids_exist", usage("last_run_id = 999999")),
    ("foreign_ids_exist", "DELETE FROM period WHERE period = (SELECT max(period) FROM usage)"),
    ("foreign_ids_exist", "DELETE FROM subscription WHERE id = (SELECT max(subscription_id) FROM usage)"),
    ("foreign_ids_exist", "DELETE FROM resource WHERE id = (SELECT max(resource_id) FROM usage)"),
    ("foreign_ids_exist", change("ordinal = 999")),
    ("foreign_ids_exist", change("period = period + 1")),
    ("foreign_ids_exist", change("run_id = 999999")),
    ("foreign_ids_exist", "UPDATE usage_band SET ordinal = 999 WHERE " + ONE_BAND.format("1")),
    ("foreign_keys_hold", "UPDATE product SET meter_id = 999999"),
    ("purchase_has_a_slice", "DELETE FROM slice WHERE row_count > 0"),
    ("purchase_has_a_slice", "UPDATE slice SET first_run_id = 0 WHERE row_count > 0"),
    ("slice_counts_its_rows", "UPDATE slice SET row_count = row_count + 1 WHERE state = 1"),
    ("slice_counts_its_rows", "UPDATE slice SET state = 2 WHERE state = 1"),
    ("slice_counts_its_rows", "DELETE FROM usage WHERE " + ONE_USAGE.format("status = 0")),
    ("slice_spans_its_periods", "UPDATE slice SET last_period = first_period - 1 WHERE row_count > 0"),
    ("period_fits_the_usage", usage("usage_start = usage_start + 40 * 86400, usage_end = usage_end + 40 * 86400")),
    ("period_fits_the_usage", usage("usage_start = usage_start - 40 * 86400")),
    ("period_is_a_month", "UPDATE period SET ends = ends + 1"),
    ("period_is_a_month", "UPDATE period SET starts = starts + 1"),
    ("period_is_a_month", "UPDATE setting SET value = 9 WHERE name = 'period_start_day'"),
    ("ordinals_have_no_gap", usage("ordinal = ordinal + 7")),
    ("ordinals_have_no_gap", "DELETE FROM usage WHERE ordinal = 1 AND EXISTS (SELECT 1 FROM usage h WHERE h.ordinal = 2 AND "
     + KEY.format("usage").replace("h.ordinal = usage.ordinal", "1") + ")"),
    ("ordinals_ascend", usage("quantity = '-999999999999'", "status = 0 AND ordinal = 2")),
    ("withdrawn_is_nothing", usage("quantity = '1'", "status = 1")),
    ("withdrawn_is_nothing", usage("amount_nanos = NULL", "status = 1")),
    ("withdrawn_is_nothing", usage("amount_nanos = 5", "status = 1")),
    ("withdrawn_is_nothing", usage("status = 2")),
    ("amount_goes_with_the_rating", usage("amount_nanos = NULL", ACTIVE)),
    ("amount_goes_with_the_rating", usage("amount_nanos = 0", "status = 0 AND rating <> 0")),
    ("amount_goes_with_the_rating", usage("rate_id = NULL", ACTIVE)),
    ("amount_goes_with_the_rating", usage("rating = 7", "status = 0 AND rating <> 0")),
    ("unit_goes_with_the_rating", "UPDATE product SET unit = 'Days' WHERE id = (SELECT max(product_id) FROM usage WHERE status = 0 AND rating = 0)"),
    ("unit_goes_with_the_rating", "UPDATE rate SET unit = (SELECT t.unit FROM usage u JOIN product t ON t.id = u.product_id WHERE u.rating = 2"
     " AND u.status = 0 AND u.rate_id = rate.id) WHERE id = (SELECT max(rate_id) FROM usage WHERE rating = 2 AND status = 0)"),
    ("price_is_the_newest", "INSERT INTO rate SELECT 999999, meter_id, x'00', currency, region, effective + 1, unit, included, tier_count,"
     " unit_price, name, category, subcategory, meter_region, tags, first_card_id, last_card_id, seen_order FROM rate WHERE id ="
     " (SELECT max(rate_id) FROM usage WHERE status = 0 AND rating = 0)"),
    ("price_is_not_of_later", "UPDATE rate SET effective = 2000000000 WHERE id = (SELECT max(rate_id) FROM usage WHERE status = 0)"),
    ("currency_is_one", "UPDATE rate SET currency = 'USD' WHERE id IN (SELECT max(rate_id) FROM usage WHERE status = 0"
     " GROUP BY subscription_id, meter_id, period HAVING max(rate_id) <> min(rate_id))"),
    ("currency_is_the_cards", "UPDATE rate SET currency = 'USD'"),
    ("currency_is_the_cards", "UPDATE rate_card SET region = 'BE'"),
    ("amount_is_quantity_times_price", usage("amount_nanos = amount_nanos + 1", ACTIVE + " AND kind = 0")),
    ("amount_is_quantity_times_price", usage("amount_nanos = amount_nanos - 1", ACTIVE + " AND kind = 0")),
    ("amount_is_quantity_times_price", usage("quantity = '123.456789'", ACTIVE + " AND kind = 0 AND amount_nanos > 0")),
    ("amount_is_quantity_times_price", "UPDATE usage_band SET amount_nanos = amount_nanos + 1 WHERE " + ONE_BAND.format("1")),
    ("bands_where_they_belong", "DELETE FROM usage_band WHERE band_no = 1"),
    ("bands_where_they_belong", usage("kind = 0", BANDED)),
    ("bands_where_they_belong", usage("kind = 1", ACTIVE + " AND kind = 0")),
    ("bands_sum_to_the_amount", usage("amount_nanos = amount_nanos + 1", BANDED)),
    ("bands_sum_to_the_amount", "UPDATE usage_band SET amount_nanos = amount_nanos + 1 WHERE " + ONE_BAND.format("1")),
    ("bands_sum_to_the_quantity", usage("quantity = '0.123456789'", BANDED)),
    ("bands_sum_to_the_quantity", "UPDATE usage_band SET quantity = '77777.1' WHERE " + ONE_BAND.format("1")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_from = '888888888' WHERE " + ONE_BAND.format("1")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_from = band_from + 0.25 WHERE " + ONE_BAND.format("band_no > 1")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_to = '0.0000000000000000000001' WHERE " + ONE_BAND.format("b.quantity LIKE '1%'")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_to = NULL WHERE band_no = 1 AND EXISTS (SELECT 1 FROM usage_band h WHERE h.band_no = 2"
     " AND h.period = usage_band.period AND " + KEY.format("usage_band") + ")"),
    ("seq_is_given_once", change("old_seq = (SELECT min(seq) FROM usage WHERE revision = 1)", "h.revision = 2")),
    ("seq_is_given_once", "DROP INDEX usage_by_seq; UPDATE usage SET seq = 1 WHERE revision = 1"),
    ("revisions_are_all_there", "DELETE FROM usage_change WHERE " + ONE_CHANGE.format("1")),
    ("revisions_are_all_there", usage("revision = revision + 1")),
    ("revisions_follow_one_another", change("new_amount = 1 + coalesce(new_amount, 0)")),
    ("revisions_follow_one_another", change("new_quantity = '5.4321'")),
    ("revisions_follow_one_another", change("old_seq = seq")),
    ("revisions_follow_one_another", change("run_id = (SELECT max(id) FROM run)", LATER)),
    ("revisions_follow_one_another", usage("seq = seq + 1000000", "revision > 1")),
    ("revisions_follow_one_another", usage("amount_nanos = amount_nanos + 1", ACTIVE + " AND revision > 1")),
    ("reason_is_true", change("reason = 5", "h.old_amount IS NOT NULL")),
    ("reason_is_true", change("reason = 2", "h.new_quantity <> '0'")),
    ("reason_is_true", change("reason = 3", "h.old_quantity <> h.new_quantity")),
    ("totals_are_the_purchases", "UPDATE subscription SET customer_id = 999999"),
    ("foreign_ids_exist", "DELETE FROM rate WHERE id = (SELECT max(rate_id) FROM usage WHERE status = 0 AND rating = 0)"),
]


def offences(script, database):
    done = subprocess.run(["sqlite3", "-batch", database], stdin=open(script), capture_output=True, text=True)
    return done.stdout.splitlines() + done.stderr.splitlines()


def found_by_program(program, database):
    done = subprocess.run([program, "check", database], capture_output=True, text=True)
    return done.stdout.splitlines() + done.stderr.splitlines()


def damaged(database, copy, sql):
    """Whether there was something to damage."""
    shutil.copy(database, copy)
    db = sqlite3.connect(copy, isolation_level=None)
    before = db.total_changes
    try:
        db.executescript("PRAGMA ignore_check_constraints = ON; BEGIN;" + sql + "; COMMIT;")
    except sqlite3.IntegrityError:
        db.execute("ROLLBACK")
        return False
    finally:
        changed = db.total_changes > before
        db.close()
    return changed


def main():
    program, script, databases = sys.argv[1], sys.argv[2], sys.argv[3:]
    passed, failed = 0, 0
    copy = os.path.join(tempfile.mkdtemp(dir=os.path.dirname(os.path.dirname(databases[0]))), "damaged.db")
    for database in databases:
        if found_by_program(program, database):
            failed += 1
            print(f"{database}: the program finds {found_by_program(program, database)[:3]} in sound books", file=sys.stderr)
    for name, sql in DAMAGES:
        for database in databases:
            if damaged(database, copy, sql):
                break
        else:
            failed += 1
            print(f"{name}: nothing to damage: {sql}", file=sys.stderr)
            continue
        found = offences(script, copy)
        named = {line.split("|")[0] for line in found}
        by_program = found_by_program(program, copy)
        if name not in named:
            failed += 1
            print(f"{name}: silent, but {sorted(named)}: {sql}", file=sys.stderr)
        elif by_program != found:
            failed += 1
            print(f"{name}: the shell finds {found[:3]}, the program {by_program[:3]}: {sql}", file=sys.stderr)
        else:
            passed += 1
    tested = {name for name, _ in DAMAGES}
    for name in sorted(set(re.findall(r"^SELECT '([a-z_]+)'", open(script).read(), re.M)) - tested):
        failed += 1
        print(f"{name}: no damage is tried", file=sys.stderr)
    shutil.rmtree(os.path.dirname(copy))
    print(passed, failed)


if __name__ == "__main__":
    main()
