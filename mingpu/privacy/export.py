"""A person's copy of their data: a zip of what the register says is theirs, opened, with hashes of every file.

The file is made by a job and lies sealed under the person's key until its owner fetches it; after three days it
is gone. Making it again gives the same file again: the job may be killed and repeated.
"""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from typing import Any
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import MallError, NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text, speaking
from mingpu.privacy import certificate, dpv, files, forgetting, keys, models, rows, statement
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Table

KIND, FORMAT = "mingpu.package", 1
DAYS = int(REGISTER.raw["retention"]["export"]["days"])
Found = Mapping[str, Sequence[Mapping[str, Any]]]
WITHHELD = Text(
    "哈希与盲索引：还原不出内容，拿到的人却能用来试猜，所以不导出",
    "Hashes and blind indexes: they tell you nothing and would help whoever finds this file to guess",
)


class NotReady(MallError):
    """Your copy is still being made; please come back in a moment."""

    zh = "导出还在准备，请稍后再来。"
    code = "export_not_ready"


@dataclass(frozen=True, slots=True)
class Export:
    """One copy asked for. state: waiting | ready | expired; size in bytes when ready."""

    id: UUID
    state: str
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    size: int | None


def request(person_id: UUID) -> UUID:
    """Ask for a copy; one that is already being made is the answer to a second request. Raises NotFound."""
    with processing(Purpose.RIGHTS, subject=person_id):
        state = models.Standing.objects.filter(person_id=person_id).values_list("state", flat=True).first()
        if state not in {"active", "cooling_off"}:
            raise NotFound
        waiting = models.Export.objects.filter(person_id=person_id, state="requested").values_list(
            "id", flat=True
        )
        if known := waiting.first():
            return known
        export = models.Export(person_id=person_id, requested_at=now())
        export.save(force_insert=True)
        enqueue("privacy.export", person_id=str(person_id), export_id=str(export.id))
        return export.id


def exports_of(person_id: UUID) -> list[Export]:
    """Return a person's copies, newest first."""
    fields = ("id", "state", "requested_at", "ready_at", "expires_at")
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        found = list(
            models.Export.objects.filter(person_id=person_id).order_by("-requested_at").values(*fields)
        )
    return [_export(row) for row in found]


def _export(row: Mapping[str, Any]) -> Export:
    state = {"requested": "waiting"}.get(row["state"], row["state"])
    if row["expires_at"] and row["expires_at"] < now():
        state = "expired"
    size = files.size(row["id"]) if state == "ready" else None
    return Export(**{**row, "state": state, "size": size})


def find(person_id: UUID, export_id: UUID) -> Export:
    """Return one copy; raises NotFound for another's, an expired or an unknown one."""
    known = next((it for it in exports_of(person_id) if it.id == export_id), None)
    if known is None or known.state == "expired":
        raise NotFound
    return known


def open_file(person_id: UUID, export_id: UUID) -> bytes:
    """Return the zip for its owner. Raises NotFound as `find` does, NotReady while it is being made."""
    if find(person_id, export_id).state != "ready":
        raise NotReady
    try:
        return files.read(export_id, person_id)
    except (FileNotFoundError, keys.KeyErased):
        raise NotFound from None


def drop(person_id: UUID, export_id: UUID) -> None:
    """Delete a copy before its time, file and row. Raises NotFound for another's."""
    with processing(Purpose.RIGHTS, subject=person_id):
        if not forgetting.forget(models.Export.objects.filter(person_id=person_id, id=export_id)):
            raise NotFound
    files.remove(export_id)


def make(person_id: UUID, export_id: UUID) -> None:
    """Make the copy that was asked for; nothing happens for one that is ready or no longer wanted."""
    with processing(Purpose.RIGHTS, subject=person_id, reference="export", reading=True):
        if not models.Export.objects.filter(id=export_id, state="requested").exists():
            return
        found = gather(person_id)
    files.write(export_id, person_id, archive(found))
    ready = now()
    with processing(Purpose.RIGHTS, subject=person_id, reference="export"):
        waiting = models.Export.objects.filter(id=export_id, state="requested")
        made = waiting.update(state="ready", ready_at=ready, expires_at=ready + timedelta(days=DAYS))
        if made:
            enqueue("notices.tell", person_id=str(person_id), kind="export_ready", mark=export_id.hex)
    if not made and not any(it.id == export_id for it in exports_of(person_id)):
        files.remove(export_id)  # erased meanwhile


