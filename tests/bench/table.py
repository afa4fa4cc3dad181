# SPDX-License-Identifier: MIT
"""The rows of the result: what was measured, beside its goal."""
import json
import unicodedata


class Row:
    def __init__(self, what, goal, figure, met, note=""):
        self.what, self.goal, self.figure, self.met, self.note = what, goal, figure, met, note

    @property
    def verdict(self):
        return {True: "met", False: "NOT met", None: "-"}[self.met]


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text, to):
    return text + " " * (to - width(text))


class Table:
    def __init__(self):
        self.rows, self.details = [], []

    def at_most(self, what, figure, goal, unit="", note="", digits=2):
        self.add(what, f"<= {goal:g}{unit}", figure, figure <= goal, unit, note, digits)

    def at_least(self, what, figure, goal, unit="", note="", digits=1):
        self.add(what, f">= {goal:g}{unit}", figure, figure >= goal, unit, note, digits)

    def add(self, what, goal, figure, met, unit, note, digits):
        self.rows.append(Row(what, goal, f"{figure:.{digits}f}{unit}", met, note))
        print(f"  {what}: {figure:.{digits}f}{unit} ({goal}) {note}", flush=True)

    def true(self, what, goal, figure, met, note=""):
        self.rows.append(Row(what, goal, figure, met, note))
        print(f"  {what}: {figure} ({goal}) {note}", flush=True)

    def missing(self, what, goal, why):
        self.rows.append(Row(what, goal, "not measured", None, why))
        print(f"  {what}: not measured: {why}", flush=True)

    def detail(self, text):
        """A figure behind the table: printed below it."""
        self.details.append(text)
        print(f"    {text}", flush=True)

    def text(self, heading):
        columns = [("what", "goal", "figure", "", "how")]
        columns += [(r.what, r.goal, r.figure, r.verdict, r.note) for r in self.rows]
        widths = [max(width(row[i]) for row in columns) for i in range(4)]
        lines = ["  ".join(pad(cell, widths[i]) if i < 4 else cell for i, cell in enumerate(row)).rstrip() for row in columns]
        lines.insert(1, "-" * max(map(len, lines)))
        return "\n".join(heading + [""] + lines + ["", "Behind it:"] + ["  " + d for d in self.details]) + "\n"

    def write(self, folder, heading):
        (folder / "table.txt").write_text(self.text(heading))
        rows = [{"what": r.what, "goal": r.goal, "figure": r.figure, "met": r.met, "note": r.note} for r in self.rows]
        (folder / "table.json").write_text(json.dumps({"machine": heading, "rows": rows, "details": self.details}, indent=1) + "\n")
