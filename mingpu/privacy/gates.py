"""Gates: closed sets of columns that the database opens by an act alone, and only while it stands.

A gate is one function. It belongs to a role that nobody can become; that role's row policies show it the rows of
persons for whom an act stands, and the function hands out the columns of its own set, of the person of the running
purpose, for the act named. A purpose with a gate needs no right on the table: without an act there is nothing.

Acts are rows of `governance_opening`: approved, not past their time, for one person, one gate, one purpose, and for
one order where they name one. An act of an exception stands only while the request it belongs to does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mingpu.lib.text import Text
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.register import REGISTER, Register

GATE = "mingpu_gate"
REVEAL, EXCEPTION = "reveal", "exception"
SUBJECT = "NULLIF(current_setting('app.subject', true), '')::uuid"
STANDS = "o.approved_at IS NOT NULL AND o.until > now()"
ACT = ("number", "person_id", "purpose", "exception_no", "item", "order_no", "approved_at", "until")
REQUEST = (
    "exception_no",
    "code",
    "requester",
    "approver",
    "decided_at",
    "expires_at",
    "closed_at",
    "hidden_until",
)

USE = ("at", "subject", "purpose", "actor_kind", "actor")
INCIDENT = ("incident_no", "since", "until", "purposes", "actor", "asked_by", "approved_by")
# The uses an incident is about: within its time and, where it names them, by its purposes and its member of staff.
TOUCHED = """FROM public.privacy_accesslog l JOIN public.governance_incident i ON i.incident_no = incident
    WHERE l.subject IS NOT NULL AND l.at >= i.since AND l.at < i.until
    AND (i.purposes = '' OR l.purpose = ANY (string_to_array(i.purposes, ' ')))
    AND (i.actor = '' OR l.actor = i.actor)"""


@dataclass(frozen=True, slots=True)
class Gate:
    """One closed set of columns. order: the column that names the order, "" where a row is of none."""

    id: str
    label: Text
    table: str
    columns: tuple[str, ...]
    order: str
    purposes: tuple[str, ...]


def gates(register: Register = REGISTER) -> dict[str, Gate]:
    """Return the gates of the register by id."""
    return {
        name: Gate(
            name,
            Text(it["label"]["zh"], it["label"]["en"]),
            it["table"],
            tuple(it["columns"]),
            it.get("order", ""),
            tuple(it["for"]),
        )
        for name, it in register.raw.get("gates", {}).items()
    }


def gates_of(purpose: str, register: Register = REGISTER) -> list[Gate]:
    """Return the gates that acts of a purpose may open."""
    return [gate for gate in gates(register).values() if purpose in gate.purposes]


def gates_sql(register: Register = REGISTER) -> Iterator[str]:
    """Yield the statements that make the gates of one database."""
    known = gates(register)
    if not known:
        return
    yield f"GRANT SELECT ({', '.join(ACT)}) ON governance_opening TO {GATE}"
    yield f"GRANT SELECT ({', '.join(REQUEST)}) ON governance_exception TO {GATE}"
    yield f"CREATE POLICY gate_acts ON governance_opening FOR SELECT TO {GATE} USING (true)"
    yield f"GRANT SELECT ({', '.join(USE)}) ON privacy_accesslog TO {GATE}"
    yield f"CREATE POLICY gate_uses ON privacy_accesslog FOR SELECT TO {GATE} USING (true)"
    yield f"GRANT SELECT ({', '.join(INCIDENT)}) ON governance_incident TO {GATE}"
    yield from _rows_sql(known, register)
    yield f"SET LOCAL ROLE {GATE}"
    for gate in known.values():
        yield from _function_sql(gate, register)
    yield from _telling_sql()
    yield from _impact_sql()
    yield "SET LOCAL ROLE mingpu_owner"


def _rows_sql(known: dict[str, Gate], register: Register) -> Iterator[str]:
    """Show the gates' role the rows of persons for whom an act stands, and the columns of the sets."""
    for name in dict.fromkeys(gate.table for gate in known.values()):
        table = register.tables[name]
        columns = [table.subject]
        for gate in known.values():
            if gate.table == name:
                columns += [*gate.columns, *([gate.order] if gate.order else [])]
        yield f"GRANT SELECT ({', '.join(dict.fromkeys(columns))}) ON {name} TO {GATE}"
        yield (
            f"CREATE POLICY gate_rows ON {name} FOR SELECT TO {GATE} USING (EXISTS (SELECT FROM governance_opening o "  # noqa: S608 -- names are the register's
            f"WHERE o.person_id = {name}.{table.subject} AND {STANDS}))"
        )


