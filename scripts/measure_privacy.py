"""Measure what keeping the statement costs, after GDPRbench. Writes docs/measurements/privacy.*.

    python -m scripts.measure_privacy [--sizes 10000 100000 1000000] [--only mixes tap] [--seconds 8] [--rounds 3]

In a throw-away mall with people written by `privacy_people`, the mixes of `privacy_mixes` run by turns against the
mall as it is and against a second database of the same schema without enforcement. What was measured before, at other
sizes and of other parts, stays, each with the time of its measuring.
"""

import argparse
import json
import os
import platform
import secrets
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

from bench.mall import ROOT, Mall, mall

OUT = ROOT / "docs" / "measurements"
MIXES = ("customer", "controller", "processor", "regulator")
PARTS = ("space", "mixes", "tap", "erasure")
WORDS = {
    "customer": "a fifth each: read one's data, read choices and uses, change a detail, flip a consent, search and forget it",
    "controller": "a quarter new accounts, a quarter deletion by purpose, half consents flipped",
    "processor": "addresses for an order 60 %, a look noted if agreed to 20 %, searches and interests if agreed to 20 %",
    "regulator": "uses of a person 46 %, stretches of the log 31 %, looking for somebody who is gone 23 %",
}
CLIENTS = 2
KEPT_ABOUT = (
    "privacy_accesslog", "privacy_logseal", "privacy_standing", "privacy_consentevent", "privacy_noticetext",
    "privacy_share", "privacy_deletionnotice", "privacy_cancellation", "privacy_certificate", "privacy_export",
)  # fmt: skip
LEAVERS = 20
STARTING = 12  # seconds until a client is surely at work
TARGET, SHARE_OF_SPACE, FALL = 0.67, 0.20, 0.04
Figures = dict[str, Any]