def gather(person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Return all of a person's rows by table, opened, as JSON values; inside a block of `rights`."""
    found = {}
    for table in _exported():
        read = rows.read(table, Purpose.RIGHTS, f"{table.subject} = %s", [person_id])
        found[table.name] = [{name: _told(table, name, value) for name, value in row.items()} for row in read]
    return found


def _exported() -> list[Table]:
    return [table for table in rows.persons_tables() if table.export]


def _told(table: Table, column: str, value: object) -> Any:
    if (table.name, column) == ("privacy_standing", "consents") and isinstance(value, int):
        return [name for name, bit in REGISTER.consents().items() if value & bit]
    return rows.plain(value)


# ---- the archive ----


def archive(found: Found) -> bytes:
    """Return the zip: JSON and CSV a table, a page to read in two languages, the statement, a signed manifest of hashes."""
    content: dict[str, str] = {}
    for name, table_rows in found.items():
        content[f"json/{name}.json"] = json.dumps(table_rows, ensure_ascii=False, indent=1) + "\n"
        content[f"csv/{name}.csv"] = _csv(name, table_rows)
    for language, name in (("zh-hans", "zh"), ("en", "en")):
        with speaking(language):
            content[f"read.{name}.html"] = page(found)
    content["statement.jsonld"] = json.dumps(dpv.document(), ensure_ascii=False, indent=1) + "\n"
    listed = manifest(found, content)
    content["manifest.json"] = json.dumps(listed, ensure_ascii=False, indent=1) + "\n"
    content["signature.json"] = json.dumps(signature_of(listed), indent=1) + "\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in content.items():
            pack.writestr(name, text)
    return out.getvalue()


def signature_of(listed: Mapping[str, Any]) -> dict[str, str]:
    """Return the mall's signature over a manifest's canonical JSON, as it lies in the archive."""
    return {
        "algorithm": "Ed25519",
        "public_key": certificate.public_key(),
        "signature": certificate.sign(listed),
    }


def manifest(found: Found, content: Mapping[str, str]) -> dict[str, Any]:
    """Return what the archive holds: every file with its SHA-256, rows by table, what was left out and why."""
    withheld = [
        f"{table.name}.{column.name}"
        for table in _exported()
        for column in table.columns.values()
        if column.personal and (column.index_of or column.mask == "secret")
    ]
    return {
        "kind": KIND,
        "format": FORMAT,
        "made_at": rows.plain(now()),
        "statement": {"version": REGISTER.version, "hash": REGISTER.digest},
        "files": [
            {"name": name, "bytes": len(text.encode()), "sha256": sha256(text.encode()).hexdigest()}
            for name, text in content.items()
        ],
        "rows": {name: len(table_rows) for name, table_rows in found.items()},
        "withheld": {"columns": withheld, "why": {"zh": WITHHELD.zh, "en": WITHHELD.en}},
        "processes": [it for it in dpv.document()["@graph"] if it["@type"] == "dpv:Process"],
    }


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A spreadsheet would run a text that begins so; the quote keeps it a text.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and isinstance(value, str) else text


def _csv(table: str, table_rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(table_rows[0]) if table_rows else list(REGISTER.tables[table].columns)
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in table_rows)
    return "\ufeff" + out.getvalue()  # so that spreadsheets know it is UTF-8


STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem;font-size:.9rem}"
    "th,td{border:1px solid #ddd;padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{background:#f6f6f6}.muted{color:#666}"
)


def page(found: Found) -> str:
    """Return the data as a page to read, in the reader's language, needing nothing but a browser."""
    title = str(Text("我在明铺的个人信息", "My personal data at Mingpu"))
    version = str(Text("依据隐私声明", "By the privacy statement, version"))
    parts = [
        "<!doctype html>",
        f'<html lang="{Text("zh-Hans", "en")}"><meta charset="utf-8"><title>{escape(title)}</title>',
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style>',
        f"<h1>{escape(title)}</h1>",
        f'<p class="muted">{escape(version)} {escape(REGISTER.version)} · {escape(str(rows.plain(now())))}</p>',
    ]
    for table in _exported():
        if table_rows := found.get(table.name, ()):
            parts += _section(table, table_rows)
    parts.append(f'<p class="muted">{escape(str(WITHHELD))}</p></html>\n')
    return "\n".join(parts)


def _shown(value: object) -> str:
    """Return a value as the page shows it; a picture, which is kept as a data address, as itself."""
    text = escape(_cell(value))
    return f'<img src="{text}" alt="">' if text.startswith("data:image/") else text


def _section(table: Table, table_rows: Sequence[Mapping[str, Any]]) -> list[str]:
    shown = [column for column in table.personal_columns() if column.name in table_rows[0]]
    kept = f"{statement.ON_CANCEL[table.erase]} · {REGISTER.retention[table.retention]}"
    heads = "".join(f"<th>{escape(str(column.label))}</th>" for column in shown)
    lines = [
        "<tr>" + "".join(f"<td>{_shown(row[column.name])}</td>" for column in shown) + "</tr>"
        for row in table_rows
    ]
    return [
        f"<h2>{escape(str(table.label))} ({len(table_rows)})</h2>",
        f'<p class="muted">{escape(kept)}</p>',
        f"<table><thead><tr>{heads}</tr></thead><tbody>",
        *lines,
        "</tbody></table>",
    ]
