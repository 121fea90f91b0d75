"""Writing down what was measured, as figures for machines and as tables for people."""

import json
from typing import Any

from bench.mall import ROOT

FOLDER = ROOT / "docs" / "measurements"
OTHERS = {"list of 24": 372, "product": 158, "search": 43, "add to cart": 94, "whole checkout": 11.2}


def write(found: dict[str, Any]) -> None:
    """Write docs/measurements/bench.{json,md} and print the tables."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "bench.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    text = (
        "\n".join(
            [
                *_head(found),
                *_rates(found),
                *_checkout(found),
                *_hot(found),
                *_privacy(found),
                *_search(found),
            ]
        )
        + "\n"
    )
    (FOLDER / "bench.md").write_text(text)
    print(text)


def _head(found: dict[str, Any]) -> list[str]:
    return [
        "# Figures", "", f"By `make bench` at {found['at']} on {found['machine']}; 2,000 products, two web workers,",
        "everything over HTTP, load made on the same cores. `trivial` is `/healthz` of the same server just before and",
        "after; `others` is the best of four comparable shops on two such cores, `times` ours against it.", "",
    ]  # fmt: skip


def _rates(found: dict[str, Any]) -> list[str]:
    lines = [
        "| concurrency 8 | per second | p50 ms | p99 ms | of trivial | others | times | failed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, rate in found["rates"].items():
        other = OTHERS.get(name)
        times = f"{rate['per_second'] / other:.1f}" if other else "–"
        lines.append(
            f"| {name} | {rate['per_second']:,.0f} | {rate['p50_ms']:.2f} | {rate['p99_ms']:.2f} | {rate['ratio']:.2f} | "
            f"{other or '–'} | {times} | {rate['failed']} |"
        )
    return [*lines, ""]


def _checkout(found: dict[str, Any]) -> list[str]:
    lines = [
        "| whole checkout (cart, look, order), or an order alone | per second | p50 ms | p99 ms | of trivial | others | times | refused |",
        "|---|---|---|---|---|---|---|---|",
    ]
    other = OTHERS["whole checkout"]
    for name, seen in found["checkout"].items():
        if name == "pgbench":
            continue
        whole = name.startswith("whole")
        times = f"{other} | {seen['per_second'] / other:.1f}" if whole else "– | –"
        lines.append(
            f"| {name} | {seen['per_second']:,.1f} | {seen['p50_ms']:.1f} | {seen['p99_ms']:.1f} | {seen['ratio']:.3f} | "
            f"{times} | {seen['refused']} |"
        )
    limit = found["checkout"]["pgbench"]
    carts, alone = (
        found["checkout"][f"{what}, concurrency 8"]["per_second"] / limit["per_second"]
        for what in ("whole checkout", "order alone")
    )
    return [
        *lines, "",
        (f"`pgbench` running the {limit['statements']} statements of placing an order, 8 clients: "
        f"{limit['per_second']:,.0f} per second; the application reaches {alone:.0%} of it, and {carts:.0%} with the "
        "cart's two calls before each order."), "",
    ]  # fmt: skip


def _hot(found: dict[str, Any]) -> list[str]:
    it = found["hot sku"]
    return [
        (f"One SKU, {it['buyers']:,} buyers for {it['pieces']:,} pieces at concurrency {it['connections']}: exactly "
        f"{it['sold']:,} sold, {it['refused']:,} refused."), "",
        "| hot SKU | buyers per second | seconds | of pgbench |", "|---|---|---|---|",
        f"| over HTTP | {it['per_second']:,.0f} | {it['seconds']:.1f} | {it['ratio']:.0%} |",
        f"| `pgbench`, the same statements | {it['pgbench']:,.0f} | {it['buyers'] / it['pgbench']:.1f} | |", "",
        (f"A buyer who got one waited {it['sold_p50_ms']:.0f} ms (p50), {it['sold_p99_ms']:.0f} ms (p99). `pgbench` runs "
        f"{it['pieces']:,} orders and then {it['buyers'] - it['pieces']:,} refusals with as many clients, once before "
        "and once after; target ≥ 50 % of it."), "",
    ]  # fmt: skip


def _privacy(found: dict[str, Any]) -> list[str]:
    lines = ["| page, signed in | enforced ms | plain ms | cost |", "|---|---|---|---|"]
    for name, page in found["privacy cost"].items():
        if name != "median":
            lines.append(f"| {name} | {page['on_ms']:.2f} | {page['off_ms']:.2f} | {page['cost']:+.1%} |")
    return [
        *lines,
        "",
        f"Median cost of enforcement: {found['privacy cost']['median']['cost']:+.1%} (target ≤ 3 %).",
        "",
    ]


def _search(found: dict[str, Any]) -> list[str]:
    size = found.get("search at size")
    if not size:
        return ["The real catalogue is not beside this checkout; search at size was not measured."]
    return [
        (f"Search over HTTP at 14,599 items, {size['queries']} queries each asked once: p50 {size['p50_ms']:.2f} ms, "
        f"p99 {size['p99_ms']:.2f} ms (target ≤ 10), trivial view p50 {size['trivial_p50_ms']:.2f} ms.")
    ]  # fmt: skip
