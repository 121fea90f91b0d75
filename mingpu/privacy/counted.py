"""Statistics in the database: who reads persons' rows to count them, and the only functions that count.

The role `mingpu_statistics` logs in nowhere. It sees the columns the register lists, of those who agreed and are not
leaving, and owns three functions. Each writes a line into the record of uses of everybody it counted:

- `close_statistics(day)` writes, once, the cells of a quarter that is over: at least k people each, and nothing that
  could be worked out from the cells left out. It is all an analyst sees, and the same on every look.
- `statistic_profiles(day)` gives kinds of customers, each of at least k people, to measure attacks with.
- `draw_statistic(publication)` gives the counts of one statistic, for random error to be added. It answers once for a
  publication, only when somebody other than who asked let it go, and takes its share of the privacy budget first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mingpu.lib.text import Text
from mingpu.privacy.register import Register

COUNTING = "mingpu_statistics"
AS_COUNTING, AS_OWNER = f"SET LOCAL ROLE {COUNTING}", "SET LOCAL ROLE mingpu_owner"
PURPOSE = "statistics"
OF_AGE = "of_age_on"  # until when somebody counts as a child
NO_CONDITION: Mapping[str, str] = MappingProxyType({})
OPEN_QUARTER, NOT_APPROVED, DRAWN, SPENT, TOO_FEW = "MP010", "MP011", "MP012", "MP013", "MP014"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a publication must hold to; see the register's `release`."""

    k: int
    l: int  # noqa: E741 -- the name the literature gives it
    t: float
    risk: float
    epsilon_each: float
    epsilon_period: float
    epsilon_year: float


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows that are counted: one a line of `rows`, with `person_id` and `tie`; reads: table -> columns."""

    id: str
    label: Text
    rows: str
    reads: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic: what is counted, into which cells, how many rows of one person at most (`bound`).

    labels: cell -> its name; empty where the cells are found by `cells`. shape: bars | course.
    """

    id: str
    title: Text
    of: str
    bound: int
    cell: str
    cells: str
    labels: Mapping[str, Text]
    shape: str


def limits(register: Register) -> Limits:
    """Return what a publication must hold to."""
    return Limits(**register.raw["release"])


def counted(register: Register) -> Mapping[str, Counted]:
    """Return what is counted, by id."""
    return {
        name: Counted(
            name, _text(it["label"]), it["rows"].strip(), {t: tuple(c) for t, c in it["reads"].items()}
        )
        for name, it in register.raw.get("counted", {}).items()
    }


def statistics(register: Register) -> Mapping[str, Statistic]:
    """Return the statistics by id."""
    found = {}
    for name, it in register.raw.get("statistics", {}).items():
        labels = {cell: _text(words) for cell, words in it.get("labels", {}).items()}
        listed = f"SELECT unnest(ARRAY[{', '.join(repr(cell) for cell in labels)}])"
        found[name] = Statistic(
            name, _text(it["title"]), it["of"], it["bound"], it["cell"], it.get("cells", listed), labels,
            it.get("shape", "bars"),
        )  # fmt: skip
    return found


def read_columns(register: Register) -> Mapping[str, tuple[str, ...]]:
    """Return the columns that counting reads, by table."""
    found: dict[str, dict[str, None]] = {}
    for it in counted(register).values():
        for table, columns in it.reads.items():
            found.setdefault(table, {}).update(dict.fromkeys(columns))
    return {table: tuple(columns) for table, columns in found.items()}


def _text(value: Mapping[str, Any]) -> Text:
    return Text(zh=value["zh"], en=value["en"])


# ---- rights ----


