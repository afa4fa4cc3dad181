# SPDX-License-Identifier: MIT
"""What both Python peers need of Partner Center, as their user would write it: sign in, lists, pages by their next links."""
import datetime
import http.client
import os
import ssl
import urllib.parse

env = os.environ


class Client:
    def __init__(self, loads, authorization=None):
        url = urllib.parse.urlparse(env["BENCH_BASE_URL"])
        self.loads = loads
        self.http = http.client.HTTPSConnection(url.hostname, url.port, context=ssl.create_default_context(cafile=env["BENCH_CA_FILE"]))
        self.headers = {"Accept": "application/json", "Authorization": authorization or self.sign_in()}

    def ask(self, method, path, body=None, headers=None):
        self.http.request(method, path, body, headers or self.headers)
        answer = self.http.getresponse()
        bytes_ = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {bytes_[:200]}")
        return self.loads(bytes_)

    def sign_in(self):
        form = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": env["BENCH_REFRESH_TOKEN"],
                                       "client_id": env["BENCH_CLIENT"], "client_secret": env["BENCH_SECRET"],
                                       "scope": "https://api.partnercenter.microsoft.com/user_impersonation"})
        path = f"/{env['BENCH_TENANT']}/oauth2/v2.0/token"
        return "Bearer " + self.ask("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})["access_token"]

    def get(self, path):
        return self.ask("GET", path)

    def subscriptions(self):
        for customer in self.get("/v1/customers?size=500")["items"]:
            for subscription in self.get(f"/v1/customers/{customer['id']}/subscriptions")["items"]:
                yield customer, subscription

    def meters(self):
        return self.get("/v1/ratecards/azure?currency=EUR&region=NL")["meters"]

    def pages(self, customer, subscription, day):
        """The lists of records of one reported day."""
        path = (f"/v1/customers/{customer}/subscriptions/{subscription}/utilizations/azure?start_time={day}T00%3A00%3A00Z"
                f"&end_time={day + datetime.timedelta(days=1)}T00%3A00%3A00Z&granularity=daily&show_details=true&size=1000")
        headers = self.headers
        while True:
            page = self.ask("GET", path, headers=headers)
            yield page["items"]
            following = page["links"].get("next")
            if not following:
                return
            path = "/v1/" + following["uri"]
            headers = {**self.headers, **{h["key"]: h["value"] for h in following["headers"]}}


def days():
    day, last = (datetime.date.fromisoformat(env[name]) for name in ("BENCH_FROM", "BENCH_TO"))
    while day <= last:
        yield day
        day += datetime.timedelta(days=1)