def _function_sql(gate: Gate, register: Register) -> Iterator[str]:
    table = register.tables[gate.table]
    pairs = ", ".join(f"'{name}', t.{name}" for name in gate.columns)
    order = f"\n    AND (o.order_no = '' OR o.order_no = t.{gate.order})" if gate.order else ""
    yield f"""
CREATE OR REPLACE FUNCTION mingpu.gate_{gate.id}(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object({pairs})
    FROM public.{gate.table} t JOIN public.governance_opening o ON o.person_id = t.{table.subject}
    WHERE o.number = act AND t.{table.subject} = {SUBJECT} AND o.item = '{gate.id}' AND {STANDS}
    AND current_setting('role') = 'purpose_' || o.purpose{order}
    AND ({_lawful_sql(gate, register)})
$f$"""  # noqa: S608 -- names are the register's
    name = f"mingpu.gate_{gate.id}(text)"
    yield f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(f'purpose_{it}' for it in gate.purposes)}"


def _lawful_sql(gate: Gate, register: Register) -> str:
    """Say when an act may open this gate: a reveal by itself, an exception while its request stands.

    The codes that reach this gate, and the longest term of each, are the register's.
    """
    ways = ["o.purpose = 'reveal'"] if REVEAL in gate.purposes else []
    if EXCEPTION in gate.purposes:
        terms = " OR ".join(
            f"(e.code = '{it.clause}' AND e.expires_at <= e.decided_at + interval '{it.days} days')"
            for it in exceptions(register).values()
            if gate.id in it.items
        )
        ways.append(
            f"o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e "
            f"WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester "
            f"AND e.closed_at IS NULL AND e.expires_at > now() AND ({terms}))"
        )
    return " OR ".join(f"({way})" for way in ways)


def _telling_sql() -> Iterator[str]:
    """Whether a person may know already of a use under an exception: asked by the policy of their record of uses."""
    yield """
CREATE OR REPLACE FUNCTION mingpu.tellable(request text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT EXISTS (SELECT FROM public.governance_exception e
        WHERE e.exception_no = request AND e.hidden_until <= now())
$f$"""
    yield "REVOKE ALL ON FUNCTION mingpu.tellable(text) FROM PUBLIC"
    yield "GRANT EXECUTE ON FUNCTION mingpu.tellable(text) TO purpose_rights"


def _impact_sql() -> Iterator[str]:
    """Whom an incident touched: counts for who asks, persons once a second person has approved, in pieces."""
    yield f"""
CREATE OR REPLACE FUNCTION mingpu.impact_counts(incident text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('purpose', l.purpose, 'actor_kind', l.actor_kind, 'actor', l.actor,
        'uses', count(*), 'persons', count(DISTINCT l.subject))
    {TOUCHED}
    GROUP BY GROUPING SETS ((l.purpose, l.actor_kind, l.actor), ())
$f$"""
    yield f"""
CREATE OR REPLACE FUNCTION mingpu.impact_persons(incident text, beyond uuid, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT DISTINCT l.subject
    {TOUCHED}
    AND i.approved_by <> '' AND i.approved_by <> i.asked_by AND l.subject > beyond
    ORDER BY l.subject LIMIT most
$f$"""
    for name in ("mingpu.impact_counts(text)", "mingpu.impact_persons(text, uuid, integer)"):
        yield f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {name} TO purpose_impact"
