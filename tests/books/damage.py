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
IN_PART = " AND ".join(f"h.{column} = {{0}}.{column}" for column in ("meter_id", "resource_id", "usage_start", "usage_end", "ordinal"))
KEY = "h.part_id = {0}.part_id AND " + IN_PART
USAGE = "h.subscription_id = {0}.subscription_id AND h.reported_day = {0}.reported_day AND " + IN_PART
ONE_USAGE = "seq = (SELECT min(seq) FROM usage WHERE {0})"
ONE_BAND = ("(part_id, meter_id, resource_id, usage_start, usage_end, ordinal, band_no) ="
            " (SELECT part_id, meter_id, resource_id, usage_start, usage_end, ordinal, max(band_no)"
            " FROM usage_band b JOIN usage u USING (part_id, meter_id, resource_id, usage_start, usage_end, ordinal) WHERE {0})")
ONE_CHANGE = "seq = (SELECT min(h.seq) FROM usage_change h WHERE {0})"


def usage(change, which="status = 0"):
    return f"UPDATE usage_fact SET {change} WHERE " + ONE_USAGE.format(which)


def change(what, which="1"):
    return f"UPDATE usage_change SET {what} WHERE " + ONE_CHANGE.format(which)


def part(change):
    return f"UPDATE part SET {change} WHERE id = (SELECT min(id) FROM part WHERE purchases > 1)"


def in_periods(states):
    return f"period IN (SELECT period FROM period WHERE state IN ({states}))"


NEVER_CLOSED = "NOT EXISTS (SELECT 1 FROM period_event)"
# in no period that was opened again, where rows can wait for the next reading of their slice
PLAIN = "kind <> 2 AND period NOT IN (SELECT period FROM period_event WHERE closed = 0)"
CORRECTION = "kind = 2 AND status = 0"
PRICED_CORRECTION = CORRECTION + " AND rating = 0"
LIVE = CORRECTION + " AND " + in_periods("0, 1")
NEWER_RATE = ("INSERT INTO rate SELECT 999999, meter_id, x'00', currency, region, effective + 1, unit, included, tier_count, unit_price,"
              " name, category, subcategory, meter_region, tags, first_card_id, last_card_id, seen_order FROM rate WHERE id ="
              " (SELECT max(rate_id) FROM usage WHERE {0})")
