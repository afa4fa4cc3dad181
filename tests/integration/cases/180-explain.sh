# SPDX-License-Identifier: MIT
# `explain REFERENCE`: what it tells of a purchase is what the database says, and its arithmetic comes out.
. "$(dirname "$0")/../lib.sh"

start_emulator - --set generate.customers=3 --set generate.subscriptions=8 --set generate.rows_per_day=40 --set generate.days=6 \
    --set generate.first_day=2024-04-02 --set generate.last_day=2024-04-07 --set generate.meters=60 \
    --set generate.tiered_percent=25 --set generate.included_percent=15 --set generate.restated_percent=40 \
    --set generate.unpriced_meters=2 --set generate.unit_mismatch_percent=5 --set generate.future_percent=5
range="--from 2024-04-02 --to 2024-04-07"
new_place here log.level=info
sync $range
expect_code 0
merge_scenario '[generate]' 'revision = 1'
sync $range
expect_code 0

# pick WHERE: the reference of the first such purchase, as $reference
pick() {
	reference=$(query "SELECT purchase_reference FROM purchases WHERE $1 ORDER BY seq LIMIT 1")
	[ -n "$reference" ] || fail "no purchase with $1"
}
# explain WHERE: that purchase, into $place/out
explain() {
	pick "$1"
	run_program explain "$reference" --config "$conf"
	expect_code 0
}
of_it() { query "SELECT $1 FROM purchases WHERE purchase_reference = '$reference'"; }
# told ERE: it is in what was printed
told() { expect_log "$1" "$place/out"; }
literally() { sed 's/[][().*+?^$|{}\\]/\\&/g' <<<"$1"; }

it "tells where a purchase comes from and what it is"
explain "status = 'active' AND unit_price IS NOT NULL AND revision = 1 AND amount_nanos > 0"
expect_equal "first line" "$reference" "$(head -n 1 "$place/out")"
told "^ +customer +$(literally "$(of_it "customer_name || ' (' || customer_id || ')'")")$"
told "^ +subscription +.*$(of_it subscription_id)"
told "^ +reported on +$(of_it reported_day): that slice is complete, $(query "SELECT rows FROM slices WHERE subscription_id = '$(of_it subscription_id)'
    AND reported_day = '$(of_it reported_day)'") rows"
told "^ +first read by +run 1, by sync, $(query "SELECT started FROM runs WHERE run_id = 1")$"
told "^ +from, to +$(of_it "usage_start || ', ' || usage_end")$"
told "^ +quantity +$(literally "$(of_it "quantity_exact || ' ' || unit")")$"
told "^ +revision 1 +seq $(of_it seq), run 1 of .*: first_read$"

it "writes out the one multiplication of a purchase with one price"
told "^ +rate +$(of_it rate_id), in force from "
told "^ +band 1 +from 0 on: $(literally "$(of_it "quantity_exact || ' x ' || unit_price_exact || ' = ' || decimal_mul(quantity_exact, unit_price_exact)")")"
told "^ +amount +EUR $(literally "$(of_it "decimal_mul(amount_nanos, '0.000000001')")")$"
expect_no_log ' begins at ' "$place/out"

it "writes out each band of tiers, and the place at which they begin"
explain "purchase_reference IN (SELECT purchase_reference FROM purchase_bands WHERE band_no = 2 AND amount_nanos > 0) AND included_quantity_exact = '0.0'"
expect_equal "bands" "$(query "SELECT count(*) FROM purchase_bands WHERE purchase_reference = '$reference'")" "$(grep -c '^ *band [0-9]' "$place/out")"
told '^ +begins at +[0-9.]+: so much of this meter'
told '^ +amount +EUR [0-9.]+, the sum of the bands$'
expect_at_least "prices" 2 "$(grep -c ' from [0-9.]* on$' "$place/out")"

it "tells an included quantity from what is beyond it"
explain "purchase_reference IN (SELECT purchase_reference FROM purchase_bands WHERE unit_price = 0) AND CAST(included_quantity_exact AS REAL) > 0"
told "included in each billing period: $(of_it included_quantity_exact)"
told ' beyond what is included$'
told '^ +band 1 +from 0 to .* x 0 = 0$'

it "tells why there is no amount, and what comes"
for status in unpriced unit_mismatch future_price; do
	explain "rating_status = '$status'"
	told '^ +amount +none: NULL, which is not 0'
	told "^ +why +$status: "
	told '^ +what comes +each run reads the rate card'
	expect_no_log '^ +band ' "$place/out"
done

it "tells what changed, when and why"
explain "seq IN (SELECT seq FROM purchase_changes WHERE reason = 'restated' AND revision = 2)"
told "^ +revision 2 +seq $(of_it seq), run 2 of $(query "SELECT started FROM runs WHERE run_id = 2"): restated$"
told "^ +quantity $(literally "$(query "SELECT old_quantity_exact || ' -> ' || new_quantity_exact FROM purchase_changes WHERE seq = $(of_it seq)")"), amount "
told '^ +revision 1 +seq [0-9]+, run 1 of .*: first_read$'

it "tells of a withdrawn purchase that it is nothing now"
explain "status = 'withdrawn' AND revision = 2"
told '^ +withdrawn, revision 2,'
told '^ +amount +0: it is withdrawn.* since run 2: credit'
told ', run 2 of .*: withdrawn$'

