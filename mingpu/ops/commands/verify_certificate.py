"""Check a certificate of erasure or a consent receipt, offline: no database, no settings, no network."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mingpu.privacy.certificate import RECEIPT, Body, NotGenuine, acknowledgements, verify


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file, and the mall's key when it was got by another way."""
    parser.add_argument("file", type=Path, help="the certificate or receipt, as downloaded")
    parser.add_argument("--public-key", type=Path, help="a file with the mall's public key (base64)")


def run(args: argparse.Namespace) -> int:
    """Say whether it is genuine and what it certifies; 1 when it is not."""
    try:
        known = args.public_key.read_text() if args.public_key else ""
        text = args.file.read_text()
        body = verify(text, known)
    except (OSError, UnicodeDecodeError) as error:
        print(f"cannot be read: {error}")
        return 1
    except NotGenuine as error:
        print(f"NOT GENUINE: {error}")
        return 1
    print("GENUINE: the signature matches" + ("" if known else " the key in the file itself"))
    if not known:
        print("To know that the mall signed it, compare with its published key: --public-key")
    _tell_receipt(body) if body["kind"] == RECEIPT else _tell(body, json.loads(text).get("receipts") or {})
    return 0


def _tell_receipt(body: Body) -> None:
    notice = body["privacy_notice"]
    print(f"receipt {body['record_id']} of {body['pii_principal_id']}, statement {notice['version']}")
    for it in body["pii_processing"]:
        print(f"  {it['purpose']}: {it['lawful_basis']}, {len(it['pii_information'])} items")
    for it in body["events"]:
        print(f"  {it['event_time']}  {it['event_type']}")
    print(f"  now {body['state']}; notice {notice['hash'] or 'not kept'}")


def _tell(body: Body, later: Mapping[str, Any]) -> None:
    print(f"certificate {body['id']}, issued {body['issued_at']}, statement {body['statement']['version']}")
    for what in ("deleted", "detached", "frozen"):
        for table, count in sorted(body[what].items()):
            print(f"  {what:9} {count:6}  {table}")
    if body["frozen_until"]:
        print(f"  frozen until {body['frozen_until']}, then destroyed")
    at = f", the last at {body['keys_destroyed_at']}" if "keys_destroyed_at" in body else ""
    print(f"  keys destroyed: {body['keys_destroyed']}{at}")
    look = body["rescan"]
    print(f"  second look: {look['tables']} tables searched, {look['rows_found']} rows found")
    for it in body.get("recipients", ()):  # of the first format
        print(f"  recipient {it['id']}: {it['messages']} messages, deletion notice {it['deletion_notice']}")
    for recipient, notice, said in acknowledgements(body, later):
        word = f"{said.outcome}, {said.records} records, {said.at}" if said else "no receipt yet"
        print(f"  recipient {recipient}, notice {notice}: {word}")
