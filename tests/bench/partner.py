# SPDX-License-Identifier: MIT
"""The emulated partner whose usage is read: its server, and what a reader must know of it."""
import datetime
import json
import os
import signal
import ssl
import subprocess
import time
import urllib.parse
import urllib.request

from measure import Broken, cpu_of

TENANT = "1f5ccb06-8e36-4a74-a74c-fcaa9e87e26a"
CLIENT = "7b3c6f5e-0f4a-4b7e-9a55-2c1d8e90aa01"
SECRET = "emulator-secret"
CURRENCY, REGION = "EUR", "NL"
SCENARIO = "tests/emulator/scenarios/bench.ini"


class Partner:
    """Key words set keys of the scenario bench.ini: generate_days=5."""

    def __init__(self, build, folder, days, sections=(), **keys):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.last = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
        self.first = self.last - datetime.timedelta(days=days - 1)
        self.days = [self.first + datetime.timedelta(days=i) for i in range(days)]
        keys = {"generate_first_day": self.first, "generate_last_day": self.last, "generate_days": days, **keys}
        scenario = folder / "scenario.ini"
        scenario.write_text(open(SCENARIO).read() + "".join(s + "\n" for s in sections))
        sets = [f"--set={name.replace('_', '.', 1)}={value}" for name, value in keys.items()]
        ready = folder / "ready"
        ready.unlink(missing_ok=True)
        self.process = subprocess.Popen([build / "csp-usaged-emulator", "--scenario", scenario, *sets, "--port=0", "--quiet", "--state-dir",
                                         folder / "emulator", "--ready-file", ready], stdout=subprocess.DEVNULL)
        self.wait_for(ready)
        said = dict(line.rstrip().split("=", 1) for line in open(ready))
        self.base_url, self.ca_file, self.refresh_token = said["base_url"], said["ca_file"], said["refresh_token"]
        # no proxy, whatever the environment says: the emulator is on this machine
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                                  urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca_file)))

    def wait_for(self, ready):
        for _ in range(600):
            if ready.exists():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise Broken("the emulator does not start")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def cpu(self):
        return cpu_of(self.process.pid)

    def ask(self, path, data=None, headers=None):
        with self.opener.open(urllib.request.Request(self.base_url + path, data, headers or {})) as answer:
            return answer.read()

    def counters(self):
        return json.loads(self.ask("/emulator/counters"))

    def reset_counters(self):
        self.ask("/emulator/counters/reset", b"")

    def merge(self, text):
        self.ask("/emulator/scenario", text.encode())

    def authorization(self):
        form = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": self.refresh_token, "client_id": CLIENT,
                                       "client_secret": SECRET, "scope": "https://api.partnercenter.microsoft.com/user_impersonation"})
        return "Bearer " + json.loads(self.ask(f"/{TENANT}/oauth2/v2.0/token", form.encode()))["access_token"]

    def get(self, path):
        return json.loads(self.ask(path, headers={"Authorization": self.authorization(), "Accept": "application/json"}).decode("utf-8-sig"))

    def subscriptions(self):
        return [(c["id"], s["id"]) for c in self.get("/v1/customers?size=500")["items"]
                for s in self.get(f"/v1/customers/{c['id']}/subscriptions")["items"]]

    def usage_path(self, customer, subscription, day):
        return (f"/v1/customers/{customer}/subscriptions/{subscription}/utilizations/azure?start_time={day}T00%3A00%3A00Z"
                f"&end_time={day + datetime.timedelta(days=1)}T00%3A00%3A00Z&granularity=daily&show_details=true&size=1000")

    def write_list(self):
        """The first page of each slice, for the stages alone."""
        path = self.folder / "list"
        with open(path, "w") as f:
            for customer, subscription in self.subscriptions():
                for day in self.days:
                    f.write(f"{subscription.lower()} {day} {self.base_url}{self.usage_path(customer, subscription, day)}\n")
        return path

    def write_card(self):
        path = self.folder / "card.json"
        path.write_bytes(self.ask(f"/v1/ratecards/azure?currency={CURRENCY}&region={REGION}",
                                  headers={"Authorization": self.authorization(), "Accept": "application/json"}))
        return path

    def environment(self, **more):
        """What the peers and the stages find their way by."""
        return {**os.environ, "BENCH_BASE_URL": self.base_url, "BENCH_CA_FILE": self.ca_file, "BENCH_FROM": str(self.first),
                "BENCH_TO": str(self.last), "BENCH_REFRESH_TOKEN": self.refresh_token, "BENCH_TENANT": TENANT, "BENCH_CLIENT": CLIENT,
                "BENCH_SECRET": SECRET, "BENCH_AUTHORIZATION": self.authorization(), **more}