it "says the same as JSON, of every kind of purchase"
for reference in $(query "SELECT min(purchase_reference) FROM purchases GROUP BY rating_status, status, revision, unit_price IS NULL, first_run_id") \
    $(query "SELECT purchase_reference FROM purchase_bands WHERE band_no > 1 ORDER BY from_quantity_exact, purchase_reference LIMIT 8"); do
	run_program explain "$reference" --json --config "$conf"
	expect_code 0
	expect_equal "purchase" "$(of_it "json_array(seq, revision, status, quantity_exact, amount_nanos, currency, rating_status, rate_id)")" \
	    "$(jq -c '.purchase | [.seq, .revision, .status, .quantity_exact, .amount_nanos, .currency, .rating_status, .rate_id]' "$place/out")"
	expect_equal "its bands add up" "$([ "$(of_it status)" = active ] && of_it "coalesce(amount_nanos, 0)" || echo 0)" \
	    "$(jq '[.bands[].amount_nanos] | add // 0' "$place/out")"
	expect_equal "its changes" "$(query "SELECT count(*) || ' ' || max(seq) FROM purchase_changes WHERE purchase_reference = '$reference'")" \
	    "$(jq -r '"\(.changes | length) \(.changes[-1].seq)"' "$place/out")"
	position=$(jq -r '.position_exact // empty' "$place/out")
	[ -z "$position" ] && continue
	expect_query "$position" "SELECT coalesce(decimal_sum(b.quantity_exact), '0') FROM purchases b JOIN purchases p
	    ON b.subscription_id = p.subscription_id AND b.billing_period = p.billing_period AND b.meter_id = p.meter_id AND b.status = 'active'
	    WHERE p.purchase_reference = '$reference'
	    AND (b.usage_start, b.reported_day, b.purchase_reference) < (p.usage_start, p.reported_day, p.purchase_reference)"
done

it "refuses a reference that is none, with what one looks like"
run_program explain "${reference%:*}" --config "$conf"
expect_code 2
expect_log 'is not a purchase reference: .*; .*it looks like SUBSCRIPTION:'

it "names what is there when a purchase is not"
run_program explain "${reference%:*}:99" --config "$conf"
expect_code 2
expect_log "there is no purchase .*:99; of this meter on that reported day there is $(literally "${reference%:*}")"
run_program explain "$reference:c202405" --config "$conf"
expect_code 2
expect_log "there is $(literally "$reference")$"
run_program explain "${reference/:2024/:2020}" --config "$conf"
expect_code 2
expect_log 'csp-usaged coverage --month 2020-'

it "tells of a correction what it corrects, why it is charged where it is, and what all of it comes to"
run_program close --incomplete --period 2024-04 --config "$conf"
expect_code 0
merge_scenario '[generate]' 'revision = 2'
sync $range
expect_code 0
explain "charge_class = 'correction' AND corrects IS NOT NULL AND status = 'active' AND amount_nanos IS NOT NULL"
told '^What it corrects$'
told "^ +usage of +2024-04, which was closed $(query "SELECT closed_at FROM billing_periods WHERE billing_period = '2024-04'") by a person$"
told "^ +charged in +$(of_it billing_period), open: "
told "^ +it corrects +$(literally "$(of_it corrects)")$"
told "^ +in all +.*, EUR $(literally "$(query "SELECT decimal_mul(decimal_sum(amount_nanos), '0.000000001') FROM purchases
    WHERE purchase_reference IN ('$reference', '$(of_it corrects)')")")$"
told "^ +$(of_it billing_period) +correction, open, active: $(literally "$(of_it "quantity_exact || ' ' || unit")")"
explain "purchase_reference IN (SELECT corrects FROM purchases WHERE status = 'active')"
told '^ +2024-04 +closed, active: '
told ':c20[0-9]{4}$'

it "tells where in the tiers of its usage's period a correction begins"
group="usage_period = (SELECT usage_period FROM me) AND subscription_id = (SELECT subscription_id FROM me) AND meter_id = (SELECT meter_id FROM me)"
begins=0
for reference in $(query "SELECT purchase_reference FROM purchases WHERE charge_class = 'correction' AND status = 'active' AND unit_price IS NULL LIMIT 10"); do
	run_program explain "$reference" --json --config "$conf"
	position=$(jq -r '.position_exact // empty' "$place/out")
	[ -z "$position" ] && continue
	begins=$((begins + 1))
	expect_query "$position" "WITH me AS (SELECT * FROM purchases WHERE purchase_reference = '$reference')
	    SELECT coalesce(decimal_sum(q), '0') FROM
	        (SELECT quantity_exact AS q FROM purchases WHERE $group AND charge_class IS NULL AND amount_nanos IS NOT NULL AND status = 'active'
	         UNION ALL SELECT b.quantity_exact FROM purchases p JOIN purchase_bands b USING (purchase_reference)
	                   WHERE p.$(sed 's/ AND / AND p./g' <<<"$group") AND p.charge_class = 'correction' AND (p.billing_period, p.usage_start, p.reported_day, p.purchase_reference) <
	                         (SELECT billing_period, usage_start, reported_day, purchase_reference FROM me))"
done
expect_at_least "corrections in tiers" 3 $begins

it "says what is wrong with the configuration or the database first"
run_program explain "$reference" --config "$T/none"
expect_code 2
write_config "database.path=$place/none.db"
run_program explain "$reference" --config "$conf"
expect_code 1
expect_log 'E-STORE'
