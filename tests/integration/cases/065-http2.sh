# SPDX-License-Identifier: MIT
# HTTP/2, where a server offers it: nghttpx in front of the emulator. The content is the same, one connection is enough, and a key of the
# configuration keeps to HTTP/1.1.
. "$(dirname "$0")/../lib.sh"

it "has a server of HTTP/2"
command -v nghttpx >/dev/null || { skip "there is no nghttpx here"; exit 0; }

setup=(partner_center.max_in_flight=16 usage.backfill_days=3 usage.lookback_days=0)
start_emulator - --set generate.customers=3 --set generate.subscriptions=24 --set generate.rows_per_day=1000 --set page.usage_size=400 \
    --set generate.days=3 --set generate.meters=200
new_place direct "${setup[@]}"
sync
expect_code 0
content >"$T/content"

# On a free port, with the emulator's own certificate; its log has a line a request with what was spoken.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
nghttpx --conf=/dev/null --single-process --workers=1 -f "127.0.0.1,$port" -b "127.0.0.1,${base_url##*:};;tls" --insecure --no-ocsp \
    --accesslog-file="$T/spoken" --accesslog-format='$alpn $status $remote_port' --errorlog-file="$T/nghttpx.log" \
    "$T/emulator/server.key" "$T/emulator/server.pem" &
direct_url=$base_url base_url=${base_url%:*}:$port
is_up() { curl -sS --noproxy '*' --cacert "$ca_file" "$base_url/emulator/health" >"$T/up" 2>/dev/null; }
wait_until 10 is_up || die "nghttpx does not start:" "$(cat "$T/nghttpx.log")"

it "pulls all over HTTP/2, by one connection"
: >"$T/spoken"
new_place h2 "${setup[@]}"
sync
expect_code 0
expect_content "$T/content"
requests=$(summary requests)
is_told() { [ "$(wc -l <"$T/spoken")" -gt "$requests" ]; }
wait_until 5 is_told
expect_equal "spoken" h2 "$(cut -d ' ' -f 1 "$T/spoken" | sort -u)"
expect_equal "connections" 1 "$(cut -d ' ' -f 3 "$T/spoken" | sort -u | wc -l)"

it "makes good what breaks"
ask() { curl -sS --noproxy '*' --cacert "$ca_file" "$direct_url/emulator/scenario" --data-binary @- >/dev/null; }
printf '%s\n' '[fault.busy]' 'times = 0' 'percent = 10' 'action = status:503' '[fault.cut]' 'match = utilization' 'times = 3' 'page = 2' \
    'action = cut:1500' '[fault.reset]' 'match = utilization' 'times = 3' 'page = 3' 'action = reset:1500' | ask
new_place broken "${setup[@]}"
sync
expect_code 0
expect_content "$T/content"

it "keeps to HTTP/1.1 when told so"
: >"$T/spoken"
new_place h1 "${setup[@]}" partner_center.http2=no
sync
expect_code 0
expect_content "$T/content"
expect_equal "spoken" http/1.1 "$(cut -d ' ' -f 1 "$T/spoken" | sort -u)"