def counted_sql(register: Register) -> Iterator[str]:
    """Yield the rights, policies and functions of counting."""
    flag = register.raw["purposes"][PURPOSE]["flag"]
    # Somebody under 14 is never counted, whatever was said in their name.
    child = OF_AGE in register.tables["privacy_standing"].columns
    of_age = f" AND ({OF_AGE} IS NULL OR {OF_AGE} <= current_date)" if child else ""
    yield f"GRANT CREATE ON SCHEMA mingpu TO {COUNTING}"
    names = ", ".join(["person_id", "state", "consents", *[OF_AGE] * child])
    yield f"GRANT SELECT ({names}) ON privacy_standing TO {COUNTING}"
    yield (
        f"CREATE POLICY counted ON privacy_standing FOR SELECT TO {COUNTING} "
        f"USING (state = 'active' AND (consents & {1 << flag}::bigint) <> 0{of_age})"
    )
    for table, columns in read_columns(register).items():
        yield f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {COUNTING}"
        if subject := register.tables[table].subject:
            # Whose rows these are is asked of the standing, which shows this role nobody but those who agreed.
            yield (
                f"CREATE POLICY counted ON {table} FOR SELECT TO {COUNTING} "  # noqa: S608 -- names are the register's
                f"USING ({subject} IN (SELECT s.person_id FROM privacy_standing s))"
            )
    yield f"GRANT INSERT ON privacy_accesslog TO {COUNTING}"
    yield f"CREATE POLICY counted ON privacy_accesslog FOR INSERT TO {COUNTING} WITH CHECK (true)"
    yield f"GRANT SELECT, INSERT ON statistics_closing TO {COUNTING}"
    yield f"GRANT INSERT ON statistics_cell TO {COUNTING}"
    yield f"GRANT SELECT ON statistics_publication TO {COUNTING}"
    yield f"GRANT SELECT ON statistics_approval TO {COUNTING}"
    yield f"GRANT SELECT, INSERT ON statistics_spending TO {COUNTING}"
    yield AS_COUNTING
    yield from _functions(register)
    yield AS_OWNER


def _functions(register: Register) -> Iterator[str]:
    bounds = limits(register)
    yield _cells_function(register)
    yield _close_function(register, bounds)
    yield _profiles_function(register, bounds)
    yield _draw_function(register, bounds)
    for signature, who in (
        ("statistic_cells(text, date, date)", ""),
        ("close_statistics(date)", f"purpose_{PURPOSE}"),
        ("statistic_profiles(date)", "zone_worker"),
        ("draw_statistic(uuid)", "zone_worker"),
    ):
        yield f"REVOKE ALL ON FUNCTION mingpu.{signature} FROM PUBLIC"
        if who:
            yield f"GRANT EXECUTE ON FUNCTION mingpu.{signature} TO {who}"


# ---- functions ----


def _cells_function(register: Register) -> str:
    """Return the function that counts one statistic: every cell of its list, rows and people."""
    sources = counted(register)
    parts = [
        f"""
    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM ({it.cells}) c (cell) LEFT JOIN (
        SELECT r.person_id, {it.cell} AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM ({sources[it.of].rows}) r
    ) b ON b.cell = c.cell AND b.nth <= {it.bound}
    WHERE statistic = '{it.id}' GROUP BY c.cell"""  # noqa: S608 -- all of it is the register's
        for it in statistics(register).values()
    ]
    return f"""
CREATE OR REPLACE FUNCTION mingpu.statistic_cells(statistic text, from_day date, to_day date,
    OUT cell text, OUT n bigint, OUT people bigint) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
{" UNION ALL ".join(parts)}
$f$"""


def _log(reference: str, sources: Iterable[Counted], only: Mapping[str, str] = NO_CONDITION) -> str:
    """Return the statement that writes a line for everybody who is counted.

    only: by source, the condition under which its people are.
    """
    people = " UNION ".join(
        f"SELECT r.person_id FROM ({it.rows}) r WHERE {only.get(it.id, 'true')}"  # noqa: S608 -- the register's
        for it in sources
    )
    return f"""INSERT INTO public.privacy_accesslog (at, subject, purpose, actor_kind, actor, reference)
    SELECT now(), p.person_id, '{PURPOSE}', 'system', '', {reference} FROM ({people}) p;"""  # noqa: S608 -- the register's


