# SPDX-License-Identifier: MIT
# long
# A whole run under valgrind: no error, no leak.
. "$(dirname "$0")/../lib.sh"

it "runs without an error or a leak under valgrind"
if ! command -v valgrind >/dev/null; then
	skip "valgrind is not installed"
	exit 0
elif under_asan; then
	skip "the address sanitizer does the same"
	exit 0
fi
start_emulator - --set generate.customers=2 --set generate.subscriptions=4 --set generate.rows_per_day=12 --set page.usage_size=5 \
    --set generate.meters=60 --set generate.first_day=2024-02-28 --set generate.last_day=2024-02-29 \
    --set generate.azure_plan_subscriptions=1 --set generate.moved_subscriptions=1 --set generate.tiered_percent=20
merge_scenario '[quirks]' 'bom = yes' 'gzip = auto' '[fault.f]' 'match = utilization' 'nth = 2' 'action = garbage' \
    '[fault.g]' 'match = utilization' 'nth = 4' 'action = cut:300' '[fault.h]' 'match = customers' 'action = expire_token'
new_place here
# The daemon is not dumpable, so valgrind says where its answers go before it starts.
timeout 200 valgrind -q --leak-check=full --show-leak-kinds=definite,possible --errors-for-leak-kinds=definite,possible \
    --error-exitcode=9 --log-file="$T/valgrind" "$daemon" sync --config "$conf" --from 2024-02-28 --to 2024-02-29 >"$place/out" 2>"$log"
code=$?
expect_code 0
expect_summary status=ok
expect_equal "what valgrind says" "" "$(head -n 40 "$T/valgrind")"
expect_generators_totals
