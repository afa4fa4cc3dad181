# SPDX-License-Identifier: MIT
"""A place of the daemon's own: configuration, sign-in, database, log."""
import os
import shlex
import shutil
import sqlite3

import partner as p
from measure import Broken, run


class Place:
    def __init__(self, build, folder, partner, **keys):
        self.build, self.folder, self.partner = build, folder, partner
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.db, self.published, self.log, self.conf = folder / "usage.db", folder / "published.db", folder / "log", folder / "conf"
        (folder / "state").mkdir(mode=0o700)
        self.write_secret(folder / "state" / "refresh-token", partner.refresh_token)
        self.write_secret(folder / "secret", p.SECRET)
        self.sections = {
            "partner": {"tenant_id": p.TENANT, "client_id": p.CLIENT, "client_secret_file": folder / "secret", "state_dir": folder / "state"},
            "partner_center": {"base_url": partner.base_url, "login_url": partner.base_url, "ca_file": partner.ca_file,
                               "currency": p.CURRENCY, "region": p.REGION, "requests_per_minute": 100000, "max_in_flight": 8},
            "usage": {"backfill_days": len(partner.days) + 1}, "schedule": {},
            "database": {"path": self.db, "publish": ""},
            "log": {"level": "info"}}
        self.configure(**keys)

    def configure(self, **keys):
        """Sets section__key=value and writes the configuration."""
        for name, value in keys.items():
            section, key = name.split("__")
            self.sections[section][key] = value
        with open(self.conf, "w") as f:
            for section, values in self.sections.items():
                f.write(f"[{section}]\n" + "".join(f"{k} = {v}\n" for k, v in values.items()))

    @staticmethod
    def write_secret(path, text):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(text + "\n")

    def command(self, *words):
        return [self.build / "csp-usaged", *words, "--config", self.conf]

    def sync(self, ranged=True, good=(0,)):
        """One run over the partner's days; its summary is in self.summary."""
        days = ("--from", str(self.partner.first), "--to", str(self.partner.last)) if ranged else ()
        cost = run(self.command("sync", *days), good=good, errors=self.log)
        self.summary = self.event("run.done")
        return cost

    def events(self, *names):
        """(time, key=value pairs) of the log's lines with these events."""
        for line in open(self.log, errors="replace"):
            if any(f" event={name} " in line for name in names):
                words = shlex.split(line)
                yield words[0], dict(w.split("=", 1) for w in words[1:] if "=" in w)

    def event(self, name):
        found = [pairs for _, pairs in self.events(name)]
        if not found:
            raise Broken(f"the log has no event={name}: {open(self.log).read()[-600:]}")
        return found[-1]

    def loop_ms(self):
        """For how long the last run held up the loop, with log level debug."""
        return int(self.event("run.loop")["longest_us"]) / 1000

    def query(self, sql):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def rows(self):
        return self.query("SELECT count(*) FROM purchases")[0][0]

    def wal_bytes(self):
        wal = self.folder / "usage.db-wal"
        return wal.stat().st_size if wal.exists() else 0

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