_QUARTER = f"""
    IF from_day <> date_trunc('quarter', from_day)::date
        OR to_day > (now() AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'the quarter is not over' USING ERRCODE = '{OPEN_QUARTER}';
    END IF;"""


def _close_function(register: Register, bounds: Limits) -> str:
    """Return the function that writes a quarter's cells for analysts, once.

    The cells left out are the smallest: those of fewer than k people, and as many more as it takes for them to be at
    least two with at least k people in all, so that a total tells nothing of fewer (people may be in several cells:
    there are at least as many as in the largest, and as rows by the most one person has). Where all fall into one
    cell, that cell would tell what everybody did, and is left out too.
    """
    names = ", ".join(f"'{name}'" for name in statistics(register))
    most = " ".join(f"WHEN '{it.id}' THEN {it.bound}" for it in statistics(register).values())
    return f"""
CREATE OR REPLACE FUNCTION mingpu.close_statistics(from_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $f$
DECLARE
    to_day date := (from_day + interval '3 months')::date;
    fresh boolean;
BEGIN{_QUARTER}
    INSERT INTO public.statistics_closing (since, at) VALUES (from_day, now()) ON CONFLICT DO NOTHING
        RETURNING true INTO fresh;
    IF fresh IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO public.statistics_cell (since, statistic, cell, n, people)
    SELECT from_day, kept.statistic, kept.cell, kept.n, kept.people FROM (
        SELECT t.*, count(*) OVER (PARTITION BY t.statistic) AS many FROM (
            SELECT s.*, min(s.place) FILTER (WHERE s.place >= s.small AND (s.place = 0
                OR (s.place >= 2 AND greatest(s.people, s.running / CASE s.statistic {most} END) >= {bounds.k})))
                OVER (PARTITION BY s.statistic) AS left_out FROM (
                SELECT c.*, sum(c.people) OVER w AS running, row_number() OVER w AS place,
                    count(*) FILTER (WHERE c.people < {bounds.k}) OVER (PARTITION BY c.statistic) AS small
                FROM (SELECT x.statistic, y.cell, y.n, y.people FROM unnest(ARRAY[{names}]) AS x (statistic),
                    mingpu.statistic_cells(x.statistic, from_day, to_day) y WHERE y.people > 0) c
                WINDOW w AS (PARTITION BY c.statistic ORDER BY c.people, c.cell)
            ) s
        ) t WHERE CASE WHEN t.small = 0 THEN true ELSE t.place > t.left_out END
    ) kept WHERE kept.many >= 2;
    {_log("'statistics ' || from_day", counted(register).values())}
    RETURN true;
END $f$"""  # noqa: S608 -- names and limits are the register's


