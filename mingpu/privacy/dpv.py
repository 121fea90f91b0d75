"""The statement as JSON-LD in the words of the W3C Data Privacy Vocabulary (DPV 2).

The context is inside the document, so it is read without a network. What DPV has no word for, bases in Chinese
law and our own categories, are concepts of the statement itself that name the DPV concept above them.
"""

from typing import Any

from mingpu.lib.text import Text
from mingpu.privacy.grants import granted
from mingpu.privacy.register import REGISTER, Register, Table
from mingpu.privacy.statement import touched

CONTEXT: dict[str, Any] = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "own": "urn:mingpu:statement:",
    "title": {"@id": "dct:title", "@container": "@language"},
    "description": {"@id": "dct:description", "@container": "@language"},
    "label": {"@id": "skos:prefLabel", "@container": "@language"},
    "broader": {"@id": "skos:broader", "@type": "@id"},
    "hasProcess": {"@id": "dpv:hasProcess", "@type": "@id"},
    "hasPurpose": {"@id": "dpv:hasPurpose", "@type": "@id"},
    "hasPersonalData": {"@id": "dpv:hasPersonalData", "@type": "@id"},
    "hasLegalBasis": {"@id": "dpv:hasLegalBasis", "@type": "@id"},
    "hasRecipient": {"@id": "dpv:hasRecipient", "@type": "@id"},
    "hasDataController": {"@id": "dpv:hasDataController", "@type": "@id"},
    "hasStorageCondition": {"@id": "dpv:hasStorageCondition", "@type": "@id"},
    "hasDuration": {"@id": "dpv:hasDuration", "@type": "@id"},
    "hasNecessity": {"@id": "dpv:hasNecessity", "@type": "@id"},
    "hasName": {"@id": "dpv:hasName", "@container": "@language"},
    "hasContact": {"@id": "dpv:hasContact", "@container": "@language"},
    "hasTechnicalMeasure": {"@id": "dpv:hasTechnicalMeasure", "@type": "@id"},
    "version": "dct:hasVersion",
    "identifier": "dct:identifier",
    "clause": "own:clause",
}
# Our word for a basis -> the concept above it. PIPL and CSL have no names in DPV.
BASES = {
    "contract": ("PIPL 13(2)", "dpv:ContractPerformance"),
    "consent": ("PIPL 13(1)", "dpv:Consent"),
    "law": ("PIPL 13(3)", "dpv:LegalObligation"),
    "security": ("CSL 23, PIPL 51", "dpv:LegalObligation"),
}


def _words(text: Text | None) -> dict[str, str]:
    return {"zh-Hans": text.zh, "en": text.en} if text else {}


def document(register: Register = REGISTER) -> dict[str, Any]:
    """Return the statement as a JSON-LD document, one dpv:Process a purpose."""
    tables = [table for table in register.tables.values() if table.subject]
    return {
        "@context": CONTEXT,
        "@graph": [
            {
                "@id": "own:statement", "@type": "dpv:PersonalDataProcess", "version": register.version,
                "identifier": f"sha256:{register.digest}", "hasDataController": "own:operator",
                "hasProcess": [f"own:process:{name}" for name in register.purposes],
            },
            {
                "@id": "own:operator", "@type": "dpv:DataController",
                "hasName": _words(register.operator["name"]), "hasContact": _words(register.operator["contact"]),
            },
            *_processes(tables, register), *_bases(), *_storage(register), *_recipients(register),
            *_data(tables, register),
        ],
    }  # fmt: skip


def _processes(tables: list[Table], register: Register) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for it in register.purposes.values():
        used = [table for table in tables if granted(table, it)]
        columns = [f"own:data:{table.name}.{column.name}" for table in used for column in touched(table, it)]
        found.append({
            "@id": f"own:process:{it.id}", "@type": "dpv:Process", "hasPurpose": f"own:purpose:{it.id}",
            "hasLegalBasis": f"own:basis:{it.basis}", "hasPersonalData": columns, "clause": list(it.clauses),
            "hasRecipient": [f"own:recipient:{to.id}" for to in register.recipients.values() if it.id in to.purposes],
            "hasStorageCondition": sorted({f"own:storage:{table.retention}" for table in used}),
            "hasDataController": "own:operator",
        })  # fmt: skip
        found.append({
            "@id": f"own:purpose:{it.id}", "@type": "dpv:Purpose", "label": _words(it.title),
            "description": _words(it.why),
        })  # fmt: skip
    return found


def _bases() -> list[dict[str, Any]]:
    return [
        {"@id": f"own:basis:{name}", "@type": "dpv:LegalBasis", "broader": above, "identifier": article}
        for name, (article, above) in BASES.items()
    ]


def _storage(register: Register) -> list[dict[str, Any]]:
    found = []
    for name, text in register.retention.items():
        fixed = register.raw["retention"][name].keys() & {"days", "years"}
        kind = "dpv:TemporalDuration" if fixed else "dpv:UntilEventDuration"
        duration = {"@id": f"own:duration:{name}", "@type": kind, "description": _words(text)}
        if fixed:
            given = register.raw["retention"][name]
            value = f"P{given['days']}D" if "days" in given else f"P{given['years']}Y"
            duration["dct:extent"] = {"@value": value, "@type": "xsd:duration"}
        found.append({"@id": f"own:storage:{name}", "@type": "dpv:StorageCondition", "hasDuration": duration})
    return found


def _recipients(register: Register) -> list[dict[str, Any]]:
    return [
        {
            "@id": f"own:recipient:{it.id}",
            "@type": "dpv:DataProcessor" if it.relation.en == "processor" else "dpv:ThirdParty",
            "hasName": _words(it.title), "description": _words(it.why), "clause": list(it.clauses),
        }
        for it in register.recipients.values()
    ]  # fmt: skip


def _data(tables: list[Table], register: Register) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"@id": f"own:category:{name}", "@type": "dpv:PersonalData", "label": _words(text)}
        for name, text in register.categories.items()
    ]
    for table in tables:
        for column in table.personal_columns():
            if column.index_of:
                continue
            it: dict[str, Any] = {
                "@id": f"own:data:{table.name}.{column.name}",
                "@type": "dpv:SensitivePersonalData" if column.sensitive else "dpv:PersonalData",
                "label": _words(column.label), "broader": f"own:category:{column.category}",
                "hasNecessity": "dpv:Required" if column.required else "dpv:Optional",
            }  # fmt: skip
            if column.sealed:
                it["hasTechnicalMeasure"] = "dpv:Encryption"
            found.append(it)
    return found