def main() -> None:
    """Measure every size, writing what is known after each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=8.0, help="of each run of a mix")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each mix on each side, by turns")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    chosen = parser.parse_args()
    password = secrets.token_hex(16)
    with mall(MINGPU_COOLING_OFF_DAYS="0") as it:
        make_plain(it, password)
        there = 0
        for size in sorted(chosen.sizes):
            begun = time.monotonic()
            it.command("-m", "scripts.privacy_people", str(there), str(size - there), zone="owner")
            there = size
            admin(it, "VACUUM ANALYZE", "mingpu")
            admin(it, "VACUUM ANALYZE", "mingpu_plain")
            keep("sizes", str(size), {"seconds_to_write": round(time.monotonic() - begun)})
            if "space" in chosen.only:
                keep("sizes", str(size), {"space": space(it)})
            if "mixes" in chosen.only:
                keep("sizes", str(size), measured(it, password, chosen.seconds, chosen.rounds))
            if "tap" in chosen.only:
                keep("sizes", str(size), {"tap": tap(it, chosen.seconds, chosen.rounds)})
        if "erasure" in chosen.only:
            keep("erasure", "", erasure(it))
    sys.stdout.write((OUT / "privacy.md").read_text(encoding="utf-8"))


def admin(it: Mall, statement: str, database: str = "mingpu") -> list[list[Any]]:
    """Run a statement as the administrator; return its rows."""
    code = (
        "import json, sys; from mingpu.ops.database import connect_admin; "
        "c = connect_admin(sys.argv[2]).execute(sys.argv[1]); "
        "print(json.dumps([list(map(str, r)) for r in c.fetchall()] if c.description else []))"
    )
    found: list[list[Any]] = json.loads(it.command("-c", code, statement, database, zone="owner"))
    return found


def make_plain(it: Mall, password: str) -> None:
    """Copy the empty database and take everything out of the copy that enforces."""
    admin(it, "CREATE DATABASE mingpu_plain TEMPLATE mingpu", "postgres")
    admin(it, f"CREATE ROLE privacy_plain LOGIN BYPASSRLS PASSWORD '{password}'", "postgres")
    admin(it, "GRANT CONNECT ON DATABASE mingpu_plain TO privacy_plain", "postgres")
    for statement in (
        (
            "DO $$ DECLARE t record; BEGIN FOR t IN SELECT oid::regclass AS name FROM pg_class WHERE relrowsecurity LOOP "
            "EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', t.name); END LOOP; END $$"
        ),
        (
            "DO $$ DECLARE p record; BEGIN FOR p IN SELECT policyname, tablename FROM pg_policies LOOP "
            "EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename); END LOOP; END $$"
        ),
        "GRANT USAGE ON SCHEMA public, mingpu TO privacy_plain",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO privacy_plain",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO privacy_plain",
        "GRANT ALL ON ALL FUNCTIONS IN SCHEMA mingpu TO privacy_plain",
    ):
        admin(it, statement, "mingpu_plain")


def clients(
    it: Mall, mix: str, seconds: float, *, password: str = "", number: int = CLIENTS, pace: float = 0
) -> list[subprocess.Popen[str]]:
    """Start clients of a mix; password: of the side without enforcement."""
    zone = "worker" if mix == "regulator" else "storefront"
    env = {**it.env, "MINGPU_ZONE": zone, **({"PRIVACY_PLAIN_PASSWORD": password} if password else {})}
    call = [sys.executable, "-m", "scripts.privacy_mixes", mix, str(seconds)]
    return [
        subprocess.Popen([*call, str(secrets.randbelow(10**6)), str(pace)], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(number)
    ]  # fmt: skip


def outcome(running: list[subprocess.Popen[str]]) -> Figures:
    """Wait for clients and add up what they did. Raises RuntimeError when one broke off."""
    found = []
    for process in running:
        said, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"a client broke off: {process.returncode}")
        found.append(json.loads(said))
    return {
        "per_second": sum(one["per_second"] for one in found),
        "p50_ms": statistics.median(one["p50_ms"] for one in found),
        "p95_ms": max(one["p95_ms"] for one in found),
    }


def measured(it: Mall, password: str, seconds: float, rounds: int) -> Figures:
    """Run every mix on both sides by turns; return the medians."""
    found: Figures = {"mixes": {}, "load": [round(one, 1) for one in os.getloadavg()]}
    for mix in MIXES:
        runs: dict[str, list[Figures]] = {"kept": [], "plain": []}
        for _ in range(rounds):
            runs["kept"].append(outcome(clients(it, mix, seconds)))
            runs["plain"].append(outcome(clients(it, mix, seconds, password=password)))
        sides = {side: _medians(those) for side, those in runs.items()}
        ratio = sides["kept"]["per_second"] / sides["plain"]["per_second"]
        found["mixes"][mix] = {**sides, "ratio": ratio}
        print(mix, f"{ratio:.2f}", flush=True)
    return found


def _medians(runs: list[Figures]) -> Figures:
    return {name: statistics.median(run[name] for run in runs) for name in ("per_second", "p50_ms", "p95_ms")}


def tap(it: Mall, seconds: float, rounds: int) -> Figures:
    """Erase by a tap once a second while others work, and let them work alone, by turns."""
    alone, beside, taps = [], [], []
    for _ in range(rounds):
        alone.append(outcome(clients(it, "processor", seconds))["per_second"])
        erasing = clients(it, "erasure", 3 * seconds + STARTING, number=1, pace=1.0)
        time.sleep(STARTING)  # what it takes to start is not what erasing takes
        beside.append(outcome(clients(it, "processor", seconds))["per_second"])
        taps.append(outcome(erasing))
    fall = 1 - statistics.median(beside) / statistics.median(alone)
    return {**_medians(taps), "others_fall": fall, "load": round(os.getloadavg()[0], 1)}


def space(it: Mall) -> Figures:
    """Return how much of the tables' and indexes' space is kept about the keeping, and what enforcement adds."""
    query = (
        "SELECT relname, pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace"
    )
    sizes = {row[0]: int(row[1]) for row in admin(it, query) if not row[0].startswith("catalog_")}
    plain = {
        row[0]: int(row[1]) for row in admin(it, query, "mingpu_plain") if not row[0].startswith("catalog_")
    }
    about = sum(sizes[name] for name in KEPT_ABOUT)
    people = int(admin(it, "SELECT count(*) FROM accounts_person")[0][0])
    lines = int(admin(it, "SELECT count(*) FROM privacy_accesslog")[0][0])
    return {
        "people": people,
        "bytes_a_person": sum(sizes.values()) / people,
        "about_a_person": about / people,
        "share": about / sum(sizes.values()),
        "log_share": sizes["privacy_accesslog"] / sum(sizes.values()),
        "log_lines_a_person": lines / people,
        "bytes_a_log_line": sizes["privacy_accesslog"] / lines,
        "sealing_adds": 1 - sum(plain.values()) / sum(sizes.values()),
        "key_store_a_person": (it.home / "keys" / "keys.sqlite3").stat().st_size / people,
    }


ASK = """
import sys, uuid, django
django.setup()
from mingpu.privacy import cancellation
from scripts.privacy_people import person_at
for number in range(int(sys.argv[1])):
    print(cancellation.request(person_at(number)).certificate_id, flush=True)
