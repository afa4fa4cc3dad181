#!/bin/sh
# SPDX-License-Identifier: MIT
# What a user of the shell would write: curl, jq and sqlite3 .import, page by page: peer_jq.sh DATABASE LIST. Only reads and stores: jq has
# no exact prices.
set -eu
db=$1 list=$2
rows=$(mktemp -d) && trap 'rm -rf "$rows"' EXIT
mkfifo "$rows/csv"
sqlite3 "$db" "CREATE TABLE purchases (subscription_id, reported_day, usage_start, usage_end, meter_id, meter_name, meter_category,
	meter_subcategory, meter_region, unit, quantity REAL, resource_uri, location, tags, additional_info, info_fields)"
sqlite3 "$db" -cmd '.mode csv' ".import $rows/csv purchases" &
get() {
	curl -sS --fail --noproxy '*' --cacert "$BENCH_CA_FILE" -H "Authorization: $BENCH_AUTHORIZATION" -H 'Accept: application/json' "$@"
}
while read -r subscription day url; do
	get "$url" >"$rows/page"
	while :; do
		jq -r --arg s "$subscription" --arg d "$day" '.items[] | [$s, $d, .usageStartTime, .usageEndTime, .resource.id, .resource.name,
			.resource.category, .resource.subcategory, .resource.region, .unit, .quantity, .instanceData.resourceUri,
			.instanceData.location, (.instanceData.tags | tojson), (.instanceData.additionalInfo | tojson), (.infoFields | tojson)] | @csv' \
			"$rows/page"
		next=$(jq -r '.links.next // empty | .uri, .headers[0].value' "$rows/page")
		[ -n "$next" ] || break
		get -H "MS-ContinuationToken: ${next#*
}" "$BENCH_BASE_URL/v1/${next%%
*}" >"$rows/page"
	done
done <"$list" >"$rows/csv"
wait
