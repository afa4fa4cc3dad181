# SPDX-License-Identifier: MIT
# Which roles open what; the second factor.

afresh '[generate]' 'customers = 1' 'subscriptions = 1'
sign_in
here_customer=$(api /v1/customers | jq -r '.items[0].id')
here_sub=$(api "/v1/customers/$here_customer/subscriptions" | jq -r '.items[0].id')
here_usage=$(usage "$here_sub" 2026-03-10 "$here_customer")
# opens ROLES: the statuses of customers, subscriptions, rate card, utilization
opens() {
	scenario '[partner]' "roles = $1" "${@:2}"
	echo "$(status /v1/customers) $(status "/v1/customers/$here_customer/subscriptions") $(status /v1/ratecards/azure) $(status "$here_usage")"
}
is "admin_agent" "200 200 200 200" "$(opens admin_agent)"
is "admin_agent and billing_admin" "200 200 200 200" "$(opens 'admin_agent billing_admin')"
is "global_admin and admin_agent" "200 200 200 200" "$(opens 'global_admin admin_agent')"
is "billing_admin and sales_agent" "200 200 200 200" "$(opens 'billing_admin sales_agent')"
is "global_admin and sales_agent" "200 200 403 403" "$(opens 'global_admin sales_agent')"
is "a role that is missing: message alone" '{"message":"The supplied role does not have the rights to perform the requested operation."}' "$(api "$here_usage")"
is "billing_admin alone" "200 200 403 403" "$(opens billing_admin)"
is "helpdesk_agent" "200 200 403 403" "$(opens helpdesk_agent)"
is "global_admin alone" "403 403 403 403" "$(opens global_admin)"
is "developer" "403 403 403 403" "$(opens developer)"
is "none" "403 403 403 403" "$(opens '')"
app=$(token -d grant_type=client_credentials -d "client_id=$client" -d client_secret=emulator-secret \
    -d scope=https://api.partnercenter.microsoft.com/.default | head -1 | jq -r .access_token)
delegated=$access access=$app; is "the application has no need of the user's" 200 "$(status "$here_usage")"; access=$delegated
is "missing on the rate card only" "200 200 403 200" "$(opens admin_agent 'role_missing_on = ratecard')"
is "missing on utilization only" "200 200 200 403" "$(opens admin_agent 'role_missing_on = utilization')"
scenario '[partner]' 'role_refusal = code'; is "a role that is missing: its code" "403 900150" "$(refusal "$here_usage")"
has "an unknown role" 'agent.*allowed: admin_agent' "$(printf '[partner]\nroles = agent\n' | web --data-binary @- "$base/emulator/scenario")"
scenario '[partner]' 'roles = global_admin sales_agent'
is "directory roles are in the token" '["62e90394-69f5-4237-9190-012177145e10"]' "$(refresh | head -1 | jq -r .access_token | claims | jq -c .wids)"

afresh
sign_in; status /v1/customers -H 'ValidateMfa: true' >/dev/null; has "isMfaCompliant: true" '^isMfaCompliant: true' "$(cat "$work/head")"
with=$access
scenario '[partner]' 'mfa = no'
sign_in; is "no second factor" "401 900421" "$(refusal /v1/customers -H 'ValidateMfa: true')"
has "isMfaCompliant: false" '^isMfaCompliant: false' "$(cat "$work/head")"
without=$access access=$with; is "the token counts, not the user" 200 "$(status /v1/customers)"; access=$without
scenario '[partner]' 'mfa_enforced = no'; is "not enforced" 200 "$(status /v1/customers -H 'ValidateMfa: true')"
has "and yet isMfaCompliant: false" '^isMfaCompliant: false' "$(cat "$work/head")"
afresh
sign_in