"""
WAITING = (
    "SELECT (SELECT count(*) FROM privacy_cancellation), "
    "(SELECT count(*) FROM privacy_deletionnotice WHERE state <> 'acknowledged'), "
    "(SELECT count(*) FROM privacy_certificate)"
)


def erasure(it: Mall) -> Figures:
    """Erase some people by the job, every recipient told; return the seconds until the last signed."""
    it.start("counterparts", "worker")
    time.sleep(8)
    begun = time.monotonic()
    it.command("-c", ASK, str(LEAVERS), zone="storefront")
    while True:
        left, unanswered, certified = (int(value) for value in admin(it, WAITING)[0])
        if not left and not unanswered and certified >= LEAVERS:
            break
        if time.monotonic() - begun > 600:  # noqa: PLR2004 -- twice the target
            raise RuntimeError(f"{left} still there, {unanswered} notices unanswered")
        time.sleep(0.5)
    return {
        "people": LEAVERS,
        "seconds": time.monotonic() - begun,
        "load": [round(one, 1) for one in os.getloadavg()],
    }


def keep(part: str, name: str, figures: Figures) -> None:
    """Put a part into the report beside what is known, and write it anew."""
    path = OUT / "privacy.json"
    known: Figures = json.loads(path.read_text()) if path.exists() else {}
    stamped = {**figures, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    if name:
        known.setdefault(part, {}).setdefault(name, {}).update(stamped)
    else:
        known[part] = stamped
    path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    (OUT / "privacy.md").write_text("\n".join(report(known)) + "\n", encoding="utf-8")


def report(known: Figures) -> list[str]:
    """Return the report's lines."""
    sizes = dict(sorted(known.get("sizes", {}).items(), key=lambda it: int(it[0])))
    lines = [
        "# What keeping the statement costs",
        "",
        (
            "By `python -m scripts.measure_privacy`, after GDPRbench's four roles. Both sides run the same verbs of the mall on the "
            "same people; the plain side has one login that may do everything, no policies, no subject, no log row and no "
            f"sealing. {CLIENTS} clients at a time, by turns, medians. {platform.machine()}, {os.cpu_count()} cores, shared."
        ),
        "",
        "| mix | what it does |",
        "|---|---|",
        *(f"| {name} | {WORDS[name]} |" for name in MIXES),
        "",
        f"## Throughput (target: at least {TARGET} of the plain side, flat over sizes)",
        "",
        "| people | mix | kept /s | plain /s | ratio | kept p95 ms | plain p95 ms | load |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size, it in sizes.items():
        for mix, one in it.get("mixes", {}).items():
            lines.append(
                f"| {int(size):,} | {mix} | {one['kept']['per_second']:.0f} | {one['plain']['per_second']:.0f} | "
                f"{one['ratio']:.2f} | {one['kept']['p95_ms']:.1f} | {one['plain']['p95_ms']:.1f} | {it['load'][0]} |"
            )
    lines += [*_space_lines(sizes), *_tap_lines(sizes)]
    if erased := known.get("erasure"):
        lines += [
            "",
            "## Full erasure with every acknowledgement (target: 5 minutes)",
            "",
            f"{erased['people']} people asked at once; the last recipient had signed after {erased['seconds']:.0f} s (load {erased['load'][0]}).",
        ]
    notes = OUT / "privacy_notes.md"
    return [*lines, "", *(notes.read_text(encoding="utf-8").splitlines() if notes.exists() else [])]


def _space_lines(sizes: Figures) -> list[str]:
    lines = [
        "",
        f"## Space (target: less than {SHARE_OF_SPACE:.0%} kept about the keeping)",
        "",
        (
            "Tables and indexes of people's data, the catalogue left out. Kept about the keeping: log, seals, standing, consents, "
            "shares, notices, certificates."
        ),
        "",
        "| people | bytes a person | kept about | of it the log | log lines a person | bytes a log line | sealing adds | key store a person |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size, one in ((size, it["space"]) for size, it in sizes.items() if "space" in it):
        lines.append(
            f"| {int(size):,} | {one['bytes_a_person']:.0f} | {one['share']:.0%} | {one['log_share']:.0%} | {one['log_lines_a_person']:.1f} | "
            f"{one['bytes_a_log_line']:.0f} | {one['sealing_adds']:.0%} | {one['key_store_a_person']:.0f} |"
        )
    return lines


def _tap_lines(sizes: Figures) -> list[str]:
    lines = [
        "",
        f"## Erasure by a tap (targets: median 100 ms, p95 1 s, others fall by less than {FALL:.0%})",
        "",
        "A consent taken back with what rests on it and the history cleared, once a second beside the processor mix at full speed.",
        "",
        "| people | median ms | p95 ms | others fall by | load |",
        "|---|---|---|---|---|",
    ]
    for size, one in ((size, it["tap"]) for size, it in sizes.items() if "tap" in it):
        lines.append(
            f"| {int(size):,} | {one['p50_ms']:.1f} | {one['p95_ms']:.1f} | {one['others_fall']:.1%} | {one.get('load', '')} |"
        )
    return lines


if __name__ == "__main__":
    main()