def _profiles_function(register: Register, bounds: Limits) -> str:
    """Return the function that gives kinds of customers of a quarter, one row a person and no sign of whose.

    How often, how they mostly pay, how fast it came, and the goods they mostly bought. A kind (the first three) of
    fewer than k people is told by how often alone; one that is too small even so is left out, and so is a kind in
    which everybody bought the same.
    """
    orders, goods = counted(register)["orders"].rows, counted(register)["goods"].rows
    return f"""
CREATE OR REPLACE FUNCTION mingpu.statistic_profiles(from_day date,
    OUT often text, OUT payment text, OUT speed text, OUT goods text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $f$
DECLARE
    to_day date := (from_day + interval '3 months')::date;
BEGIN{_QUARTER}
    {_log("'profiles ' || from_day", [counted(register)[name] for name in ("orders", "goods")])}
    RETURN QUERY
    WITH who AS (
        SELECT o.person_id, CASE WHEN count(*) = 1 THEN '1' WHEN count(*) = 2 THEN '2' ELSE '3' END AS a,
            mode() WITHIN GROUP (ORDER BY o.payment) AS b,
            CASE WHEN avg(o.days) IS NULL THEN 'open' WHEN avg(o.days) < 2 THEN 'fast' ELSE 'slow' END AS c
        FROM ({orders}) o GROUP BY o.person_id
    ), bought AS (
        SELECT g.person_id, mode() WITHIN GROUP (ORDER BY coalesce(g.category, '')) AS d FROM ({goods}) g
        GROUP BY g.person_id
    ), whole AS (
        SELECT w.a, w.b, w.c, x.d, count(*) OVER (PARTITION BY w.a, w.b, w.c) >= {bounds.k}
            AND min(x.d) OVER (PARTITION BY w.a, w.b, w.c) <> max(x.d) OVER (PARTITION BY w.a, w.b, w.c) AS fine
        FROM who w JOIN bought x USING (person_id)
    ), coarse AS (
        SELECT h.a, CASE WHEN h.fine THEN h.b ELSE '*' END AS b, CASE WHEN h.fine THEN h.c ELSE '*' END AS c, h.d
        FROM whole h
    ), sized AS (
        SELECT k.*, count(*) OVER kind AS many, min(k.d) OVER kind <> max(k.d) OVER kind AS mixed
        FROM coarse k WINDOW kind AS (PARTITION BY k.a, k.b, k.c)
    )
    SELECT z.a, z.b, z.c, z.d FROM sized z WHERE z.many >= {bounds.k} AND z.mixed ORDER BY md5(random()::text);
END $f$"""  # noqa: S608 -- all of it is the register's


def _draw_function(register: Register, bounds: Limits) -> str:
    """Return the function that gives the counts of a publication, once, against the budget."""
    drawn: dict[str, str] = {}
    for source in counted(register):
        mine = ", ".join(f"'{it.id}'" for it in statistics(register).values() if it.of == source)
        drawn[source] = f"it.statistic IN ({mine})"
    return f"""
CREATE OR REPLACE FUNCTION mingpu.draw_statistic(publication uuid, OUT cell text, OUT n bigint) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $f$
DECLARE
    it record;
    from_day date;
    to_day date;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('mingpu.statistics'));  -- one after the other: no two see the same rest
    SELECT p.* INTO it FROM public.statistics_publication p JOIN public.statistics_approval a
        ON a.publication_id = p.id AND a.granted AND a.by <> p.asked_by WHERE p.id = publication;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nobody else let it go' USING ERRCODE = '{NOT_APPROVED}';
    END IF;
    IF EXISTS (SELECT FROM public.statistics_spending s WHERE s.publication_id = it.id) THEN
        RAISE EXCEPTION 'drawn before' USING ERRCODE = '{DRAWN}';
    END IF;
    from_day := it.since;
    to_day := (from_day + interval '3 months')::date;{_QUARTER}
    IF it.epsilon <= 0 OR it.epsilon > {bounds.epsilon_each}
        OR it.epsilon + (SELECT coalesce(sum(s.epsilon), 0) FROM public.statistics_spending s
            WHERE s.since = it.since) > {bounds.epsilon_period}
        OR it.epsilon + (SELECT coalesce(sum(s.epsilon), 0) FROM public.statistics_spending s
            WHERE date_trunc('year', s.at) = date_trunc('year', now())) > {bounds.epsilon_year} THEN
        RAISE EXCEPTION 'no budget is left' USING ERRCODE = '{SPENT}';
    END IF;
    IF (SELECT coalesce(max(c.people), 0) FROM mingpu.statistic_cells(it.statistic, from_day, to_day) c) < {bounds.k} THEN
        RAISE EXCEPTION 'too few people' USING ERRCODE = '{TOO_FEW}';
    END IF;
    INSERT INTO public.statistics_spending (publication_id, since, epsilon, at)
        VALUES (it.id, it.since, it.epsilon, now());
    {_log("'published ' || it.id", counted(register).values(), drawn)}
    RETURN QUERY SELECT c.cell, c.n FROM mingpu.statistic_cells(it.statistic, from_day, to_day) c ORDER BY c.cell;
END $f$"""  # noqa: S608 -- names and limits are the register's
