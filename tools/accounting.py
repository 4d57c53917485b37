#!/usr/bin/env python3
"""Accounts for every line of every log below a folder, as a table in Markdown.

    tools/accounting.py FORKPOINT FOLDER            prints the table
    tools/accounting.py FORKPOINT FOLDER --page P   says what differs from the table in P
    tools/accounting.py FORKPOINT FOLDER --write P  puts the table into P

Each line of a log is an event, skipped by a reason, or damaged; the script ends with 1 if one is not.
The table in a page stands between `<!-- accounting -->` and `<!-- /accounting -->`.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

BEGIN, END = "<!-- accounting -->\n", "<!-- /accounting -->\n"


def checked(tool: str, log: pathlib.Path) -> dict:
    """What the program says of one log."""
    command = [tool, "check", "--format", "json", str(log)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"{log}: {run.stderr}")
    return json.loads(run.stdout)["logs"][0]


def row(name: str, log: dict) -> tuple[str, bool]:
    """A log's row, and whether all its lines are accounted for."""
    skipped = [(entry["reason"], entry["lines"]) for entry in log["skipped"]]
    faults = [(entry["kind"], entry["count"]) for entry in log["faults"]]
    total = log["events"] + log["damaged_lines"] + sum(lines for _, lines in skipped)
    listed = [f"{lines:,} {reason}" for reason, lines in skipped]
    damaged = [f"{count:,} {kind}" for kind, count in faults]
    cells = [name, log["format"], f"{log['lines']:,}", f"{log['events']:,}"]
    cells += ["; ".join(listed), "; ".join(damaged)]
    return "| " + " | ".join(cells) + " |", total == log["lines"]


def table(tool: str, folder: pathlib.Path) -> tuple[str, list[str]]:
    """The table of all logs, and the names of those whose lines do not add up."""
    head = ["log", "format", "lines", "events", "skipped", "damaged"]
    rows = ["| " + " | ".join(head) + " |", "| --- | --- | ---: | ---: | --- | --- |"]
    wrong = []
    lines = events = 0
    logs = sorted(path for path in folder.glob("*/*") if path.suffix != ".md")
    for path in logs:
        log = checked(tool, path)
        name = str(path.relative_to(folder))
        text, adds_up = row(re.sub(r"\.gz$", "", name), log)
        rows.append(text)
        lines, events = lines + log["lines"], events + log["events"]
        if not adds_up:
            wrong.append(name)
    rows.append(f"| {len(logs)} logs | | {lines:,} | {events:,} | | |")
    return "\n".join(rows) + "\n", wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tool")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--page", type=pathlib.Path)
    parser.add_argument("--write", type=pathlib.Path)
    args = parser.parse_args()
    text, wrong = table(args.tool, args.folder)
    for name in wrong:
        print(f"{name}: lines, events, skipped and damaged do not add up", file=sys.stderr)
    page = args.page or args.write
    if page is None:
        print(text, end="")
        return int(bool(wrong))
    before, rest = page.read_text().split(BEGIN)
    old, after = rest.split(END)
    if args.write:
        page.write_text(before + BEGIN + text + END + after)
    elif old != text:
        print(f"{page}: the table is another one now; --write {page} takes it over", file=sys.stderr)
        return 1
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