LATER = "EXISTS (SELECT 1 FROM usage_change n WHERE " + KEY.format("n") + " AND n.revision = h.revision + 1)"
ACTIVE = "status = 0 AND rating = 0"
DAMAGES = [
    ("foreign_ids_exist", usage("meter_id = 999999")),
    ("foreign_ids_exist", usage("resource_id = 999999")),
    ("foreign_ids_exist", usage("product_id = 999999")),
    ("foreign_ids_exist", usage("product_id = (SELECT id FROM product p WHERE p.meter_id <> usage_fact.meter_id)")),
    ("foreign_ids_exist", usage("rate_id = 999999", ACTIVE)),
    ("foreign_ids_exist", usage("last_run_id = 999999")),
    ("foreign_ids_exist", "DELETE FROM period WHERE period = (SELECT max(period) FROM usage WHERE kind <> 2)"),
    ("foreign_ids_exist", "DELETE FROM subscription WHERE id = (SELECT max(subscription_id) FROM usage)"),
    ("foreign_ids_exist", "DELETE FROM resource WHERE id = (SELECT max(resource_id) FROM usage)"),
    ("foreign_ids_exist", change("ordinal = 999")),
    ("foreign_ids_exist", usage("part_id = 999999")),
    ("foreign_ids_exist", change("part_id = 999999")),
    ("foreign_ids_exist", change("run_id = 999999")),
    ("foreign_ids_exist", "UPDATE usage_band SET ordinal = 999 WHERE " + ONE_BAND.format("1")),
    ("foreign_keys_hold", "UPDATE product SET meter_id = 999999"),
    ("part_is_one", "DROP INDEX part_by_day; DROP INDEX part_by_period; CREATE INDEX part_by_period ON part (subscription_id, period, reported_day);"
     " INSERT INTO part (subscription_id, period, reported_day) SELECT subscription_id, period, reported_day FROM part"),
    ("part_sums_its_purchases", part("purchases = purchases + 1")),
    ("part_sums_its_purchases", part("unpriced = unpriced + 1")),
    ("part_sums_its_purchases", part("priced = priced - 1")),
    ("part_sums_its_purchases", part("units = units + 1")),
    ("part_sums_its_purchases", part("nanos = nanos - 1")),
    ("purchase_has_a_slice", "DELETE FROM slice WHERE row_count > 0"),
    ("purchase_has_a_slice", "UPDATE slice SET first_run_id = 0 WHERE row_count > 0"),
    ("slice_counts_its_rows", "UPDATE slice SET row_count = row_count + 1 WHERE state = 1 AND " + NEVER_CLOSED),
    ("slice_counts_its_rows", "UPDATE slice SET row_count = 1 WHERE row_count > 8 AND NOT " + NEVER_CLOSED),
    ("slice_counts_its_rows", "UPDATE slice SET state = 2 WHERE state = 1"),
    ("slice_counts_its_rows", "DELETE FROM usage_fact WHERE " + ONE_USAGE.format("status = 0 AND " + NEVER_CLOSED)),
    ("slice_spans_its_periods", "UPDATE slice SET last_period = first_period - 1 WHERE row_count > 0"),
    ("slice_spans_its_periods", "UPDATE slice SET first_period = last_period + 1 WHERE EXISTS (SELECT 1 FROM usage u WHERE " + CORRECTION +
     " AND u.subscription_id = slice.subscription_id AND u.reported_day = slice.reported_day)"),
    ("period_fits_the_usage", usage("usage_start = usage_start + 40 * 86400, usage_end = usage_end + 40 * 86400", "status = 0 AND kind <> 2")),
    ("period_fits_the_usage", usage("usage_start = usage_start - 40 * 86400", "status = 0 AND kind <> 2")),
    ("period_is_a_month", "UPDATE period SET ends = ends + 1"),
    ("period_is_a_month", "UPDATE period SET starts = starts + 1"),
    ("period_is_a_month", "UPDATE setting SET value = 9 WHERE name = 'period_start_day'"),
    ("ordinals_have_no_gap", usage("ordinal = ordinal + 7", "status = 0 AND " + PLAIN)),
    ("ordinals_have_no_gap", "DELETE FROM usage_fact WHERE seq IN (SELECT u.seq FROM usage u WHERE u.ordinal = 1 AND " + PLAIN
     + " AND EXISTS (SELECT 1 FROM usage_fact h WHERE h.ordinal = 2 AND " + KEY.format("u").replace("h.ordinal = u.ordinal", "1") + "))"),
    ("ordinals_ascend", usage("quantity = '-999999999999'", "status = 0 AND ordinal = 2 AND " + PLAIN)),
    ("closed_period_was_closed", "UPDATE period SET state = 2 WHERE state = 1"),
    ("closed_period_was_closed", "UPDATE period SET state = 1 WHERE state = 2"),
    ("closed_period_was_closed", "UPDATE period SET state = 3"),
    ("closed_period_was_closed", "DELETE FROM period_event"),
    ("closed_period_was_closed", "UPDATE period_event SET at = at - 100 * 86400"),
    ("closed_period_stays_as_it_is", usage("last_run_id = (SELECT max(id) FROM run)", in_periods("2"))),
    ("closed_period_stays_as_it_is", usage("last_run_id = (SELECT max(id) FROM run)", CORRECTION + " AND " + in_periods("2"))),
    ("correction_is_of_an_older_period", usage("kind = 2", "kind = 0 AND status = 0")),
    ("correction_is_of_an_older_period", usage("usage_start = usage_start + 400 * 86400, usage_end = usage_end + 400 * 86400", CORRECTION)),
    ("correction_is_of_a_closed_period", "UPDATE period SET state = 1 WHERE state = 2"),
    ("correction_says_something", usage("quantity = '0.00', amount_nanos = NULL", CORRECTION)),
    ("one_correction_can_change", "INSERT INTO part (subscription_id, period, reported_day) SELECT subscription_id, 190001, reported_day FROM usage"
     " WHERE " + ONE_USAGE.format(LIVE) + "; INSERT INTO usage_fact SELECT (SELECT max(id) FROM part), meter_id, resource_id, usage_start, usage_end,"
     " ordinal, product_id, quantity, kind, rating, rate_id, amount_nanos, status, 1, seq + 1000000, first_run_id, last_run_id FROM usage_fact WHERE "
     + ONE_USAGE.format(LIVE)),
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
    ("price_is_the_newest", NEWER_RATE.format("status = 0 AND rating = 0")),
    ("price_is_the_newest", NEWER_RATE.format("status = 0 AND rating = 0 AND kind <> 2 AND " + in_periods("2"))),
    ("price_is_the_newest", NEWER_RATE.format(PRICED_CORRECTION)),
    ("price_is_not_of_later", "UPDATE rate SET effective = 2000000000 WHERE id = (SELECT max(rate_id) FROM usage WHERE status = 0)"),
    ("currency_is_one", "UPDATE rate SET currency = 'USD' WHERE id IN (SELECT max(rate_id) FROM usage WHERE status = 0"
     " AND kind <> 2 GROUP BY subscription_id, meter_id, period HAVING max(rate_id) <> min(rate_id))"),
    ("currency_is_the_cards", "UPDATE rate SET currency = 'USD'"),
    ("currency_is_the_cards", "UPDATE rate_card SET region = 'BE'"),
    ("amount_is_quantity_times_price", usage("amount_nanos = amount_nanos + 1", ACTIVE + " AND kind = 0")),
    ("amount_is_quantity_times_price", usage("amount_nanos = amount_nanos - 1", ACTIVE + " AND kind = 0")),
    ("amount_is_quantity_times_price", usage("quantity = '123.456789'", ACTIVE + " AND kind = 0 AND amount_nanos > 0")),
    ("amount_is_quantity_times_price", "UPDATE usage_band SET amount_nanos = amount_nanos + 1 WHERE " + ONE_BAND.format("1")),
    ("bands_where_they_belong", "DELETE FROM usage_band WHERE band_no = 1"),
    ("bands_where_they_belong", usage("kind = 0", BANDED)),
    ("bands_where_they_belong", usage("kind = 1", ACTIVE + " AND kind = 0")),
    ("bands_where_they_belong", "DELETE FROM usage_band WHERE EXISTS (SELECT 1 FROM usage h WHERE h.kind = 2 AND " + KEY.format("usage_band") + ")"),
    ("bands_sum_to_the_amount", usage("amount_nanos = amount_nanos + 1", PRICED_CORRECTION)),
    ("bands_sum_to_the_amount", usage("amount_nanos = amount_nanos + 1", BANDED)),
    ("bands_sum_to_the_amount", "UPDATE usage_band SET amount_nanos = amount_nanos + 1 WHERE " + ONE_BAND.format("1")),
    ("bands_sum_to_the_quantity", usage("quantity = '0.123456789'", BANDED)),
    ("bands_sum_to_the_quantity", "UPDATE usage_band SET quantity = '77777.1' WHERE " + ONE_BAND.format("1")),
    ("bands_sum_to_what_had_no_price", usage("quantity = '0.123456789'", PRICED_CORRECTION)),
    ("bands_sum_to_what_had_no_price", usage("quantity = '0.123456789'", PRICED_CORRECTION + " AND quantity = '0'")),
    ("bands_sum_to_what_had_no_price", "UPDATE usage_band SET quantity = '77777.1' WHERE " + ONE_BAND.format(PRICED_CORRECTION)),
    ("bands_sum_to_what_had_no_price", usage("amount_nanos = NULL, rating = 1, rate_id = NULL", "kind <> 2 AND status = 0 AND rating = 0 AND quantity"
                                             " LIKE '1%' AND EXISTS (SELECT 1 FROM usage c WHERE c.kind = 2 AND c.status = 0 AND c.rating = 0 AND "
                                             + USAGE.format("c").replace("h.", "usage.") + ")")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_from = '888888888' WHERE " + ONE_BAND.format("kind = 1")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_from = '888888888' WHERE " + ONE_BAND.format(LIVE)),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_to = '0.0000000000000000000001' WHERE "
     + ONE_BAND.format(LIVE + " AND b.quantity LIKE '1%'")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_from = band_from + 0.25 WHERE " + ONE_BAND.format("band_no > 1")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_to = '0.0000000000000000000001' WHERE " + ONE_BAND.format("b.quantity LIKE '1%'")),
    ("bands_tile_the_quantity", "UPDATE usage_band SET band_to = NULL WHERE band_no = 1 AND EXISTS (SELECT 1 FROM usage_band h WHERE h.band_no = 2"
     " AND " + KEY.format("usage_band") + ")"),
    ("run_spans_its_changes", "UPDATE run SET seq_after = seq_after - 1 WHERE id = (SELECT max(last_run_id) FROM usage)"),
    ("run_spans_its_changes", "UPDATE run SET seq_before = seq_before + 1 WHERE id = (SELECT min(first_run_id) FROM usage WHERE revision = 1)"),
    ("run_spans_its_changes", "UPDATE run SET seq_after = seq_before WHERE id = (SELECT min(old_run_id) FROM usage_change WHERE revision = 2)"),
    ("seq_is_given_once", change("old_seq = (SELECT min(seq) FROM usage WHERE revision = 1)", "h.revision = 2")),
    ("seq_is_given_once", "DROP INDEX usage_by_seq; UPDATE usage_fact SET seq = 1 WHERE revision = 1"),
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
    ("reason_is_true", change("reason = 7")),
    ("reason_is_true", change("reason = 6", "NOT EXISTS (SELECT 1 FROM period_event WHERE closed = 0)")),
    ("revisions_are_all_there", "UPDATE usage_change AS h SET part_id = c.part_id FROM part g, usage c WHERE g.id = h.part_id AND c.part_id <> g.id"
     " AND c.kind = 2 AND c.subscription_id = g.subscription_id AND c.reported_day = g.reported_day AND " + IN_PART.format("c")),
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


def same_zeros(lines):
    """The shell prints a zero that was left of a negative number as -0.00."""
    return [re.sub(r"-(0(\.0*)?)(?![.\d])", r"\1", line) for line in lines]


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
        elif same_zeros(by_program) != same_zeros(found):
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
