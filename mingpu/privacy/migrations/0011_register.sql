REVOKE CREATE ON SCHEMA public FROM PUBLIC;
--
GRANT USAGE ON SCHEMA public, mingpu TO mingpu_public, mingpu_lookup, mingpu_gate, mingpu_statistics;
--
DO $$ DECLARE p record; BEGIN FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename); END LOOP; END $$;
--
DO $$ DECLARE t record; c text; BEGIN FOR t IN SELECT oid::regclass AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') LOOP EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, mingpu_public, mingpu_lookup, mingpu_gate, mingpu_statistics, purpose_scanning, purpose_face_login, purpose_photo_search, purpose_publishing, purpose_voice, purpose_robot, purpose_friends, purpose_nearby, purpose_profiling, purpose_joined_services, purpose_improvement, purpose_partner_data, purpose_third_party_login, purpose_fault_reports, purpose_link_safety, purpose_fault_analysis, purpose_gate_desk, purpose_reveal, purpose_exception, purpose_impact, purpose_notice, purpose_telling, purpose_marketing, purpose_rights_case, purpose_rights_queue, purpose_minor_access, purpose_registration, purpose_identity_check, purpose_profile, purpose_real_name, purpose_display, purpose_device_safety, purpose_continuity, purpose_shopping, purpose_search_history, purpose_browsing_history, purpose_personalisation, purpose_ordering, purpose_trade_safety, purpose_settlement, purpose_delivery, purpose_redirecting, purpose_order_lookup, purpose_after_sales, purpose_service, purpose_case_queue, purpose_wallet, purpose_invoicing, purpose_virtual_goods, purpose_merchant_queue, purpose_merchant_order, purpose_reconciliation, purpose_rights, purpose_cancellation, purpose_erasure, purpose_deletion_notices, purpose_retention, purpose_oversight, purpose_legal, purpose_statistics, zone_storefront, zone_desk, zone_worker, zone_analyst, zone_vault, zone_auditor', t.name); END LOOP; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.enter(subject uuid, actor_kind text, actor text, reference text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $f$
DECLARE
    purpose text := current_setting('role');
    s record;
BEGIN
    IF purpose NOT LIKE 'purpose\_%' THEN
        RAISE EXCEPTION 'no purpose' USING ERRCODE = 'MP002';
    END IF;
    IF subject IS NOT NULL THEN
        SELECT p.state, p.of_age_on, p.guarded_at INTO s FROM public.privacy_standing p WHERE p.person_id = subject;
        IF s.state <> 'active' AND purpose NOT IN ('purpose_legal', 'purpose_erasure', 'purpose_exception')
            AND (s.state = 'frozen' OR purpose NOT IN ('purpose_exception', 'purpose_notice', 'purpose_telling', 'purpose_rights_case', 'purpose_identity_check', 'purpose_rights', 'purpose_cancellation', 'purpose_erasure', 'purpose_legal')) THEN
            RAISE EXCEPTION 'frozen' USING ERRCODE = 'MP001';
        END IF;
        IF s.of_age_on > current_date THEN
            IF s.guarded_at IS NULL AND session_user = 'zone_storefront' AND purpose IN ('purpose_face_login', 'purpose_friends', 'purpose_profiling', 'purpose_joined_services', 'purpose_partner_data', 'purpose_third_party_login', 'purpose_marketing', 'purpose_continuity', 'purpose_shopping', 'purpose_search_history', 'purpose_browsing_history', 'purpose_personalisation', 'purpose_ordering', 'purpose_redirecting', 'purpose_wallet', 'purpose_statistics') THEN
                RAISE EXCEPTION 'no guardian' USING ERRCODE = 'MP003';
            END IF;
            IF purpose IN ('purpose_reveal', 'purpose_rights_case', 'purpose_service') AND NOT EXISTS (
                SELECT FROM public.rights_approval a
                WHERE a.person_id = subject AND a.staff = actor AND a.until > now()
            ) THEN
                RAISE EXCEPTION 'not approved' USING ERRCODE = 'MP004';
            END IF;
        END IF;
    END IF;
    PERFORM set_config('app.subject', coalesce(subject::text, ''), true);
    INSERT INTO public.privacy_accesslog (at, subject, purpose, actor_kind, actor, reference)
    VALUES (now(), subject, substr(purpose, 9), actor_kind, actor, reference);
END $f$;
--
CREATE OR REPLACE FUNCTION mingpu.consented(flag bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT EXISTS (SELECT FROM public.privacy_standing WHERE state = 'active' AND person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND consents & flag & ~coalesce(NULLIF(current_setting('app.refused', true), ''), '0')::bigint <> 0 AND (flag & 3301556879618 = 0 OR of_age_on IS NULL OR of_age_on <= current_date))
$f$;
--
CREATE OR REPLACE FUNCTION mingpu.turn(flag bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT switches FROM public.privacy_standing WHERE state = 'active' AND person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND consents & flag & ~coalesce(NULLIF(current_setting('app.refused', true), ''), '0')::bigint <> 0 AND (flag & 3301556879618 = 0 OR of_age_on IS NULL OR of_age_on <= current_date)
$f$;
--
REVOKE ALL ON FUNCTION mingpu.enter(uuid, text, text, text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.enter(uuid, text, text, text) TO mingpu_public;
--
REVOKE ALL ON FUNCTION mingpu.consented(bigint) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.consented(bigint) TO mingpu_public;
--
REVOKE ALL ON FUNCTION mingpu.turn(bigint) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.turn(bigint) TO mingpu_public;
--
SET LOCAL ROLE mingpu_owner;
--
CREATE OR REPLACE FUNCTION mingpu.enqueue(name text, arguments jsonb, due timestamptz, once text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $f$
BEGIN
    PERFORM procrastinate_defer_jobs_v1(ARRAY[
        ROW('mall', name, 0, NULL, once, arguments, due)::procrastinate_job_to_defer_v1]);
EXCEPTION WHEN unique_violation THEN
    NULL;
END $f$;
--
CREATE OR REPLACE FUNCTION mingpu.worker_silence() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM public.procrastinate_workers
$f$;
--
REVOKE ALL ON FUNCTION mingpu.worker_silence() FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.worker_silence() TO mingpu_public;
--
REVOKE ALL ON FUNCTION mingpu.enqueue(text, jsonb, timestamptz, text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.enqueue(text, jsonb, timestamptz, text) TO mingpu_public;
--
DO $$ DECLARE f record; BEGIN FOR f IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate%' LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f.name); EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO zone_worker', f.name); END LOOP; END $$;
--
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO zone_worker;
--
GRANT SELECT (number, person_id, purpose, exception_no, item, order_no, approved_at, until) ON governance_opening TO mingpu_gate;
--
GRANT SELECT (exception_no, code, requester, approver, decided_at, expires_at, closed_at, hidden_until) ON governance_exception TO mingpu_gate;
--
CREATE POLICY gate_acts ON governance_opening FOR SELECT TO mingpu_gate USING (true);
--
GRANT SELECT (at, subject, purpose, actor_kind, actor) ON privacy_accesslog TO mingpu_gate;
--
CREATE POLICY gate_uses ON privacy_accesslog FOR SELECT TO mingpu_gate USING (true);
--
GRANT SELECT (incident_no, since, until, purposes, actor, asked_by, approved_by) ON governance_incident TO mingpu_gate;
--
GRANT SELECT (person_id, phone, email) ON accounts_contact TO mingpu_gate;
--
CREATE POLICY gate_rows ON accounts_contact FOR SELECT TO mingpu_gate USING (EXISTS (SELECT FROM governance_opening o WHERE o.person_id = accounts_contact.person_id AND o.approved_at IS NOT NULL AND o.until > now()));
--
GRANT SELECT (person_id, name, order_no, phone, province, city, district, street) ON orders_consignee TO mingpu_gate;
--
CREATE POLICY gate_rows ON orders_consignee FOR SELECT TO mingpu_gate USING (EXISTS (SELECT FROM governance_opening o WHERE o.person_id = orders_consignee.person_id AND o.approved_at IS NOT NULL AND o.until > now()));
--
GRANT SELECT (person_id, order_no, status, payment, total_fen, placed_at, paid_at, delivered_at) ON orders_order TO mingpu_gate;
--
CREATE POLICY gate_rows ON orders_order FOR SELECT TO mingpu_gate USING (EXISTS (SELECT FROM governance_opening o WHERE o.person_id = orders_order.person_id AND o.approved_at IS NOT NULL AND o.until > now()));
--
GRANT SELECT (person_id, order_no, title, options, quantity, payable_fen) ON orders_line TO mingpu_gate;
--
CREATE POLICY gate_rows ON orders_line FOR SELECT TO mingpu_gate USING (EXISTS (SELECT FROM governance_opening o WHERE o.person_id = orders_line.person_id AND o.approved_at IS NOT NULL AND o.until > now()));
--
GRANT SELECT (person_id, order_no, method, amount_fen, status) ON payments_attempt TO mingpu_gate;
--
CREATE POLICY gate_rows ON payments_attempt FOR SELECT TO mingpu_gate USING (EXISTS (SELECT FROM governance_opening o WHERE o.person_id = payments_attempt.person_id AND o.approved_at IS NOT NULL AND o.until > now()));
--
GRANT SELECT (person_id, order_no, courier, waybill_no, status) ON delivery_shipment TO mingpu_gate;
--
CREATE POLICY gate_rows ON delivery_shipment FOR SELECT TO mingpu_gate USING (EXISTS (SELECT FROM governance_opening o WHERE o.person_id = delivery_shipment.person_id AND o.approved_at IS NOT NULL AND o.until > now()));
--
GRANT SELECT (person_id, kind, created_at, expires_at) ON accounts_session TO mingpu_gate;
--
CREATE POLICY gate_rows ON accounts_session FOR SELECT TO mingpu_gate USING (EXISTS (SELECT FROM governance_opening o WHERE o.person_id = accounts_session.person_id AND o.approved_at IS NOT NULL AND o.until > now()));
--
SET LOCAL ROLE mingpu_gate;
--
CREATE OR REPLACE FUNCTION mingpu.gate_contact_phone(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('phone', t.phone)
    FROM public.accounts_contact t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'contact_phone' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND ((o.purpose = 'reveal') OR (o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.1' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.2' AND e.expires_at <= e.decided_at + interval '14 days') OR (e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.4' AND e.expires_at <= e.decided_at + interval '3 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_contact_phone(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_contact_phone(text) TO purpose_reveal, purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_consignee_name(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('name', t.name)
    FROM public.orders_consignee t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'consignee_name' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND (o.order_no = '' OR o.order_no = t.order_no)
    AND ((o.purpose = 'reveal') OR (o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.1' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.2' AND e.expires_at <= e.decided_at + interval '14 days') OR (e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.4' AND e.expires_at <= e.decided_at + interval '3 days') OR (e.code = '3.11' AND e.expires_at <= e.decided_at + interval '30 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_consignee_name(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_consignee_name(text) TO purpose_reveal, purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_consignee_phone(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('phone', t.phone)
    FROM public.orders_consignee t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'consignee_phone' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND (o.order_no = '' OR o.order_no = t.order_no)
    AND ((o.purpose = 'reveal') OR (o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.1' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.2' AND e.expires_at <= e.decided_at + interval '14 days') OR (e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.4' AND e.expires_at <= e.decided_at + interval '3 days') OR (e.code = '3.11' AND e.expires_at <= e.decided_at + interval '30 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_consignee_phone(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_consignee_phone(text) TO purpose_reveal, purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_consignee_address(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('province', t.province, 'city', t.city, 'district', t.district, 'street', t.street)
    FROM public.orders_consignee t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'consignee_address' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND (o.order_no = '' OR o.order_no = t.order_no)
    AND ((o.purpose = 'reveal') OR (o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.1' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.2' AND e.expires_at <= e.decided_at + interval '14 days') OR (e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.4' AND e.expires_at <= e.decided_at + interval '3 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_consignee_address(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_consignee_address(text) TO purpose_reveal, purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_contact_email(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('email', t.email)
    FROM public.accounts_contact t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'contact_email' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND ((o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_contact_email(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_contact_email(text) TO purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_order(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('order_no', t.order_no, 'status', t.status, 'payment', t.payment, 'total_fen', t.total_fen, 'placed_at', t.placed_at, 'paid_at', t.paid_at, 'delivered_at', t.delivered_at)
    FROM public.orders_order t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'order' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND (o.order_no = '' OR o.order_no = t.order_no)
    AND ((o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.1' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.11' AND e.expires_at <= e.decided_at + interval '30 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_order(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_order(text) TO purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_order_lines(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('order_no', t.order_no, 'title', t.title, 'options', t.options, 'quantity', t.quantity, 'payable_fen', t.payable_fen)
    FROM public.orders_line t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'order_lines' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND (o.order_no = '' OR o.order_no = t.order_no)
    AND ((o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.1' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.2' AND e.expires_at <= e.decided_at + interval '14 days') OR (e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.11' AND e.expires_at <= e.decided_at + interval '30 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_order_lines(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_order_lines(text) TO purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_payments(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('order_no', t.order_no, 'method', t.method, 'amount_fen', t.amount_fen, 'status', t.status)
    FROM public.payments_attempt t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'payments' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND (o.order_no = '' OR o.order_no = t.order_no)
    AND ((o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.11' AND e.expires_at <= e.decided_at + interval '30 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_payments(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_payments(text) TO purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_parcels(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('order_no', t.order_no, 'courier', t.courier, 'waybill_no', t.waybill_no, 'status', t.status)
    FROM public.delivery_shipment t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'parcels' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND (o.order_no = '' OR o.order_no = t.order_no)
    AND ((o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_parcels(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_parcels(text) TO purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.gate_sign_ins(act text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('kind', t.kind, 'created_at', t.created_at, 'expires_at', t.expires_at)
    FROM public.accounts_session t JOIN public.governance_opening o ON o.person_id = t.person_id
    WHERE o.number = act AND t.person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND o.item = 'sign_ins' AND o.approved_at IS NOT NULL AND o.until > now()
    AND current_setting('role') = 'purpose_' || o.purpose
    AND ((o.purpose = 'exception' AND EXISTS (SELECT FROM public.governance_exception e WHERE e.exception_no = o.exception_no AND e.approver <> '' AND e.approver <> e.requester AND e.closed_at IS NULL AND e.expires_at > now() AND ((e.code = '3.1' AND e.expires_at <= e.decided_at + interval '30 days') OR (e.code = '3.3' AND e.expires_at <= e.decided_at + interval '30 days')))))
$f$;
--
REVOKE ALL ON FUNCTION mingpu.gate_sign_ins(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.gate_sign_ins(text) TO purpose_exception;
--
CREATE OR REPLACE FUNCTION mingpu.tellable(request text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT EXISTS (SELECT FROM public.governance_exception e
        WHERE e.exception_no = request AND e.hidden_until <= now())
$f$;
--
REVOKE ALL ON FUNCTION mingpu.tellable(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.tellable(text) TO purpose_rights;
--
CREATE OR REPLACE FUNCTION mingpu.impact_counts(incident text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT jsonb_build_object('purpose', l.purpose, 'actor_kind', l.actor_kind, 'actor', l.actor,
        'uses', count(*), 'persons', count(DISTINCT l.subject))
    FROM public.privacy_accesslog l JOIN public.governance_incident i ON i.incident_no = incident
    WHERE l.subject IS NOT NULL AND l.at >= i.since AND l.at < i.until
    AND (i.purposes = '' OR l.purpose = ANY (string_to_array(i.purposes, ' ')))
    AND (i.actor = '' OR l.actor = i.actor)
    GROUP BY GROUPING SETS ((l.purpose, l.actor_kind, l.actor), ())
$f$;
--
CREATE OR REPLACE FUNCTION mingpu.impact_persons(incident text, beyond uuid, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT DISTINCT l.subject
    FROM public.privacy_accesslog l JOIN public.governance_incident i ON i.incident_no = incident
    WHERE l.subject IS NOT NULL AND l.at >= i.since AND l.at < i.until
    AND (i.purposes = '' OR l.purpose = ANY (string_to_array(i.purposes, ' ')))
    AND (i.actor = '' OR l.actor = i.actor)
    AND i.approved_by <> '' AND i.approved_by <> i.asked_by AND l.subject > beyond
    ORDER BY l.subject LIMIT most
$f$;
--
REVOKE ALL ON FUNCTION mingpu.impact_counts(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.impact_counts(text) TO purpose_impact;
--
REVOKE ALL ON FUNCTION mingpu.impact_persons(text, uuid, integer) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.impact_persons(text, uuid, integer) TO purpose_impact;
--
SET LOCAL ROLE mingpu_owner;
--
ALTER TABLE accounts_person ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_person FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (id, created_at) ON accounts_person TO purpose_registration;
--
CREATE POLICY registration_i ON accounts_person FOR INSERT TO purpose_registration WITH CHECK (id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, created_at) ON accounts_person TO purpose_profile;
--
CREATE POLICY profile_s ON accounts_person FOR SELECT TO purpose_profile USING (id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, created_at) ON accounts_person TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_person FOR SELECT TO purpose_rights USING (id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, created_at) ON accounts_person TO purpose_erasure;
--
GRANT DELETE ON accounts_person TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_person FOR SELECT TO purpose_erasure USING (id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_person FOR DELETE TO purpose_erasure USING (id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_credential ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_credential FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (person_id, username, username_index, password_hash, signed_in_at, held_until, number_new_until) ON accounts_credential TO purpose_registration;
--
CREATE POLICY registration_i ON accounts_credential FOR INSERT TO purpose_registration WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, username_index, password_hash, signed_in_at, held_until, number_new_until) ON accounts_credential TO purpose_identity_check;
--
GRANT UPDATE (password_hash, signed_in_at, held_until, number_new_until) ON accounts_credential TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_credential FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_u ON accounts_credential FOR UPDATE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, username, number_new_until) ON accounts_credential TO purpose_profile;
--
CREATE POLICY profile_s ON accounts_credential FOR SELECT TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, username, signed_in_at, held_until, number_new_until) ON accounts_credential TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_credential FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, password_hash) ON accounts_credential TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON accounts_credential FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, username, username_index, password_hash, signed_in_at, held_until, number_new_until) ON accounts_credential TO purpose_erasure;
--
GRANT DELETE ON accounts_credential TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_credential FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_credential FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_contact ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_contact FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, phone, email) ON accounts_contact TO purpose_notice;
--
CREATE POLICY notice_s ON accounts_contact FOR SELECT TO purpose_notice USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, phone, email) ON accounts_contact TO purpose_telling;
--
CREATE POLICY telling_s ON accounts_contact FOR SELECT TO purpose_telling USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, email) ON accounts_contact TO purpose_marketing;
--
CREATE POLICY marketing_s ON accounts_contact FOR SELECT TO purpose_marketing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(2199023255552::bigint)));
--
GRANT INSERT (person_id, phone, phone_index, email, email_index) ON accounts_contact TO purpose_registration;
--
CREATE POLICY registration_i ON accounts_contact FOR INSERT TO purpose_registration WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, phone, phone_index, email, email_index) ON accounts_contact TO purpose_identity_check;
--
GRANT UPDATE (phone, phone_index) ON accounts_contact TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_contact FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_u ON accounts_contact FOR UPDATE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, phone, email) ON accounts_contact TO purpose_profile;
--
GRANT UPDATE (email, email_index) ON accounts_contact TO purpose_profile;
--
CREATE POLICY profile_s ON accounts_contact FOR SELECT TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY profile_u ON accounts_contact FOR UPDATE TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, phone) ON accounts_contact TO purpose_service;
--
CREATE POLICY service_s ON accounts_contact FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, phone, email) ON accounts_contact TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_contact FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, phone) ON accounts_contact TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON accounts_contact FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, phone, phone_index, email, email_index) ON accounts_contact TO purpose_erasure;
--
GRANT DELETE ON accounts_contact TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_contact FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_contact FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_formerphone ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_formerphone FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (id, person_id, phone, changed_at) ON accounts_formerphone TO purpose_identity_check;
--
CREATE POLICY identity_check_i ON accounts_formerphone FOR INSERT TO purpose_identity_check WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, phone, changed_at) ON accounts_formerphone TO purpose_rights;
--
GRANT DELETE ON accounts_formerphone TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_formerphone FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON accounts_formerphone FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, phone, changed_at) ON accounts_formerphone TO purpose_erasure;
--
GRANT DELETE ON accounts_formerphone TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_formerphone FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_formerphone FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, phone, changed_at) ON accounts_formerphone TO purpose_retention;
--
GRANT DELETE ON accounts_formerphone TO purpose_retention;
--
CREATE POLICY retention_s ON accounts_formerphone FOR SELECT TO purpose_retention USING (changed_at < now() - interval '72 hours');
--
CREATE POLICY retention_d ON accounts_formerphone FOR DELETE TO purpose_retention USING (changed_at < now() - interval '72 hours');
--
ALTER TABLE accounts_profile ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_profile FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (person_id, nickname, gender, birthday, interests) ON accounts_profile TO purpose_registration;
--
CREATE POLICY registration_i ON accounts_profile FOR INSERT TO purpose_registration WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, nickname, gender, birthday, interests) ON accounts_profile TO purpose_profile;
--
GRANT UPDATE (nickname, gender, birthday, interests) ON accounts_profile TO purpose_profile;
--
CREATE POLICY profile_s ON accounts_profile FOR SELECT TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY profile_u ON accounts_profile FOR UPDATE TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, interests) ON accounts_profile TO purpose_personalisation;
--
CREATE POLICY personalisation_s ON accounts_profile FOR SELECT TO purpose_personalisation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(2::bigint)));
--
GRANT SELECT (person_id, nickname, gender, birthday, interests) ON accounts_profile TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_profile FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, nickname, gender, birthday, interests) ON accounts_profile TO purpose_erasure;
--
GRANT DELETE ON accounts_profile TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_profile FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_profile FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_avatar ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_avatar FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, small, large, mark, at) ON accounts_avatar TO purpose_profile;
--
GRANT INSERT (person_id, small, large, mark, at) ON accounts_avatar TO purpose_profile;
--
GRANT UPDATE (small, large, mark, at) ON accounts_avatar TO purpose_profile;
--
GRANT DELETE ON accounts_avatar TO purpose_profile;
--
CREATE POLICY profile_s ON accounts_avatar FOR SELECT TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY profile_i ON accounts_avatar FOR INSERT TO purpose_profile WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY profile_u ON accounts_avatar FOR UPDATE TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY profile_d ON accounts_avatar FOR DELETE TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, small, large, mark, at) ON accounts_avatar TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_avatar FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, small, large, mark, at) ON accounts_avatar TO purpose_erasure;
--
GRANT DELETE ON accounts_avatar TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_avatar FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_avatar FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_realname ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_realname FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, name, number, state, at, checked_by, reference, tries, day) ON accounts_realname TO purpose_real_name;
--
GRANT INSERT (person_id, name, number, state, at, checked_by, reference, tries, day) ON accounts_realname TO purpose_real_name;
--
GRANT UPDATE (name, number, state, at, checked_by, reference, tries, day) ON accounts_realname TO purpose_real_name;
--
GRANT DELETE ON accounts_realname TO purpose_real_name;
--
CREATE POLICY real_name_s ON accounts_realname FOR SELECT TO purpose_real_name USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1024::bigint)));
--
CREATE POLICY real_name_i ON accounts_realname FOR INSERT TO purpose_real_name WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1024::bigint)));
--
CREATE POLICY real_name_u ON accounts_realname FOR UPDATE TO purpose_real_name USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1024::bigint))) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1024::bigint)));
--
CREATE POLICY real_name_d ON accounts_realname FOR DELETE TO purpose_real_name USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1024::bigint)));
--
GRANT SELECT (person_id, name, state, at, checked_by, reference, tries, day) ON accounts_realname TO purpose_rights;
--
GRANT DELETE ON accounts_realname TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_realname FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON accounts_realname FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, name, number, state, at, checked_by, reference, tries, day) ON accounts_realname TO purpose_erasure;
--
GRANT DELETE ON accounts_realname TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_realname FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_realname FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_session ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_session FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (token_hash, person_id, kind, name, created_at, expires_at, proven_at, proven_by, familiar, used_at) ON accounts_session TO purpose_registration;
--
CREATE POLICY registration_i ON accounts_session FOR INSERT TO purpose_registration WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (token_hash, person_id, kind, name, created_at, expires_at, proven_at, proven_by, familiar, used_at) ON accounts_session TO purpose_identity_check;
--
GRANT INSERT (token_hash, person_id, kind, name, created_at, expires_at, proven_at, proven_by, familiar, used_at) ON accounts_session TO purpose_identity_check;
--
GRANT UPDATE (name, proven_at, proven_by, familiar, used_at) ON accounts_session TO purpose_identity_check;
--
GRANT DELETE ON accounts_session TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_session FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_i ON accounts_session FOR INSERT TO purpose_identity_check WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_u ON accounts_session FOR UPDATE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_d ON accounts_session FOR DELETE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, kind, name, created_at, expires_at, proven_at, proven_by, familiar, used_at) ON accounts_session TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_session FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (token_hash, person_id, kind, name, created_at, expires_at, proven_at, proven_by, familiar, used_at) ON accounts_session TO purpose_cancellation;
--
GRANT DELETE ON accounts_session TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON accounts_session FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY cancellation_d ON accounts_session FOR DELETE TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (token_hash, person_id, kind, name, created_at, expires_at, proven_at, proven_by, familiar, used_at) ON accounts_session TO purpose_erasure;
--
GRANT DELETE ON accounts_session TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_session FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_session FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (token_hash, person_id, kind, name, created_at, expires_at, proven_at, proven_by, familiar, used_at) ON accounts_session TO purpose_retention;
--
GRANT DELETE ON accounts_session TO purpose_retention;
--
CREATE POLICY retention_s ON accounts_session FOR SELECT TO purpose_retention USING (expires_at < now());
--
CREATE POLICY retention_d ON accounts_session FOR DELETE TO purpose_retention USING (expires_at < now());
--
ALTER TABLE accounts_device ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_device FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, token_hash, person_id) ON accounts_device TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_device FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, token_hash, person_id, model, os, os_version, language, resolution, plmn, browser, seen_at) ON accounts_device TO purpose_display;
--
GRANT INSERT (id, token_hash, person_id, name, model, os, os_version, app_version, language, resolution, plmn, browser, seen_at) ON accounts_device TO purpose_display;
--
GRANT UPDATE (name, model, os, os_version, app_version, language, resolution, plmn, browser, seen_at) ON accounts_device TO purpose_display;
--
CREATE POLICY display_s ON accounts_device FOR SELECT TO purpose_display USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY display_i ON accounts_device FOR INSERT TO purpose_display WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY display_u ON accounts_device FOR UPDATE TO purpose_display USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, os, os_version, app_version, seen_at) ON accounts_device TO purpose_device_safety;
--
CREATE POLICY device_safety_s ON accounts_device FOR SELECT TO purpose_device_safety USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, name, model, os, os_version, app_version, language, resolution, plmn, browser, seen_at) ON accounts_device TO purpose_rights;
--
GRANT DELETE ON accounts_device TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_device FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON accounts_device FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, token_hash, person_id, name, model, os, os_version, app_version, language, resolution, plmn, browser, seen_at) ON accounts_device TO purpose_erasure;
--
GRANT DELETE ON accounts_device TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_device FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_device FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, token_hash, person_id, name, model, os, os_version, app_version, language, resolution, plmn, browser, seen_at) ON accounts_device TO purpose_retention;
--
GRANT DELETE ON accounts_device TO purpose_retention;
--
CREATE POLICY retention_s ON accounts_device FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM accounts_session WHERE accounts_session.token_hash = accounts_device.token_hash AND (expires_at < now())));
--
CREATE POLICY retention_d ON accounts_device FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM accounts_session WHERE accounts_session.token_hash = accounts_device.token_hash AND (expires_at < now())));
--
ALTER TABLE accounts_safetymark ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_safetymark FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, device_id, kind, mark, seen_at) ON accounts_safetymark TO purpose_device_safety;
--
GRANT INSERT (id, person_id, device_id, kind, mark, seen_at) ON accounts_safetymark TO purpose_device_safety;
--
GRANT DELETE ON accounts_safetymark TO purpose_device_safety;
--
CREATE POLICY device_safety_s ON accounts_safetymark FOR SELECT TO purpose_device_safety USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY device_safety_i ON accounts_safetymark FOR INSERT TO purpose_device_safety WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY device_safety_d ON accounts_safetymark FOR DELETE TO purpose_device_safety USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, device_id, kind, seen_at) ON accounts_safetymark TO purpose_rights;
--
GRANT DELETE ON accounts_safetymark TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_safetymark FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON accounts_safetymark FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, device_id, kind, mark, seen_at) ON accounts_safetymark TO purpose_erasure;
--
GRANT DELETE ON accounts_safetymark TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_safetymark FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_safetymark FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, device_id, kind, mark, seen_at) ON accounts_safetymark TO purpose_retention;
--
GRANT DELETE ON accounts_safetymark TO purpose_retention;
--
CREATE POLICY retention_s ON accounts_safetymark FOR SELECT TO purpose_retention USING (seen_at < now() - interval '30 days');
--
CREATE POLICY retention_d ON accounts_safetymark FOR DELETE TO purpose_retention USING (seen_at < now() - interval '30 days');
--
ALTER TABLE accounts_devicelink ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_devicelink FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, device_id, name, mark, linked_at, seen_at) ON accounts_devicelink TO purpose_continuity;
--
GRANT INSERT (id, person_id, device_id, name, mark, linked_at, seen_at) ON accounts_devicelink TO purpose_continuity;
--
GRANT UPDATE (device_id, name, seen_at) ON accounts_devicelink TO purpose_continuity;
--
GRANT DELETE ON accounts_devicelink TO purpose_continuity;
--
CREATE POLICY continuity_s ON accounts_devicelink FOR SELECT TO purpose_continuity USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(512::bigint)));
--
CREATE POLICY continuity_i ON accounts_devicelink FOR INSERT TO purpose_continuity WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(512::bigint)));
--
CREATE POLICY continuity_u ON accounts_devicelink FOR UPDATE TO purpose_continuity USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(512::bigint))) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(512::bigint)));
--
CREATE POLICY continuity_d ON accounts_devicelink FOR DELETE TO purpose_continuity USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(512::bigint)));
--
GRANT SELECT (id, person_id, device_id, name, linked_at, seen_at) ON accounts_devicelink TO purpose_rights;
--
GRANT DELETE ON accounts_devicelink TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_devicelink FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON accounts_devicelink FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, device_id, name, mark, linked_at, seen_at) ON accounts_devicelink TO purpose_erasure;
--
GRANT DELETE ON accounts_devicelink TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_devicelink FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_devicelink FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, device_id, name, mark, linked_at, seen_at) ON accounts_devicelink TO purpose_retention;
--
GRANT DELETE ON accounts_devicelink TO purpose_retention;
--
CREATE POLICY retention_s ON accounts_devicelink FOR SELECT TO purpose_retention USING (seen_at < now() - interval '180 days');
--
CREATE POLICY retention_d ON accounts_devicelink FOR DELETE TO purpose_retention USING (seen_at < now() - interval '180 days');
--
ALTER TABLE accounts_passkey ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_passkey FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, credential_hash, data, counter, name, added_at, used_at) ON accounts_passkey TO purpose_identity_check;
--
GRANT INSERT (id, person_id, credential_hash, data, counter, name, added_at, used_at) ON accounts_passkey TO purpose_identity_check;
--
GRANT UPDATE (counter, used_at) ON accounts_passkey TO purpose_identity_check;
--
GRANT DELETE ON accounts_passkey TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_passkey FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_i ON accounts_passkey FOR INSERT TO purpose_identity_check WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_u ON accounts_passkey FOR UPDATE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_d ON accounts_passkey FOR DELETE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, credential_hash, data, counter, name, added_at, used_at) ON accounts_passkey TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_passkey FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, credential_hash, data, counter, name, added_at, used_at) ON accounts_passkey TO purpose_erasure;
--
GRANT DELETE ON accounts_passkey TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_passkey FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_passkey FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_secondstep ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_secondstep FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, secret, waiting, counter, on_at) ON accounts_secondstep TO purpose_identity_check;
--
GRANT INSERT (person_id, secret, waiting, counter, on_at) ON accounts_secondstep TO purpose_identity_check;
--
GRANT UPDATE (secret, waiting, counter, on_at) ON accounts_secondstep TO purpose_identity_check;
--
GRANT DELETE ON accounts_secondstep TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_secondstep FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_i ON accounts_secondstep FOR INSERT TO purpose_identity_check WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_u ON accounts_secondstep FOR UPDATE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_d ON accounts_secondstep FOR DELETE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, counter, on_at) ON accounts_secondstep TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_secondstep FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, secret, waiting, counter, on_at) ON accounts_secondstep TO purpose_erasure;
--
GRANT DELETE ON accounts_secondstep TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_secondstep FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_secondstep FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_recoverycode ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_recoverycode FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, code_hash, made_at) ON accounts_recoverycode TO purpose_identity_check;
--
GRANT INSERT (id, person_id, code_hash, made_at) ON accounts_recoverycode TO purpose_identity_check;
--
GRANT DELETE ON accounts_recoverycode TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_recoverycode FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_i ON accounts_recoverycode FOR INSERT TO purpose_identity_check WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_d ON accounts_recoverycode FOR DELETE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, made_at) ON accounts_recoverycode TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_recoverycode FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, code_hash, made_at) ON accounts_recoverycode TO purpose_erasure;
--
GRANT DELETE ON accounts_recoverycode TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_recoverycode FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_recoverycode FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_recovery ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_recovery FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, state, lifts, asked_at, due_at) ON accounts_recovery TO purpose_telling;
--
CREATE POLICY telling_s ON accounts_recovery FOR SELECT TO purpose_telling USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, state, stop_hash, password_hash, lifts, asked_at, due_at) ON accounts_recovery TO purpose_identity_check;
--
GRANT INSERT (person_id, state, stop_hash, password_hash, lifts, asked_at, due_at) ON accounts_recovery TO purpose_identity_check;
--
GRANT UPDATE (state, password_hash) ON accounts_recovery TO purpose_identity_check;
--
GRANT DELETE ON accounts_recovery TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_recovery FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_i ON accounts_recovery FOR INSERT TO purpose_identity_check WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_u ON accounts_recovery FOR UPDATE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_d ON accounts_recovery FOR DELETE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, state, lifts, asked_at, due_at) ON accounts_recovery TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_recovery FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, state, stop_hash, password_hash, lifts, asked_at, due_at) ON accounts_recovery TO purpose_erasure;
--
GRANT DELETE ON accounts_recovery TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_recovery FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_recovery FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_halfsignin ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_halfsignin FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (token_hash, person_id, kind, ways, familiar, tries_left, created_at, expires_at) ON accounts_halfsignin TO purpose_identity_check;
--
GRANT INSERT (token_hash, person_id, kind, ways, familiar, tries_left, created_at, expires_at) ON accounts_halfsignin TO purpose_identity_check;
--
GRANT UPDATE (tries_left) ON accounts_halfsignin TO purpose_identity_check;
--
GRANT DELETE ON accounts_halfsignin TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_halfsignin FOR SELECT TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_i ON accounts_halfsignin FOR INSERT TO purpose_identity_check WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_u ON accounts_halfsignin FOR UPDATE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_d ON accounts_halfsignin FOR DELETE TO purpose_identity_check USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (token_hash, person_id, kind, ways, familiar, tries_left, created_at, expires_at) ON accounts_halfsignin TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_halfsignin FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (token_hash, person_id, kind, ways, familiar, tries_left, created_at, expires_at) ON accounts_halfsignin TO purpose_erasure;
--
GRANT DELETE ON accounts_halfsignin TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_halfsignin FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_halfsignin FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (token_hash, person_id, kind, ways, familiar, tries_left, created_at, expires_at) ON accounts_halfsignin TO purpose_retention;
--
GRANT DELETE ON accounts_halfsignin TO purpose_retention;
--
CREATE POLICY retention_s ON accounts_halfsignin FOR SELECT TO purpose_retention USING (created_at < now() - interval '1 day');
--
CREATE POLICY retention_d ON accounts_halfsignin FOR DELETE TO purpose_retention USING (created_at < now() - interval '1 day');
--
ALTER TABLE accounts_linkedaccount ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_linkedaccount FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, provider, subject_index, nickname, avatar, linked_at, used_at) ON accounts_linkedaccount TO purpose_third_party_login;
--
GRANT INSERT (id, person_id, provider, subject_index, nickname, avatar, linked_at, used_at) ON accounts_linkedaccount TO purpose_third_party_login;
--
GRANT UPDATE (used_at) ON accounts_linkedaccount TO purpose_third_party_login;
--
CREATE POLICY third_party_login_s ON accounts_linkedaccount FOR SELECT TO purpose_third_party_login USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(4294967296::bigint)));
--
CREATE POLICY third_party_login_i ON accounts_linkedaccount FOR INSERT TO purpose_third_party_login WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(4294967296::bigint)));
--
CREATE POLICY third_party_login_u ON accounts_linkedaccount FOR UPDATE TO purpose_third_party_login USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(4294967296::bigint))) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(4294967296::bigint)));
--
GRANT SELECT (id, person_id, provider, nickname, avatar, linked_at, used_at) ON accounts_linkedaccount TO purpose_rights;
--
GRANT DELETE ON accounts_linkedaccount TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_linkedaccount FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON accounts_linkedaccount FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, provider, subject_index, nickname, avatar, linked_at, used_at) ON accounts_linkedaccount TO purpose_erasure;
--
GRANT DELETE ON accounts_linkedaccount TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_linkedaccount FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_linkedaccount FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE accounts_code ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_code FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, subject_id, to_index, address_index, intent, code_hash, tries_left, created_at, expires_at, used_at) ON accounts_code TO purpose_registration;
--
GRANT UPDATE (tries_left, used_at) ON accounts_code TO purpose_registration;
--
CREATE POLICY registration_s ON accounts_code FOR SELECT TO purpose_registration USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY registration_u ON accounts_code FOR UPDATE TO purpose_registration USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, subject_id, to_index, address_index, intent, code_hash, tries_left, created_at, expires_at, used_at) ON accounts_code TO purpose_identity_check;
--
GRANT INSERT (id, subject_id, to_index, address_index, intent, code_hash, tries_left, created_at, expires_at, used_at) ON accounts_code TO purpose_identity_check;
--
GRANT UPDATE (tries_left, used_at) ON accounts_code TO purpose_identity_check;
--
GRANT DELETE ON accounts_code TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_code FOR SELECT TO purpose_identity_check USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_i ON accounts_code FOR INSERT TO purpose_identity_check WITH CHECK (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_u ON accounts_code FOR UPDATE TO purpose_identity_check USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_d ON accounts_code FOR DELETE TO purpose_identity_check USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, subject_id, intent, tries_left, created_at, expires_at, used_at) ON accounts_code TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_code FOR SELECT TO purpose_rights USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, subject_id, to_index, address_index, intent, code_hash, tries_left, created_at, expires_at, used_at) ON accounts_code TO purpose_cancellation;
--
GRANT UPDATE (tries_left, used_at) ON accounts_code TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON accounts_code FOR SELECT TO purpose_cancellation USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY cancellation_u ON accounts_code FOR UPDATE TO purpose_cancellation USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, subject_id, to_index, address_index, intent, code_hash, tries_left, created_at, expires_at, used_at) ON accounts_code TO purpose_erasure;
--
GRANT DELETE ON accounts_code TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_code FOR SELECT TO purpose_erasure USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_code FOR DELETE TO purpose_erasure USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, subject_id, to_index, address_index, intent, code_hash, tries_left, created_at, expires_at, used_at) ON accounts_code TO purpose_retention;
--
GRANT DELETE ON accounts_code TO purpose_retention;
--
CREATE POLICY retention_s ON accounts_code FOR SELECT TO purpose_retention USING (created_at < now() - interval '1 day');
--
CREATE POLICY retention_d ON accounts_code FOR DELETE TO purpose_retention USING (created_at < now() - interval '1 day');
--
ALTER TABLE accounts_attempt ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_attempt FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, subject_id, name_index, address_index, at) ON accounts_attempt TO purpose_identity_check;
--
GRANT INSERT (id, subject_id, name_index, address_index, at) ON accounts_attempt TO purpose_identity_check;
--
GRANT DELETE ON accounts_attempt TO purpose_identity_check;
--
CREATE POLICY identity_check_s ON accounts_attempt FOR SELECT TO purpose_identity_check USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_i ON accounts_attempt FOR INSERT TO purpose_identity_check WITH CHECK (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY identity_check_d ON accounts_attempt FOR DELETE TO purpose_identity_check USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, subject_id, at) ON accounts_attempt TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_attempt FOR SELECT TO purpose_rights USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, subject_id, name_index, address_index, at) ON accounts_attempt TO purpose_erasure;
--
GRANT DELETE ON accounts_attempt TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_attempt FOR SELECT TO purpose_erasure USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_attempt FOR DELETE TO purpose_erasure USING (subject_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, subject_id, name_index, address_index, at) ON accounts_attempt TO purpose_retention;
--
GRANT DELETE ON accounts_attempt TO purpose_retention;
--
CREATE POLICY retention_s ON accounts_attempt FOR SELECT TO purpose_retention USING (at < now() - interval '1 day');
--
CREATE POLICY retention_d ON accounts_attempt FOR DELETE TO purpose_retention USING (at < now() - interval '1 day');
--
ALTER TABLE accounts_address ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE accounts_address FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, name, phone, province, city, district, town, street, landline, email, is_default, created_at) ON accounts_address TO purpose_profile;
--
GRANT INSERT (id, person_id, name, phone, province, city, district, town, street, landline, email, is_default, created_at) ON accounts_address TO purpose_profile;
--
GRANT UPDATE (name, phone, province, city, district, town, street, landline, email, is_default) ON accounts_address TO purpose_profile;
--
GRANT DELETE ON accounts_address TO purpose_profile;
--
CREATE POLICY profile_s ON accounts_address FOR SELECT TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY profile_i ON accounts_address FOR INSERT TO purpose_profile WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY profile_u ON accounts_address FOR UPDATE TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY profile_d ON accounts_address FOR DELETE TO purpose_profile USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, name, phone, province, city, district, town, street, landline, email, is_default, created_at) ON accounts_address TO purpose_ordering;
--
CREATE POLICY ordering_s ON accounts_address FOR SELECT TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, name, phone, province, city, district, town, street, landline, email, is_default, created_at) ON accounts_address TO purpose_rights;
--
CREATE POLICY rights_s ON accounts_address FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, name, phone, province, city, district, town, street, landline, email, is_default, created_at) ON accounts_address TO purpose_erasure;
--
GRANT DELETE ON accounts_address TO purpose_erasure;
--
CREATE POLICY erasure_s ON accounts_address FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON accounts_address FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT, INSERT, DELETE ON accounts_spentchallenge TO zone_storefront;
--
GRANT SELECT, INSERT, UPDATE ON accounts_codebudget TO zone_storefront;
--
ALTER TABLE cart_line ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE cart_line FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, owner_id, sku, quantity, added_at) ON cart_line TO purpose_shopping;
--
GRANT INSERT (id, owner_id, sku, quantity, added_at) ON cart_line TO purpose_shopping;
--
GRANT UPDATE (quantity, added_at) ON cart_line TO purpose_shopping;
--
GRANT DELETE ON cart_line TO purpose_shopping;
--
CREATE POLICY shopping_s ON cart_line FOR SELECT TO purpose_shopping USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY shopping_i ON cart_line FOR INSERT TO purpose_shopping WITH CHECK (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY shopping_u ON cart_line FOR UPDATE TO purpose_shopping USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY shopping_d ON cart_line FOR DELETE TO purpose_shopping USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, owner_id, sku, quantity, added_at) ON cart_line TO purpose_ordering;
--
GRANT DELETE ON cart_line TO purpose_ordering;
--
CREATE POLICY ordering_s ON cart_line FOR SELECT TO purpose_ordering USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_d ON cart_line FOR DELETE TO purpose_ordering USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, owner_id, sku, quantity, added_at) ON cart_line TO purpose_rights;
--
CREATE POLICY rights_s ON cart_line FOR SELECT TO purpose_rights USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, owner_id, sku, quantity, added_at) ON cart_line TO purpose_erasure;
--
GRANT DELETE ON cart_line TO purpose_erasure;
--
CREATE POLICY erasure_s ON cart_line FOR SELECT TO purpose_erasure USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON cart_line FOR DELETE TO purpose_erasure USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, owner_id, sku, quantity, added_at) ON cart_line TO purpose_retention;
--
GRANT DELETE ON cart_line TO purpose_retention;
--
CREATE POLICY retention_s ON cart_line FOR SELECT TO purpose_retention USING (added_at < now() - interval '30 days');
--
CREATE POLICY retention_d ON cart_line FOR DELETE TO purpose_retention USING (added_at < now() - interval '30 days');
--
ALTER TABLE cart_favourite ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE cart_favourite FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, owner_id, product_id, added_at) ON cart_favourite TO purpose_shopping;
--
GRANT INSERT (id, owner_id, product_id, added_at) ON cart_favourite TO purpose_shopping;
--
GRANT DELETE ON cart_favourite TO purpose_shopping;
--
CREATE POLICY shopping_s ON cart_favourite FOR SELECT TO purpose_shopping USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY shopping_i ON cart_favourite FOR INSERT TO purpose_shopping WITH CHECK (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY shopping_d ON cart_favourite FOR DELETE TO purpose_shopping USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, owner_id, product_id, added_at) ON cart_favourite TO purpose_rights;
--
CREATE POLICY rights_s ON cart_favourite FOR SELECT TO purpose_rights USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, owner_id, product_id, added_at) ON cart_favourite TO purpose_erasure;
--
GRANT DELETE ON cart_favourite TO purpose_erasure;
--
CREATE POLICY erasure_s ON cart_favourite FOR SELECT TO purpose_erasure USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON cart_favourite FOR DELETE TO purpose_erasure USING (owner_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT ON catalog_product TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON catalog_product TO zone_worker;
--
GRANT UPDATE (for_sale, not_for_sale, published_from, published_until, description, description_html) ON catalog_product TO purpose_merchant_queue;
--
GRANT SELECT ON catalog_sku TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON catalog_sku TO zone_worker;
--
GRANT UPDATE (stock) ON catalog_sku TO purpose_ordering;
--
GRANT UPDATE (stock) ON catalog_sku TO purpose_settlement;
--
GRANT UPDATE (stock) ON catalog_sku TO purpose_delivery;
--
GRANT UPDATE (stock) ON catalog_sku TO purpose_after_sales;
--
GRANT UPDATE (stock) ON catalog_sku TO purpose_merchant_queue;
--
GRANT SELECT ON catalog_catalogversion TO mingpu_public;
--
GRANT INSERT, UPDATE ON catalog_catalogversion TO zone_worker;
--
GRANT INSERT, UPDATE ON catalog_catalogversion TO zone_desk;
--
GRANT SELECT ON catalog_category TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON catalog_category TO zone_worker;
--
GRANT INSERT, UPDATE, DELETE ON catalog_category TO zone_desk;
--
GRANT SELECT ON catalog_brand TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON catalog_brand TO zone_worker;
--
GRANT INSERT, UPDATE, DELETE ON catalog_brand TO zone_desk;
--
GRANT SELECT ON catalog_attribute TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON catalog_attribute TO zone_worker;
--
GRANT INSERT, UPDATE, DELETE ON catalog_attribute TO zone_desk;
--
GRANT SELECT ON catalog_wording TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON catalog_wording TO zone_worker;
--
GRANT INSERT, UPDATE, DELETE ON catalog_wording TO zone_desk;
--
GRANT SELECT ON catalog_price TO mingpu_public;
--
GRANT INSERT, UPDATE ON catalog_price TO zone_worker;
--
GRANT SELECT ON catalog_warehouse TO mingpu_public;
--
GRANT INSERT, UPDATE ON catalog_warehouse TO zone_worker;
--
GRANT INSERT (code, merchant, name, name_en, province, position, active) ON catalog_warehouse TO purpose_merchant_queue;
--
GRANT UPDATE (name, name_en, province, position, active) ON catalog_warehouse TO purpose_merchant_queue;
--
GRANT SELECT ON catalog_shelf TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON catalog_shelf TO zone_worker;
--
GRANT INSERT (sku, warehouse, pieces) ON catalog_shelf TO purpose_delivery;
--
GRANT UPDATE (pieces) ON catalog_shelf TO purpose_delivery;
--
GRANT INSERT (sku, warehouse, pieces) ON catalog_shelf TO purpose_after_sales;
--
GRANT UPDATE (pieces) ON catalog_shelf TO purpose_after_sales;
--
GRANT INSERT (sku, warehouse, pieces) ON catalog_shelf TO purpose_merchant_queue;
--
GRANT UPDATE (pieces) ON catalog_shelf TO purpose_merchant_queue;
--
GRANT SELECT, INSERT, UPDATE, DELETE ON catalog_import TO zone_worker;
--
GRANT SELECT, INSERT, UPDATE ON catalog_import TO zone_desk;
--
GRANT SELECT, INSERT, UPDATE, DELETE ON catalog_importremark TO zone_worker;
--
GRANT SELECT ON catalog_importremark TO zone_desk;
--
ALTER TABLE delivery_shipment ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE delivery_shipment FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, case_no, courier, waybill_no, sorting_code, status, pieces, cod_fen, collected_fen, real_name, real_name_ok, device_receipt, restocked, warehouse, created_at) ON delivery_shipment TO purpose_delivery;
--
GRANT INSERT (id, parcel_no, order_no, part_no, person_id, merchant, direction, case_no, courier, waybill_no, sorting_code, status, pieces, cod_fen, collected_fen, real_name, real_name_ok, device_receipt, pickup_code, restocked, warehouse, created_at) ON delivery_shipment TO purpose_delivery;
--
GRANT UPDATE (status, waybill_no, sorting_code, collected_fen, real_name_ok, device_receipt, pickup_code, restocked) ON delivery_shipment TO purpose_delivery;
--
CREATE POLICY delivery_s ON delivery_shipment FOR SELECT TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY delivery_i ON delivery_shipment FOR INSERT TO purpose_delivery WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY delivery_u ON delivery_shipment FOR UPDATE TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, courier, waybill_no, sorting_code, status, pieces, cod_fen, real_name, real_name_ok, created_at) ON delivery_shipment TO purpose_redirecting;
--
CREATE POLICY redirecting_s ON delivery_shipment FOR SELECT TO purpose_redirecting USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, case_no, courier, waybill_no, sorting_code, status, pieces, cod_fen, collected_fen, real_name, real_name_ok, device_receipt, pickup_code, created_at) ON delivery_shipment TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON delivery_shipment FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, case_no, courier, waybill_no, sorting_code, status, pieces, cod_fen, real_name, real_name_ok, created_at) ON delivery_shipment TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON delivery_shipment FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, case_no, courier, waybill_no, sorting_code, status, pieces, cod_fen, real_name, real_name_ok, created_at) ON delivery_shipment TO purpose_service;
--
CREATE POLICY service_s ON delivery_shipment FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, parcel_no, part_no, merchant, direction, courier, waybill_no, sorting_code, status, pieces, cod_fen, real_name, real_name_ok, warehouse, created_at) ON delivery_shipment TO purpose_merchant_queue;
--
CREATE POLICY merchant_queue_s ON delivery_shipment FOR SELECT TO purpose_merchant_queue USING (merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, courier, waybill_no, sorting_code, status, pieces, cod_fen, real_name, real_name_ok, warehouse, created_at) ON delivery_shipment TO purpose_merchant_order;
--
CREATE POLICY merchant_order_s ON delivery_shipment FOR SELECT TO purpose_merchant_order USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, courier, waybill_no, sorting_code, status, pieces, cod_fen, collected_fen, real_name, real_name_ok, device_receipt, pickup_code, created_at) ON delivery_shipment TO purpose_rights;
--
CREATE POLICY rights_s ON delivery_shipment FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, case_no, courier, waybill_no, sorting_code, status, pieces, cod_fen, collected_fen, real_name, real_name_ok, device_receipt, pickup_code, restocked, warehouse, created_at) ON delivery_shipment TO purpose_erasure;
--
GRANT UPDATE (person_id, pickup_code) ON delivery_shipment TO purpose_erasure;
--
CREATE POLICY erasure_s ON delivery_shipment FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON delivery_shipment FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, case_no, courier, waybill_no, sorting_code, status, pieces, cod_fen, collected_fen, real_name, real_name_ok, device_receipt, pickup_code, restocked, warehouse, created_at) ON delivery_shipment TO purpose_retention;
--
GRANT DELETE ON delivery_shipment TO purpose_retention;
--
CREATE POLICY retention_s ON delivery_shipment FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = delivery_shipment.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON delivery_shipment FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = delivery_shipment.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (id, parcel_no, order_no, part_no, person_id, merchant, direction, case_no, courier, waybill_no, sorting_code, status, pieces, cod_fen, collected_fen, real_name, real_name_ok, device_receipt, pickup_code, restocked, warehouse, created_at) ON delivery_shipment TO purpose_legal;
--
CREATE POLICY legal_s ON delivery_shipment FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE delivery_parcelline ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE delivery_parcelline FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, shipment_id, person_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_delivery;
--
GRANT INSERT (id, shipment_id, person_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_delivery;
--
CREATE POLICY delivery_s ON delivery_parcelline FOR SELECT TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY delivery_i ON delivery_parcelline FOR INSERT TO purpose_delivery WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, shipment_id, person_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON delivery_parcelline FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, shipment_id, person_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON delivery_parcelline FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, shipment_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_merchant_queue;
--
CREATE POLICY merchant_queue_s ON delivery_parcelline FOR SELECT TO purpose_merchant_queue USING (merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (id, shipment_id, person_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_rights;
--
CREATE POLICY rights_s ON delivery_parcelline FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, shipment_id, person_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_erasure;
--
GRANT UPDATE (person_id) ON delivery_parcelline TO purpose_erasure;
--
CREATE POLICY erasure_s ON delivery_parcelline FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON delivery_parcelline FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, shipment_id, person_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_retention;
--
GRANT DELETE ON delivery_parcelline TO purpose_retention;
--
CREATE POLICY retention_s ON delivery_parcelline FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM delivery_shipment WHERE delivery_shipment.id = delivery_parcelline.shipment_id AND (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = delivery_shipment.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))))));
--
CREATE POLICY retention_d ON delivery_parcelline FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM delivery_shipment WHERE delivery_shipment.id = delivery_parcelline.shipment_id AND (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = delivery_shipment.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))))));
--
GRANT SELECT (id, shipment_id, person_id, merchant, sku, quantity) ON delivery_parcelline TO purpose_legal;
--
CREATE POLICY legal_s ON delivery_parcelline FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE delivery_routeevent ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE delivery_routeevent FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, shipment_id, person_id, event_id, at, place, status, text) ON delivery_routeevent TO purpose_delivery;
--
GRANT INSERT (id, shipment_id, person_id, event_id, at, place, status, text) ON delivery_routeevent TO purpose_delivery;
--
CREATE POLICY delivery_s ON delivery_routeevent FOR SELECT TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY delivery_i ON delivery_routeevent FOR INSERT TO purpose_delivery WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, shipment_id, person_id, event_id, at, place, status, text) ON delivery_routeevent TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON delivery_routeevent FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, shipment_id, person_id, event_id, at, place, status, text) ON delivery_routeevent TO purpose_rights;
--
CREATE POLICY rights_s ON delivery_routeevent FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, shipment_id, person_id, event_id, at, place, status, text) ON delivery_routeevent TO purpose_erasure;
--
GRANT UPDATE (person_id) ON delivery_routeevent TO purpose_erasure;
--
CREATE POLICY erasure_s ON delivery_routeevent FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON delivery_routeevent FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, shipment_id, person_id, event_id, at, place, status, text) ON delivery_routeevent TO purpose_retention;
--
GRANT DELETE ON delivery_routeevent TO purpose_retention;
--
CREATE POLICY retention_s ON delivery_routeevent FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM delivery_shipment WHERE delivery_shipment.id = delivery_routeevent.shipment_id AND (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = delivery_shipment.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))))));
--
CREATE POLICY retention_d ON delivery_routeevent FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM delivery_shipment WHERE delivery_shipment.id = delivery_routeevent.shipment_id AND (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = delivery_shipment.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))))));
--
GRANT SELECT (id, shipment_id, person_id, event_id, at, place, status, text) ON delivery_routeevent TO purpose_legal;
--
CREATE POLICY legal_s ON delivery_routeevent FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT ON desk_staff TO zone_desk;
--
GRANT SELECT, INSERT, DELETE ON desk_staffsession TO zone_desk;
--
GRANT SELECT, INSERT, DELETE ON desk_stafftry TO zone_desk;
--
ALTER TABLE governance_opening ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE governance_opening FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (number, purpose, exception_no, item, reference, reason, note, staff, at, approved_by, approved_at, until, hidden_until) ON governance_opening TO purpose_gate_desk;
--
GRANT INSERT (number, person_id, purpose, exception_no, item, order_no, reference, reason, note, staff, at, approved_by, approved_at, until, hidden_until) ON governance_opening TO purpose_gate_desk;
--
GRANT UPDATE (approved_by, approved_at, until, hidden_until) ON governance_opening TO purpose_gate_desk;
--
CREATE POLICY gate_desk_s ON governance_opening FOR SELECT TO purpose_gate_desk USING (true);
--
CREATE POLICY gate_desk_i ON governance_opening FOR INSERT TO purpose_gate_desk WITH CHECK (true);
--
CREATE POLICY gate_desk_u ON governance_opening FOR UPDATE TO purpose_gate_desk USING (true) WITH CHECK (true);
--
GRANT SELECT (number, person_id, purpose, exception_no, item, order_no, reference, reason, note, staff, at, approved_by, approved_at, until, hidden_until) ON governance_opening TO purpose_rights;
--
CREATE POLICY rights_s ON governance_opening FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (hidden_until IS NULL OR hidden_until <= now()));
--
GRANT SELECT (number, person_id, purpose, exception_no, item, order_no, reference, reason, note, staff, at, approved_by, approved_at, until, hidden_until) ON governance_opening TO purpose_erasure;
--
GRANT UPDATE (person_id, order_no, reference, note) ON governance_opening TO purpose_erasure;
--
CREATE POLICY erasure_s ON governance_opening FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id IS NULL);
--
CREATE POLICY erasure_u ON governance_opening FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id IS NULL);
--
GRANT SELECT (number, person_id, purpose, exception_no, item, order_no, reference, reason, note, staff, at, approved_by, approved_at, until, hidden_until) ON governance_opening TO purpose_retention;
--
GRANT DELETE ON governance_opening TO purpose_retention;
--
CREATE POLICY retention_s ON governance_opening FOR SELECT TO purpose_retention USING (at < now() - interval '3 years');
--
CREATE POLICY retention_d ON governance_opening FOR DELETE TO purpose_retention USING (at < now() - interval '3 years');
--
GRANT SELECT (exception_no, code, article, case_no, authority, order_ref, order_hash, reason, items, days, persons, requester, requested_at, approver, decided_at, declined, expires_at, closed_at, closed_by, hidden_until, hidden_by) ON governance_exception TO purpose_gate_desk;
--
GRANT INSERT (exception_no, code, article, case_no, authority, order_ref, order_hash, reason, items, days, persons, requester, requested_at, approver, decided_at, declined, expires_at, closed_at, closed_by, hidden_until, hidden_by) ON governance_exception TO purpose_gate_desk;
--
GRANT UPDATE (approver, decided_at, declined, expires_at, closed_at, closed_by, hidden_until, hidden_by) ON governance_exception TO purpose_gate_desk;
--
GRANT SELECT (incident_no, noticed_at, report_due_at, level, what, kinds, cause, harm, measures, since, until, purposes, actor, opened_by, impact, persons, impact_at, asked_by, approved_by, approved_at, listed_at, reported_at, reported_by, report_ref, overdue_at, closed_at, closed_by) ON governance_incident TO purpose_gate_desk;
--
GRANT SELECT (incident_no, noticed_at, report_due_at, level, what, kinds, cause, harm, measures, since, until, purposes, actor, opened_by, impact, persons, impact_at, asked_by, approved_by, approved_at, listed_at, reported_at, reported_by, report_ref, overdue_at, closed_at, closed_by) ON governance_incident TO purpose_impact;
--
GRANT INSERT (incident_no, noticed_at, report_due_at, level, what, kinds, cause, harm, measures, since, until, purposes, actor, opened_by, impact, persons, impact_at, asked_by, approved_by, approved_at, listed_at, reported_at, reported_by, report_ref, overdue_at, closed_at, closed_by) ON governance_incident TO purpose_impact;
--
GRANT UPDATE (level, what, kinds, cause, harm, measures, since, until, purposes, actor, impact, persons, impact_at, asked_by, approved_by, approved_at, listed_at, reported_at, reported_by, report_ref, overdue_at, closed_at, closed_by) ON governance_incident TO purpose_impact;
--
ALTER TABLE governance_notice ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE governance_notice FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, incident_no, due_at, channel, trying_at, sent_at) ON governance_notice TO purpose_impact;
--
GRANT INSERT (id, person_id, incident_no, text_zh, text_en, due_at, channel, trying_at, sent_at) ON governance_notice TO purpose_impact;
--
CREATE POLICY impact_s ON governance_notice FOR SELECT TO purpose_impact USING (true);
--
CREATE POLICY impact_i ON governance_notice FOR INSERT TO purpose_impact WITH CHECK (true);
--
GRANT SELECT (id, person_id, incident_no, text_zh, text_en, due_at, channel, trying_at, sent_at) ON governance_notice TO purpose_notice;
--
GRANT UPDATE (channel, trying_at, sent_at) ON governance_notice TO purpose_notice;
--
CREATE POLICY notice_s ON governance_notice FOR SELECT TO purpose_notice USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY notice_u ON governance_notice FOR UPDATE TO purpose_notice USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, incident_no, text_zh, text_en, due_at, channel, trying_at, sent_at) ON governance_notice TO purpose_rights;
--
CREATE POLICY rights_s ON governance_notice FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, incident_no, text_zh, text_en, due_at, channel, trying_at, sent_at) ON governance_notice TO purpose_erasure;
--
GRANT DELETE ON governance_notice TO purpose_erasure;
--
CREATE POLICY erasure_s ON governance_notice FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON governance_notice FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, incident_no, text_zh, text_en, due_at, channel, trying_at, sent_at) ON governance_notice TO purpose_retention;
--
GRANT DELETE ON governance_notice TO purpose_retention;
--
CREATE POLICY retention_s ON governance_notice FOR SELECT TO purpose_retention USING (due_at < now() - interval '3 years');
--
CREATE POLICY retention_d ON governance_notice FOR DELETE TO purpose_retention USING (due_at < now() - interval '3 years');
--
ALTER TABLE governance_mirror ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE governance_mirror FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, asked_at, made_at, shown) ON governance_mirror TO purpose_rights;
--
GRANT INSERT (person_id, asked_at, made_at, shown) ON governance_mirror TO purpose_rights;
--
GRANT UPDATE (shown, made_at, asked_at) ON governance_mirror TO purpose_rights;
--
GRANT DELETE ON governance_mirror TO purpose_rights;
--
CREATE POLICY rights_s ON governance_mirror FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON governance_mirror FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_u ON governance_mirror FOR UPDATE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON governance_mirror FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, asked_at, made_at, shown) ON governance_mirror TO purpose_erasure;
--
GRANT DELETE ON governance_mirror TO purpose_erasure;
--
CREATE POLICY erasure_s ON governance_mirror FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON governance_mirror FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, asked_at, made_at, shown) ON governance_mirror TO purpose_retention;
--
GRANT DELETE ON governance_mirror TO purpose_retention;
--
CREATE POLICY retention_s ON governance_mirror FOR SELECT TO purpose_retention USING (asked_at < now() - interval '1 day');
--
CREATE POLICY retention_d ON governance_mirror FOR DELETE TO purpose_retention USING (asked_at < now() - interval '1 day');
--
ALTER TABLE invoices_title ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE invoices_title FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, kind, title, tax_no, is_default, created_at) ON invoices_title TO purpose_invoicing;
--
GRANT INSERT (id, person_id, kind, title, tax_no, is_default, created_at) ON invoices_title TO purpose_invoicing;
--
GRANT UPDATE (kind, title, tax_no, is_default) ON invoices_title TO purpose_invoicing;
--
GRANT DELETE ON invoices_title TO purpose_invoicing;
--
CREATE POLICY invoicing_s ON invoices_title FOR SELECT TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
CREATE POLICY invoicing_i ON invoices_title FOR INSERT TO purpose_invoicing WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
CREATE POLICY invoicing_u ON invoices_title FOR UPDATE TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint))) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
CREATE POLICY invoicing_d ON invoices_title FOR DELETE TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
GRANT SELECT (id, person_id, kind, title, tax_no, is_default, created_at) ON invoices_title TO purpose_rights;
--
GRANT DELETE ON invoices_title TO purpose_rights;
--
CREATE POLICY rights_s ON invoices_title FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON invoices_title FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, kind, title, tax_no, is_default, created_at) ON invoices_title TO purpose_erasure;
--
GRANT DELETE ON invoices_title TO purpose_erasure;
--
CREATE POLICY erasure_s ON invoices_title FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON invoices_title FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE invoices_request ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE invoices_request FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, tax_no, replaces, asked_at) ON invoices_request TO purpose_invoicing;
--
GRANT INSERT (invoice_no, order_no, person_id, kind, title, tax_no, replaces, asked_at) ON invoices_request TO purpose_invoicing;
--
GRANT DELETE ON invoices_request TO purpose_invoicing;
--
CREATE POLICY invoicing_s ON invoices_request FOR SELECT TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
CREATE POLICY invoicing_i ON invoices_request FOR INSERT TO purpose_invoicing WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
CREATE POLICY invoicing_d ON invoices_request FOR DELETE TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, tax_no, replaces, asked_at) ON invoices_request TO purpose_rights;
--
GRANT DELETE ON invoices_request TO purpose_rights;
--
CREATE POLICY rights_s ON invoices_request FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON invoices_request FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, tax_no, replaces, asked_at) ON invoices_request TO purpose_erasure;
--
GRANT DELETE ON invoices_request TO purpose_erasure;
--
CREATE POLICY erasure_s ON invoices_request FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON invoices_request FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE invoices_invoice ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE invoices_invoice FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, total_fen, lines, status, code, number, replaces, asked_at, issued_at) ON invoices_invoice TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON invoices_invoice FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (invoice_no, order_no, total_fen, status, asked_at) ON invoices_invoice TO purpose_case_queue;
--
CREATE POLICY case_queue_s ON invoices_invoice FOR SELECT TO purpose_case_queue USING (true);
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, tax_no, total_fen, lines, status, code, number, replaces, asked_at, issued_at) ON invoices_invoice TO purpose_invoicing;
--
GRANT INSERT (invoice_no, order_no, person_id, kind, title, tax_no, total_fen, lines, status, code, number, replaces, asked_at, issued_at) ON invoices_invoice TO purpose_invoicing;
--
GRANT UPDATE (status, code, number, issued_at) ON invoices_invoice TO purpose_invoicing;
--
CREATE POLICY invoicing_s ON invoices_invoice FOR SELECT TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
CREATE POLICY invoicing_i ON invoices_invoice FOR INSERT TO purpose_invoicing WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
CREATE POLICY invoicing_u ON invoices_invoice FOR UPDATE TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint))) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, tax_no, total_fen, lines, status, code, number, asked_at, issued_at) ON invoices_invoice TO purpose_rights;
--
CREATE POLICY rights_s ON invoices_invoice FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (invoice_no, order_no, person_id, total_fen, status, asked_at) ON invoices_invoice TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON invoices_invoice FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, tax_no, total_fen, lines, status, code, number, replaces, asked_at, issued_at) ON invoices_invoice TO purpose_erasure;
--
GRANT UPDATE (person_id, title, tax_no) ON invoices_invoice TO purpose_erasure;
--
CREATE POLICY erasure_s ON invoices_invoice FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON invoices_invoice FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, tax_no, total_fen, lines, status, code, number, replaces, asked_at, issued_at) ON invoices_invoice TO purpose_retention;
--
GRANT DELETE ON invoices_invoice TO purpose_retention;
--
CREATE POLICY retention_s ON invoices_invoice FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = invoices_invoice.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON invoices_invoice FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = invoices_invoice.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (invoice_no, order_no, person_id, kind, title, tax_no, total_fen, lines, status, code, number, replaces, asked_at, issued_at) ON invoices_invoice TO purpose_legal;
--
CREATE POLICY legal_s ON invoices_invoice FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT ON merchants_merchant TO mingpu_public;
--
GRANT INSERT, UPDATE ON merchants_merchant TO zone_worker;
--
GRANT SELECT ON merchants_template TO mingpu_public;
--
GRANT INSERT, UPDATE ON merchants_template TO zone_worker;
--
ALTER TABLE notices_notice ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE notices_notice FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, kind, about, mark, at, read_at) ON notices_notice TO purpose_telling;
--
GRANT INSERT (id, person_id, kind, about, mark, at, read_at) ON notices_notice TO purpose_telling;
--
GRANT UPDATE (read_at) ON notices_notice TO purpose_telling;
--
GRANT DELETE ON notices_notice TO purpose_telling;
--
CREATE POLICY telling_s ON notices_notice FOR SELECT TO purpose_telling USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY telling_i ON notices_notice FOR INSERT TO purpose_telling WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY telling_u ON notices_notice FOR UPDATE TO purpose_telling USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY telling_d ON notices_notice FOR DELETE TO purpose_telling USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, kind, about, mark, at, read_at) ON notices_notice TO purpose_rights;
--
CREATE POLICY rights_s ON notices_notice FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, kind, about, mark, at, read_at) ON notices_notice TO purpose_erasure;
--
GRANT DELETE ON notices_notice TO purpose_erasure;
--
CREATE POLICY erasure_s ON notices_notice FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON notices_notice FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, kind, about, mark, at, read_at) ON notices_notice TO purpose_retention;
--
GRANT DELETE ON notices_notice TO purpose_retention;
--
CREATE POLICY retention_s ON notices_notice FOR SELECT TO purpose_retention USING (at < now() - interval '180 days');
--
CREATE POLICY retention_d ON notices_notice FOR DELETE TO purpose_retention USING (at < now() - interval '180 days');
--
ALTER TABLE notices_preference ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE notices_preference FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, choices, quiet_from, quiet_to, zone, language) ON notices_preference TO purpose_telling;
--
GRANT INSERT (person_id, choices, quiet_from, quiet_to, zone, language) ON notices_preference TO purpose_telling;
--
GRANT UPDATE (choices, quiet_from, quiet_to, zone, language) ON notices_preference TO purpose_telling;
--
CREATE POLICY telling_s ON notices_preference FOR SELECT TO purpose_telling USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY telling_i ON notices_preference FOR INSERT TO purpose_telling WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY telling_u ON notices_preference FOR UPDATE TO purpose_telling USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, choices, quiet_from, quiet_to, zone, language) ON notices_preference TO purpose_rights;
--
CREATE POLICY rights_s ON notices_preference FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, choices, quiet_from, quiet_to, zone, language) ON notices_preference TO purpose_erasure;
--
GRANT DELETE ON notices_preference TO purpose_erasure;
--
CREATE POLICY erasure_s ON notices_preference FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON notices_preference FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE orders_order ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE orders_order FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_ordering;
--
GRANT INSERT (order_no, person_id, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen, redirected_at) ON orders_order TO purpose_ordering;
--
GRANT UPDATE (ended) ON orders_order TO purpose_ordering;
--
CREATE POLICY ordering_s ON orders_order FOR SELECT TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_i ON orders_order FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_u ON orders_order FOR UPDATE TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_trade_safety;
--
CREATE POLICY trade_safety_s ON orders_order FOR SELECT TO purpose_trade_safety USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_settlement;
--
GRANT UPDATE (paid_at, confirmed_at, refunded_fen, ended) ON orders_order TO purpose_settlement;
--
CREATE POLICY settlement_s ON orders_order FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON orders_order FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_delivery;
--
GRANT UPDATE (paid_at, pieces_sent, pieces_signed, delivered_at, completed_at, ended) ON orders_order TO purpose_delivery;
--
CREATE POLICY delivery_s ON orders_order FOR SELECT TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY delivery_u ON orders_order FOR UPDATE TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen, redirected_at) ON orders_order TO purpose_redirecting;
--
GRANT UPDATE (redirected_at) ON orders_order TO purpose_redirecting;
--
CREATE POLICY redirecting_s ON orders_order FOR SELECT TO purpose_redirecting USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY redirecting_u ON orders_order FOR UPDATE TO purpose_redirecting USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen, redirected_at) ON orders_order TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON orders_order FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_after_sales;
--
GRANT UPDATE (pieces, delivered_at, ended) ON orders_order TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON orders_order FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_u ON orders_order FOR UPDATE TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_service;
--
GRANT UPDATE (ended) ON orders_order TO purpose_service;
--
CREATE POLICY service_s ON orders_order FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY service_u ON orders_order FOR UPDATE TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_invoicing;
--
CREATE POLICY invoicing_s ON orders_order FOR SELECT TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_virtual_goods;
--
GRANT UPDATE (pieces_sent, pieces_signed, delivered_at, completed_at) ON orders_order TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_s ON orders_order FOR SELECT TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY virtual_goods_u ON orders_order FOR UPDATE TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_merchant_order;
--
CREATE POLICY merchant_order_s ON orders_order FOR SELECT TO purpose_merchant_order USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT p.merchant FROM orders_part p WHERE p.order_no = orders_order.order_no AND p.merchant = NULLIF(current_setting('app.merchant', true), '')) = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen, redirected_at) ON orders_order TO purpose_rights;
--
CREATE POLICY rights_s ON orders_order FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen) ON orders_order TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON orders_order FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen, redirected_at) ON orders_order TO purpose_erasure;
--
GRANT UPDATE (person_id) ON orders_order TO purpose_erasure;
--
CREATE POLICY erasure_s ON orders_order FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON orders_order FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen, redirected_at) ON orders_order TO purpose_retention;
--
GRANT DELETE ON orders_order TO purpose_retention;
--
CREATE POLICY retention_s ON orders_order FOR SELECT TO purpose_retention USING (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'));
--
CREATE POLICY retention_d ON orders_order FOR DELETE TO purpose_retention USING (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'));
--
GRANT SELECT (order_no, person_id, status, payment, goods_fen, discount_fen, shipping_fen, total_fen, placed_at, courier, confirmed_at, pieces, pieces_sent, pieces_signed, ended, expires_at, paid_at, delivered_at, completed_at, refunded_fen, redirected_at) ON orders_order TO purpose_legal;
--
CREATE POLICY legal_s ON orders_order FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE orders_part ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE orders_part FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_ordering;
--
GRANT INSERT (part_no, order_no, person_id, merchant, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_ordering;
--
GRANT UPDATE (ended_at) ON orders_part TO purpose_ordering;
--
CREATE POLICY ordering_s ON orders_part FOR SELECT TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_i ON orders_part FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_u ON orders_part FOR UPDATE TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_settlement;
--
GRANT UPDATE (ready_at, ended_at, settled_at) ON orders_part TO purpose_settlement;
--
CREATE POLICY settlement_s ON orders_part FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON orders_part FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_delivery;
--
GRANT UPDATE (pieces_sent, ended_at) ON orders_part TO purpose_delivery;
--
CREATE POLICY delivery_s ON orders_part FOR SELECT TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY delivery_u ON orders_part FOR UPDATE TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_redirecting;
--
CREATE POLICY redirecting_s ON orders_part FOR SELECT TO purpose_redirecting USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON orders_part FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_after_sales;
--
GRANT UPDATE (pieces, ended_at) ON orders_part TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON orders_part FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_u ON orders_part FOR UPDATE TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_service;
--
CREATE POLICY service_s ON orders_part FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_virtual_goods;
--
GRANT UPDATE (pieces_sent) ON orders_part TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_s ON orders_part FOR SELECT TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY virtual_goods_u ON orders_part FOR UPDATE TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_merchant_queue;
--
CREATE POLICY merchant_queue_s ON orders_part FOR SELECT TO purpose_merchant_queue USING (merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_merchant_order;
--
CREATE POLICY merchant_order_s ON orders_part FOR SELECT TO purpose_merchant_order USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_rights;
--
CREATE POLICY rights_s ON orders_part FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON orders_part FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_erasure;
--
GRANT UPDATE (person_id) ON orders_part TO purpose_erasure;
--
CREATE POLICY erasure_s ON orders_part FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON orders_part FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_retention;
--
GRANT DELETE ON orders_part TO purpose_retention;
--
CREATE POLICY retention_s ON orders_part FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = orders_part.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON orders_part FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = orders_part.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (part_no, order_no, person_id, merchant, state, goods_fen, discount_fen, own_discount_fen, shipping_fen, commission, pieces, pieces_sent, placed_at, ready_at, ended_at, settled_at) ON orders_part TO purpose_legal;
--
CREATE POLICY legal_s ON orders_part FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE orders_line ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE orders_line FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_ordering;
--
GRANT INSERT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_ordering;
--
CREATE POLICY ordering_s ON orders_line FOR SELECT TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_i ON orders_line FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_settlement;
--
CREATE POLICY settlement_s ON orders_line FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_delivery;
--
GRANT UPDATE (sent) ON orders_line TO purpose_delivery;
--
CREATE POLICY delivery_s ON orders_line FOR SELECT TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY delivery_u ON orders_line FOR UPDATE TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_redirecting;
--
CREATE POLICY redirecting_s ON orders_line FOR SELECT TO purpose_redirecting USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON orders_line FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_after_sales;
--
GRANT UPDATE (sent) ON orders_line TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON orders_line FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_u ON orders_line FOR UPDATE TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_service;
--
CREATE POLICY service_s ON orders_line FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_invoicing;
--
CREATE POLICY invoicing_s ON orders_line FOR SELECT TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_virtual_goods;
--
GRANT UPDATE (sent) ON orders_line TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_s ON orders_line FOR SELECT TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY virtual_goods_u ON orders_line FOR UPDATE TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_merchant_queue;
--
CREATE POLICY merchant_queue_s ON orders_line FOR SELECT TO purpose_merchant_queue USING (merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_merchant_order;
--
CREATE POLICY merchant_order_s ON orders_line FOR SELECT TO purpose_merchant_order USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_rights;
--
CREATE POLICY rights_s ON orders_line FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_erasure;
--
GRANT UPDATE (person_id) ON orders_line TO purpose_erasure;
--
CREATE POLICY erasure_s ON orders_line FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON orders_line FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_retention;
--
GRANT DELETE ON orders_line TO purpose_retention;
--
CREATE POLICY retention_s ON orders_line FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = orders_line.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON orders_line FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = orders_line.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, real_name, grams, face_fen, payable_fen, reductions, sent, price_fen, quantity) ON orders_line TO purpose_legal;
--
CREATE POLICY legal_s ON orders_line FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE orders_consignee ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE orders_consignee FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (order_no, person_id, name, phone, province, city, district, street, landline, email) ON orders_consignee TO purpose_ordering;
--
CREATE POLICY ordering_i ON orders_consignee FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline) ON orders_consignee TO purpose_delivery;
--
CREATE POLICY delivery_s ON orders_consignee FOR SELECT TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline) ON orders_consignee TO purpose_redirecting;
--
GRANT UPDATE (name, phone, province, city, district, street, landline, email) ON orders_consignee TO purpose_redirecting;
--
CREATE POLICY redirecting_s ON orders_consignee FOR SELECT TO purpose_redirecting USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (EXISTS (SELECT FROM orders_order o WHERE o.order_no = orders_consignee.order_no AND o.status IN ('pending_payment', 'pending_confirmation', 'paid', 'confirmed')) AND NOT EXISTS (SELECT FROM delivery_shipment s WHERE s.order_no = orders_consignee.order_no AND s.status <> 'cancelled')));
--
CREATE POLICY redirecting_u ON orders_consignee FOR UPDATE TO purpose_redirecting USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (EXISTS (SELECT FROM orders_order o WHERE o.order_no = orders_consignee.order_no AND o.status IN ('pending_payment', 'pending_confirmation', 'paid', 'confirmed')) AND NOT EXISTS (SELECT FROM delivery_shipment s WHERE s.order_no = orders_consignee.order_no AND s.status <> 'cancelled'))) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (EXISTS (SELECT FROM orders_order o WHERE o.order_no = orders_consignee.order_no AND o.status IN ('pending_payment', 'pending_confirmation', 'paid', 'confirmed')) AND NOT EXISTS (SELECT FROM delivery_shipment s WHERE s.order_no = orders_consignee.order_no AND s.status <> 'cancelled')));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline, email) ON orders_consignee TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON orders_consignee FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline) ON orders_consignee TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON orders_consignee FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline) ON orders_consignee TO purpose_service;
--
CREATE POLICY service_s ON orders_consignee FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline) ON orders_consignee TO purpose_merchant_order;
--
CREATE POLICY merchant_order_s ON orders_consignee FOR SELECT TO purpose_merchant_order USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT p.merchant FROM orders_part p WHERE p.order_no = orders_consignee.order_no AND p.merchant = NULLIF(current_setting('app.merchant', true), '')) = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline, email) ON orders_consignee TO purpose_rights;
--
CREATE POLICY rights_s ON orders_consignee FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline, email) ON orders_consignee TO purpose_erasure;
--
GRANT UPDATE (person_id, name, phone, province, city, district, street, landline, email) ON orders_consignee TO purpose_erasure;
--
CREATE POLICY erasure_s ON orders_consignee FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON orders_consignee FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline, email) ON orders_consignee TO purpose_retention;
--
GRANT DELETE ON orders_consignee TO purpose_retention;
--
CREATE POLICY retention_s ON orders_consignee FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = orders_consignee.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON orders_consignee FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = orders_consignee.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (order_no, person_id, name, phone, province, city, district, street, landline, email) ON orders_consignee TO purpose_legal;
--
CREATE POLICY legal_s ON orders_consignee FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE orders_event ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE orders_event FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_ordering;
--
CREATE POLICY ordering_i ON orders_event FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_settlement;
--
CREATE POLICY settlement_i ON orders_event FOR INSERT TO purpose_settlement WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_delivery;
--
CREATE POLICY delivery_i ON orders_event FOR INSERT TO purpose_delivery WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_redirecting;
--
CREATE POLICY redirecting_i ON orders_event FOR INSERT TO purpose_redirecting WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON orders_event FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_after_sales;
--
CREATE POLICY after_sales_i ON orders_event FOR INSERT TO purpose_after_sales WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_service;
--
GRANT INSERT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_service;
--
CREATE POLICY service_s ON orders_event FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY service_i ON orders_event FOR INSERT TO purpose_service WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_invoicing;
--
CREATE POLICY invoicing_i ON orders_event FOR INSERT TO purpose_invoicing WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
GRANT INSERT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_i ON orders_event FOR INSERT TO purpose_virtual_goods WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_rights;
--
CREATE POLICY rights_s ON orders_event FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_erasure;
--
GRANT UPDATE (person_id) ON orders_event TO purpose_erasure;
--
CREATE POLICY erasure_s ON orders_event FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON orders_event FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_retention;
--
GRANT DELETE ON orders_event TO purpose_retention;
--
CREATE POLICY retention_s ON orders_event FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = orders_event.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON orders_event FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = orders_event.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (id, order_no, person_id, machine, reference, at, before, after, cause) ON orders_event TO purpose_legal;
--
CREATE POLICY legal_s ON orders_event FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE orders_placement ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE orders_placement FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, key_hash, request_hash, order_no, at) ON orders_placement TO purpose_ordering;
--
GRANT INSERT (id, person_id, key_hash, request_hash, order_no, at) ON orders_placement TO purpose_ordering;
--
CREATE POLICY ordering_s ON orders_placement FOR SELECT TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_i ON orders_placement FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, key_hash, request_hash, order_no, at) ON orders_placement TO purpose_erasure;
--
GRANT DELETE ON orders_placement TO purpose_erasure;
--
CREATE POLICY erasure_s ON orders_placement FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON orders_placement FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, key_hash, request_hash, order_no, at) ON orders_placement TO purpose_retention;
--
GRANT DELETE ON orders_placement TO purpose_retention;
--
CREATE POLICY retention_s ON orders_placement FOR SELECT TO purpose_retention USING (at < now() - interval '30 days');
--
CREATE POLICY retention_d ON orders_placement FOR DELETE TO purpose_retention USING (at < now() - interval '30 days');
--
ALTER TABLE payments_attempt ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE payments_attempt FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, code_url, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_settlement;
--
GRANT INSERT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, code_url, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_settlement;
--
GRANT UPDATE (status, code_url, provider_txn) ON payments_attempt TO purpose_settlement;
--
CREATE POLICY settlement_s ON payments_attempt FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_i ON payments_attempt FOR INSERT TO purpose_settlement WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON payments_attempt FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, code_url, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON payments_attempt FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON payments_attempt FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_service;
--
CREATE POLICY service_s ON payments_attempt FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, method, clearing, via, out_trade_no, amount_fen, status, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_reconciliation;
--
CREATE POLICY reconciliation_s ON payments_attempt FOR SELECT TO purpose_reconciliation USING (true);
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_rights;
--
CREATE POLICY rights_s ON payments_attempt FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON payments_attempt FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, code_url, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_erasure;
--
GRANT UPDATE (person_id) ON payments_attempt TO purpose_erasure;
--
CREATE POLICY erasure_s ON payments_attempt FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON payments_attempt FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, code_url, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_retention;
--
GRANT DELETE ON payments_attempt TO purpose_retention;
--
CREATE POLICY retention_s ON payments_attempt FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = payments_attempt.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON payments_attempt FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = payments_attempt.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (id, order_no, person_id, method, clearing, via, out_trade_no, amount_fen, status, code_url, created_at, expires_at, provider_txn) ON payments_attempt TO purpose_legal;
--
CREATE POLICY legal_s ON payments_attempt FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE payments_refund ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE payments_refund FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_settlement;
--
GRANT INSERT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_settlement;
--
GRANT UPDATE (status, provider_refund, path, booked_at, replaced_by) ON payments_refund TO purpose_settlement;
--
CREATE POLICY settlement_s ON payments_refund FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_i ON payments_refund FOR INSERT TO purpose_settlement WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON payments_refund FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, attempt_id, path, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON payments_refund FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_after_sales;
--
GRANT INSERT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON payments_refund FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_i ON payments_refund FOR INSERT TO purpose_after_sales WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_service;
--
GRANT INSERT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_service;
--
CREATE POLICY service_s ON payments_refund FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY service_i ON payments_refund FOR INSERT TO purpose_service WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, path, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_case_queue;
--
CREATE POLICY case_queue_s ON payments_refund FOR SELECT TO purpose_case_queue USING (true);
--
GRANT SELECT (id, path, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_reconciliation;
--
CREATE POLICY reconciliation_s ON payments_refund FOR SELECT TO purpose_reconciliation USING (true);
--
GRANT SELECT (id, order_no, person_id, path, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_rights;
--
CREATE POLICY rights_s ON payments_refund FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, path, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON payments_refund FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_erasure;
--
GRANT UPDATE (person_id) ON payments_refund TO purpose_erasure;
--
CREATE POLICY erasure_s ON payments_refund FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON payments_refund FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_retention;
--
GRANT DELETE ON payments_refund TO purpose_retention;
--
CREATE POLICY retention_s ON payments_refund FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = payments_refund.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON payments_refund FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = payments_refund.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (id, order_no, person_id, attempt_id, path, shares, booked_at, replaced_by, out_refund_no, amount_fen, reason, status, created_at, provider_refund) ON payments_refund TO purpose_legal;
--
CREATE POLICY legal_s ON payments_refund FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE payments_entry ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE payments_entry FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, order_no, person_id, number, billed_on, provider, provider_txn, kind, amount_fen, at) ON payments_entry TO purpose_settlement;
--
GRANT INSERT (id, order_no, person_id, number, billed_on, provider, provider_txn, kind, amount_fen, at) ON payments_entry TO purpose_settlement;
--
CREATE POLICY settlement_s ON payments_entry FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_i ON payments_entry FOR INSERT TO purpose_settlement WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, number, billed_on, provider, provider_txn, kind, amount_fen, at) ON payments_entry TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON payments_entry FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, number, billed_on, provider, provider_txn, kind, amount_fen, at) ON payments_entry TO purpose_reconciliation;
--
GRANT UPDATE (billed_on) ON payments_entry TO purpose_reconciliation;
--
CREATE POLICY reconciliation_s ON payments_entry FOR SELECT TO purpose_reconciliation USING (true);
--
CREATE POLICY reconciliation_u ON payments_entry FOR UPDATE TO purpose_reconciliation USING (true) WITH CHECK (true);
--
GRANT SELECT (id, order_no, person_id, number, billed_on, provider, provider_txn, kind, amount_fen, at) ON payments_entry TO purpose_rights;
--
CREATE POLICY rights_s ON payments_entry FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, person_id, number, billed_on, provider, provider_txn, kind, amount_fen, at) ON payments_entry TO purpose_erasure;
--
GRANT UPDATE (person_id) ON payments_entry TO purpose_erasure;
--
CREATE POLICY erasure_s ON payments_entry FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON payments_entry FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, order_no, person_id, number, billed_on, provider, provider_txn, kind, amount_fen, at) ON payments_entry TO purpose_retention;
--
GRANT DELETE ON payments_entry TO purpose_retention;
--
CREATE POLICY retention_s ON payments_entry FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = payments_entry.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON payments_entry FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = payments_entry.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (id, order_no, person_id, number, billed_on, provider, provider_txn, kind, amount_fen, at) ON payments_entry TO purpose_legal;
--
CREATE POLICY legal_s ON payments_entry FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE payments_review ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE payments_review FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (order_no, person_id, total_fen, why, asked_at, decided_at) ON payments_review TO purpose_settlement;
--
GRANT INSERT (order_no, person_id, total_fen, why, asked_at, decided_at) ON payments_review TO purpose_settlement;
--
GRANT UPDATE (decided_at) ON payments_review TO purpose_settlement;
--
CREATE POLICY settlement_s ON payments_review FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_i ON payments_review FOR INSERT TO purpose_settlement WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON payments_review FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, total_fen, why, asked_at, decided_at) ON payments_review TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON payments_review FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, total_fen, why, asked_at, decided_at) ON payments_review TO purpose_case_queue;
--
CREATE POLICY case_queue_s ON payments_review FOR SELECT TO purpose_case_queue USING (true);
--
GRANT SELECT (order_no, person_id, total_fen, why, asked_at, decided_at) ON payments_review TO purpose_rights;
--
CREATE POLICY rights_s ON payments_review FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, total_fen, why, asked_at, decided_at) ON payments_review TO purpose_erasure;
--
GRANT UPDATE (person_id) ON payments_review TO purpose_erasure;
--
CREATE POLICY erasure_s ON payments_review FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON payments_review FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (order_no, person_id, total_fen, why, asked_at, decided_at) ON payments_review TO purpose_retention;
--
GRANT DELETE ON payments_review TO purpose_retention;
--
CREATE POLICY retention_s ON payments_review FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = payments_review.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON payments_review FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = payments_review.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (order_no, person_id, total_fen, why, asked_at, decided_at) ON payments_review TO purpose_legal;
--
CREATE POLICY legal_s ON payments_review FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, day, provider, what, kind, number, provider_txn, ours_fen, theirs_fen, found_at, settled_at) ON payments_difference TO purpose_reconciliation;
--
GRANT INSERT (id, day, provider, what, kind, number, provider_txn, ours_fen, theirs_fen, found_at, settled_at) ON payments_difference TO purpose_reconciliation;
--
GRANT UPDATE (settled_at) ON payments_difference TO purpose_reconciliation;
--
GRANT SELECT (id, day, provider, what, kind, number, provider_txn, ours_fen, theirs_fen, found_at, settled_at) ON payments_difference TO purpose_retention;
--
GRANT DELETE ON payments_difference TO purpose_retention;
--
ALTER TABLE personalise_view ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE personalise_view FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, product, product_index, at) ON personalise_view TO purpose_browsing_history;
--
GRANT INSERT (id, person_id, product, product_index, at) ON personalise_view TO purpose_browsing_history;
--
GRANT UPDATE (at) ON personalise_view TO purpose_browsing_history;
--
GRANT DELETE ON personalise_view TO purpose_browsing_history;
--
CREATE POLICY browsing_history_s ON personalise_view FOR SELECT TO purpose_browsing_history USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(256::bigint)));
--
CREATE POLICY browsing_history_i ON personalise_view FOR INSERT TO purpose_browsing_history WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(256::bigint)));
--
CREATE POLICY browsing_history_u ON personalise_view FOR UPDATE TO purpose_browsing_history USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(256::bigint))) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(256::bigint)));
--
CREATE POLICY browsing_history_d ON personalise_view FOR DELETE TO purpose_browsing_history USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(256::bigint)));
--
GRANT SELECT (id, person_id, product, at) ON personalise_view TO purpose_rights;
--
GRANT DELETE ON personalise_view TO purpose_rights;
--
CREATE POLICY rights_s ON personalise_view FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON personalise_view FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, product, product_index, at) ON personalise_view TO purpose_erasure;
--
GRANT DELETE ON personalise_view TO purpose_erasure;
--
CREATE POLICY erasure_s ON personalise_view FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON personalise_view FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, product, product_index, at) ON personalise_view TO purpose_retention;
--
GRANT DELETE ON personalise_view TO purpose_retention;
--
CREATE POLICY retention_s ON personalise_view FOR SELECT TO purpose_retention USING (at < now() - interval '90 days');
--
CREATE POLICY retention_d ON personalise_view FOR DELETE TO purpose_retention USING (at < now() - interval '90 days');
--
ALTER TABLE privacy_standing ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_standing FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (person_id, state, consents, switches, told, of_age_on, guarded_at) ON privacy_standing TO purpose_registration;
--
CREATE POLICY registration_i ON privacy_standing FOR INSERT TO purpose_registration WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, state, consents, switches, told, of_age_on, guarded_at) ON privacy_standing TO purpose_rights;
--
GRANT UPDATE (consents, switches, told, of_age_on, guarded_at) ON privacy_standing TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_standing FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_u ON privacy_standing FOR UPDATE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, state, consents, switches, told, of_age_on, guarded_at) ON privacy_standing TO purpose_cancellation;
--
GRANT UPDATE (state) ON privacy_standing TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON privacy_standing FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY cancellation_u ON privacy_standing FOR UPDATE TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, state, consents, switches, told, of_age_on, guarded_at) ON privacy_standing TO purpose_erasure;
--
GRANT INSERT (person_id, state, consents, switches, told, of_age_on, guarded_at) ON privacy_standing TO purpose_erasure;
--
GRANT DELETE ON privacy_standing TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_standing FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_i ON privacy_standing FOR INSERT TO purpose_erasure WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON privacy_standing FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE privacy_consentevent ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_consentevent FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, name, granted, at) ON privacy_consentevent TO purpose_partner_data;
--
CREATE POLICY partner_data_s ON privacy_consentevent FOR SELECT TO purpose_partner_data USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(2147483648::bigint)));
--
GRANT SELECT (id, person_id, name, granted, at) ON privacy_consentevent TO purpose_third_party_login;
--
CREATE POLICY third_party_login_s ON privacy_consentevent FOR SELECT TO purpose_third_party_login USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(4294967296::bigint)));
--
GRANT INSERT (id, person_id, name, granted, statement_version, statement_hash, language, notice_hash, method, at) ON privacy_consentevent TO purpose_registration;
--
CREATE POLICY registration_i ON privacy_consentevent FOR INSERT TO purpose_registration WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, name, granted, statement_version, statement_hash, language, notice_hash, method, at) ON privacy_consentevent TO purpose_rights;
--
GRANT INSERT (id, person_id, name, granted, statement_version, statement_hash, language, notice_hash, method, at) ON privacy_consentevent TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_consentevent FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON privacy_consentevent FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, name, granted, statement_version, statement_hash, language, notice_hash, method, at) ON privacy_consentevent TO purpose_erasure;
--
GRANT DELETE ON privacy_consentevent TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_consentevent FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON privacy_consentevent FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT ON privacy_noticetext TO mingpu_public;
--
GRANT INSERT (hash, name, version, body) ON privacy_noticetext TO purpose_rights;
--
ALTER TABLE privacy_accesslog ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_accesslog FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, at, subject, purpose, actor_kind, actor, reference) ON privacy_accesslog TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_accesslog FOR SELECT TO purpose_rights USING (subject = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (purpose <> 'exception' OR mingpu.tellable(reference)));
--
GRANT SELECT (id, at, subject, purpose, actor_kind, actor, reference) ON privacy_accesslog TO purpose_erasure;
--
GRANT UPDATE (subject, actor, reference) ON privacy_accesslog TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_accesslog FOR SELECT TO purpose_erasure USING (subject = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR subject IS NULL);
--
CREATE POLICY erasure_u ON privacy_accesslog FOR UPDATE TO purpose_erasure USING (subject = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (subject IS NULL);
--
GRANT SELECT (id, at, subject, purpose, actor_kind, actor, reference) ON privacy_accesslog TO purpose_retention;
--
GRANT DELETE ON privacy_accesslog TO purpose_retention;
--
CREATE POLICY retention_s ON privacy_accesslog FOR SELECT TO purpose_retention USING (at < now() - interval '3 years');
--
CREATE POLICY retention_d ON privacy_accesslog FOR DELETE TO purpose_retention USING (at < now() - interval '3 years');
--
GRANT SELECT (id, at, subject, purpose, actor_kind, actor, reference) ON privacy_accesslog TO purpose_oversight;
--
CREATE POLICY oversight_s ON privacy_accesslog FOR SELECT TO purpose_oversight USING (true);
--
GRANT SELECT ON privacy_logseal TO mingpu_public;
--
GRANT INSERT ON privacy_logseal TO zone_worker;
--
GRANT SELECT ON privacy_logseal TO zone_auditor;
--
ALTER TABLE privacy_share ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_share FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_notice;
--
CREATE POLICY notice_i ON privacy_share FOR INSERT TO purpose_notice WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_telling;
--
CREATE POLICY telling_i ON privacy_share FOR INSERT TO purpose_telling WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_marketing;
--
CREATE POLICY marketing_i ON privacy_share FOR INSERT TO purpose_marketing WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(2199023255552::bigint)));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_registration;
--
CREATE POLICY registration_i ON privacy_share FOR INSERT TO purpose_registration WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_identity_check;
--
CREATE POLICY identity_check_i ON privacy_share FOR INSERT TO purpose_identity_check WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_real_name;
--
CREATE POLICY real_name_i ON privacy_share FOR INSERT TO purpose_real_name WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1024::bigint)));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_settlement;
--
CREATE POLICY settlement_i ON privacy_share FOR INSERT TO purpose_settlement WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_delivery;
--
CREATE POLICY delivery_i ON privacy_share FOR INSERT TO purpose_delivery WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_invoicing;
--
CREATE POLICY invoicing_i ON privacy_share FOR INSERT TO purpose_invoicing WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_i ON privacy_share FOR INSERT TO purpose_virtual_goods WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_rights;
--
GRANT INSERT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_share FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON privacy_share FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_erasure;
--
GRANT UPDATE (person_id, payload, digest, reference) ON privacy_share TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_share FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id IS NULL);
--
CREATE POLICY erasure_u ON privacy_share FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id IS NULL);
--
GRANT SELECT (id, person_id, at, recipient, purpose, items, payload, digest, reference) ON privacy_share TO purpose_retention;
--
GRANT DELETE ON privacy_share TO purpose_retention;
--
CREATE POLICY retention_s ON privacy_share FOR SELECT TO purpose_retention USING (at < now() - interval '3 years');
--
CREATE POLICY retention_d ON privacy_share FOR DELETE TO purpose_retention USING (at < now() - interval '3 years');
--
ALTER TABLE privacy_inbound ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_inbound FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (id, person_id, at, source, purpose, basis, consent_id, contract, items, digest) ON privacy_inbound TO purpose_partner_data;
--
CREATE POLICY partner_data_i ON privacy_inbound FOR INSERT TO purpose_partner_data WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(2147483648::bigint)));
--
GRANT INSERT (id, person_id, at, source, purpose, basis, consent_id, contract, items, digest) ON privacy_inbound TO purpose_third_party_login;
--
CREATE POLICY third_party_login_i ON privacy_inbound FOR INSERT TO purpose_third_party_login WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(4294967296::bigint)));
--
GRANT SELECT (id, person_id, at, source, purpose, basis, consent_id, contract, items, digest) ON privacy_inbound TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_inbound FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at, source, purpose, basis, consent_id, contract, items, digest) ON privacy_inbound TO purpose_erasure;
--
GRANT DELETE ON privacy_inbound TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_inbound FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON privacy_inbound FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at, source, purpose, basis, consent_id, contract, items, digest) ON privacy_inbound TO purpose_retention;
--
GRANT DELETE ON privacy_inbound TO purpose_retention;
--
CREATE POLICY retention_s ON privacy_inbound FOR SELECT TO purpose_retention USING (at < now() - interval '3 years');
--
CREATE POLICY retention_d ON privacy_inbound FOR DELETE TO purpose_retention USING (at < now() - interval '3 years');
--
ALTER TABLE privacy_deletionnotice ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_deletionnotice FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, certificate_id, cause, recipient, messages, digest, made_at, due_at, tries, state, code, public_key, receipt, settled_at, closed_by, note) ON privacy_deletionnotice TO purpose_rights;
--
GRANT INSERT (id, person_id, certificate_id, cause, recipient, messages, body, digest, made_at, due_at, tries, state, code, public_key, receipt, settled_at, closed_by, note) ON privacy_deletionnotice TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_deletionnotice FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON privacy_deletionnotice FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, certificate_id, cause, recipient, messages, body, digest, made_at, due_at, tries, state, code, public_key, receipt, settled_at, closed_by, note) ON privacy_deletionnotice TO purpose_erasure;
--
GRANT INSERT (id, person_id, certificate_id, cause, recipient, messages, body, digest, made_at, due_at, tries, state, code, public_key, receipt, settled_at, closed_by, note) ON privacy_deletionnotice TO purpose_erasure;
--
GRANT UPDATE (person_id, note) ON privacy_deletionnotice TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_deletionnotice FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id IS NULL);
--
CREATE POLICY erasure_i ON privacy_deletionnotice FOR INSERT TO purpose_erasure WITH CHECK (person_id IS NULL);
--
CREATE POLICY erasure_u ON privacy_deletionnotice FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id IS NULL);
--
GRANT SELECT (id, certificate_id, cause, recipient, messages, body, digest, made_at, due_at, tries, state, code, public_key, receipt, settled_at, closed_by, note) ON privacy_deletionnotice TO purpose_deletion_notices;
--
GRANT UPDATE (tries, state, code, public_key, receipt, settled_at, closed_by, note, body, due_at) ON privacy_deletionnotice TO purpose_deletion_notices;
--
CREATE POLICY deletion_notices_s ON privacy_deletionnotice FOR SELECT TO purpose_deletion_notices USING (true);
--
CREATE POLICY deletion_notices_u ON privacy_deletionnotice FOR UPDATE TO purpose_deletion_notices USING (true) WITH CHECK (true);
--
GRANT SELECT (id, person_id, certificate_id, cause, recipient, messages, body, digest, made_at, due_at, tries, state, code, public_key, receipt, settled_at, closed_by, note) ON privacy_deletionnotice TO purpose_retention;
--
GRANT DELETE ON privacy_deletionnotice TO purpose_retention;
--
CREATE POLICY retention_s ON privacy_deletionnotice FOR SELECT TO purpose_retention USING (made_at < now() - interval '3 years' AND state IN ('acknowledged', 'closed'));
--
CREATE POLICY retention_d ON privacy_deletionnotice FOR DELETE TO purpose_retention USING (made_at < now() - interval '3 years' AND state IN ('acknowledged', 'closed'));
--
ALTER TABLE privacy_export ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_export FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, state, requested_at, ready_at, expires_at) ON privacy_export TO purpose_rights;
--
GRANT INSERT (id, person_id, state, requested_at, ready_at, expires_at) ON privacy_export TO purpose_rights;
--
GRANT UPDATE (state, ready_at, expires_at) ON privacy_export TO purpose_rights;
--
GRANT DELETE ON privacy_export TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_export FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON privacy_export FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_u ON privacy_export FOR UPDATE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON privacy_export FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, state, requested_at, ready_at, expires_at) ON privacy_export TO purpose_erasure;
--
GRANT DELETE ON privacy_export TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_export FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON privacy_export FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, state, requested_at, ready_at, expires_at) ON privacy_export TO purpose_retention;
--
GRANT DELETE ON privacy_export TO purpose_retention;
--
CREATE POLICY retention_s ON privacy_export FOR SELECT TO purpose_retention USING (coalesce(expires_at, requested_at + interval '3 days') < now());
--
CREATE POLICY retention_d ON privacy_export FOR DELETE TO purpose_retention USING (coalesce(expires_at, requested_at + interval '3 days') < now());
--
ALTER TABLE privacy_cancellation ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_cancellation FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, requested_at, until, certificate_id, progress) ON privacy_cancellation TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_cancellation FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, requested_at, until, certificate_id, vault_id, progress) ON privacy_cancellation TO purpose_cancellation;
--
GRANT INSERT (person_id, requested_at, until, certificate_id, vault_id, progress) ON privacy_cancellation TO purpose_cancellation;
--
GRANT DELETE ON privacy_cancellation TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON privacy_cancellation FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY cancellation_i ON privacy_cancellation FOR INSERT TO purpose_cancellation WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY cancellation_d ON privacy_cancellation FOR DELETE TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, requested_at, until, certificate_id, vault_id, progress) ON privacy_cancellation TO purpose_erasure;
--
GRANT UPDATE (progress) ON privacy_cancellation TO purpose_erasure;
--
GRANT DELETE ON privacy_cancellation TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_cancellation FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_u ON privacy_cancellation FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON privacy_cancellation FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE privacy_decision ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE privacy_decision FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (id, person_id, at, rule, outcome, inputs, reference) ON privacy_decision TO purpose_shopping;
--
CREATE POLICY shopping_i ON privacy_decision FOR INSERT TO purpose_shopping WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, rule, outcome, inputs, reference) ON privacy_decision TO purpose_ordering;
--
CREATE POLICY ordering_i ON privacy_decision FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, rule, outcome, inputs, reference) ON privacy_decision TO purpose_trade_safety;
--
CREATE POLICY trade_safety_i ON privacy_decision FOR INSERT TO purpose_trade_safety WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT INSERT (id, person_id, at, rule, outcome, inputs, reference) ON privacy_decision TO purpose_after_sales;
--
CREATE POLICY after_sales_i ON privacy_decision FOR INSERT TO purpose_after_sales WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at, rule, outcome, inputs, reference) ON privacy_decision TO purpose_rights;
--
CREATE POLICY rights_s ON privacy_decision FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at, rule, outcome, inputs, reference) ON privacy_decision TO purpose_erasure;
--
GRANT DELETE ON privacy_decision TO purpose_erasure;
--
CREATE POLICY erasure_s ON privacy_decision FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON privacy_decision FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at, rule, outcome, inputs, reference) ON privacy_decision TO purpose_retention;
--
GRANT DELETE ON privacy_decision TO purpose_retention;
--
CREATE POLICY retention_s ON privacy_decision FOR SELECT TO purpose_retention USING (at < now() - interval '180 days');
--
CREATE POLICY retention_d ON privacy_decision FOR DELETE TO purpose_retention USING (at < now() - interval '180 days');
--
GRANT SELECT ON privacy_clearing TO mingpu_public;
--
GRANT INSERT ON privacy_clearing TO zone_worker;
--
GRANT SELECT ON privacy_certificate TO mingpu_public;
--
GRANT INSERT (id, issued_at, body, signature, receipts) ON privacy_certificate TO purpose_erasure;
--
GRANT UPDATE (receipts) ON privacy_certificate TO purpose_deletion_notices;
--
GRANT SELECT ON django_migrations TO mingpu_public;
--
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs TO zone_worker;
--
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_events TO zone_worker;
--
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_periodic_defers TO zone_worker;
--
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_workers TO zone_worker;
--
GRANT SELECT ON promotions_offer TO mingpu_public;
--
GRANT INSERT, UPDATE ON promotions_offer TO zone_worker;
--
GRANT UPDATE (claimed) ON promotions_offer TO purpose_shopping;
--
GRANT SELECT ON promotions_flash TO mingpu_public;
--
GRANT INSERT, UPDATE ON promotions_flash TO zone_worker;
--
GRANT UPDATE (stock) ON promotions_flash TO purpose_ordering;
--
GRANT UPDATE (stock) ON promotions_flash TO purpose_settlement;
--
GRANT SELECT ON promotions_memberprice TO mingpu_public;
--
GRANT INSERT, UPDATE ON promotions_memberprice TO zone_worker;
--
ALTER TABLE promotions_coupon ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE promotions_coupon FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until) ON promotions_coupon TO purpose_shopping;
--
GRANT INSERT (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until) ON promotions_coupon TO purpose_shopping;
--
CREATE POLICY shopping_s ON promotions_coupon FOR SELECT TO purpose_shopping USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY shopping_i ON promotions_coupon FOR INSERT TO purpose_shopping WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until) ON promotions_coupon TO purpose_ordering;
--
GRANT UPDATE (state, order_no, returned_from) ON promotions_coupon TO purpose_ordering;
--
CREATE POLICY ordering_s ON promotions_coupon FOR SELECT TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_u ON promotions_coupon FOR UPDATE TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until) ON promotions_coupon TO purpose_settlement;
--
GRANT UPDATE (state, order_no, returned_from) ON promotions_coupon TO purpose_settlement;
--
CREATE POLICY settlement_s ON promotions_coupon FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON promotions_coupon FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until) ON promotions_coupon TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON promotions_coupon FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until) ON promotions_coupon TO purpose_rights;
--
CREATE POLICY rights_s ON promotions_coupon FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until) ON promotions_coupon TO purpose_erasure;
--
GRANT DELETE ON promotions_coupon TO purpose_erasure;
--
CREATE POLICY erasure_s ON promotions_coupon FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON promotions_coupon FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until) ON promotions_coupon TO purpose_retention;
--
GRANT DELETE ON promotions_coupon TO purpose_retention;
--
CREATE POLICY retention_s ON promotions_coupon FOR SELECT TO purpose_retention USING (keep_until < now());
--
CREATE POLICY retention_d ON promotions_coupon FOR DELETE TO purpose_retention USING (keep_until < now());
--
ALTER TABLE promotions_flashuse ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE promotions_flashuse FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, flash_id, order_no, quantity, returned, at) ON promotions_flashuse TO purpose_shopping;
--
CREATE POLICY shopping_s ON promotions_flashuse FOR SELECT TO purpose_shopping USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, flash_id, order_no, quantity, returned, at) ON promotions_flashuse TO purpose_ordering;
--
GRANT INSERT (id, person_id, flash_id, order_no, quantity, returned, at) ON promotions_flashuse TO purpose_ordering;
--
GRANT UPDATE (returned) ON promotions_flashuse TO purpose_ordering;
--
CREATE POLICY ordering_s ON promotions_flashuse FOR SELECT TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_i ON promotions_flashuse FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY ordering_u ON promotions_flashuse FOR UPDATE TO purpose_ordering USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, flash_id, order_no, quantity, returned, at) ON promotions_flashuse TO purpose_settlement;
--
GRANT UPDATE (returned) ON promotions_flashuse TO purpose_settlement;
--
CREATE POLICY settlement_s ON promotions_flashuse FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON promotions_flashuse FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, flash_id, order_no, quantity, returned, at) ON promotions_flashuse TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON promotions_flashuse FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, flash_id, order_no, quantity, returned, at) ON promotions_flashuse TO purpose_rights;
--
CREATE POLICY rights_s ON promotions_flashuse FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, flash_id, order_no, quantity, returned, at) ON promotions_flashuse TO purpose_erasure;
--
GRANT DELETE ON promotions_flashuse TO purpose_erasure;
--
CREATE POLICY erasure_s ON promotions_flashuse FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON promotions_flashuse FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, flash_id, order_no, quantity, returned, at) ON promotions_flashuse TO purpose_retention;
--
GRANT DELETE ON promotions_flashuse TO purpose_retention;
--
CREATE POLICY retention_s ON promotions_flashuse FOR SELECT TO purpose_retention USING (at < now() - interval '180 days');
--
CREATE POLICY retention_d ON promotions_flashuse FOR DELETE TO purpose_retention USING (at < now() - interval '180 days');
--
ALTER TABLE rights_request ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_request FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (no, person_id, kind, about, words, state, opened_at, due_at, certain, reminded_at, taken_by, decided_at, reason, answer, closed_at) ON rights_request TO purpose_rights_case;
--
GRANT UPDATE (state, taken_by, reason, answer, decided_at) ON rights_request TO purpose_rights_case;
--
CREATE POLICY rights_case_s ON rights_request FOR SELECT TO purpose_rights_case USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_case_u ON rights_request FOR UPDATE TO purpose_rights_case USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (no, kind, state, opened_at, due_at, certain, reminded_at, taken_by, decided_at, closed_at) ON rights_request TO purpose_rights_queue;
--
CREATE POLICY rights_queue_s ON rights_request FOR SELECT TO purpose_rights_queue USING (true);
--
GRANT SELECT (no, person_id, kind, about, words, state, opened_at, due_at, certain, reminded_at, taken_by, decided_at, reason, answer, closed_at) ON rights_request TO purpose_rights;
--
GRANT INSERT (no, person_id, kind, about, words, state, opened_at, due_at, certain, reminded_at, taken_by, decided_at, reason, answer, closed_at) ON rights_request TO purpose_rights;
--
GRANT UPDATE (state, closed_at, reminded_at) ON rights_request TO purpose_rights;
--
CREATE POLICY rights_s ON rights_request FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON rights_request FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_u ON rights_request FOR UPDATE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (no, person_id, kind, about, words, state, opened_at, due_at, certain, reminded_at, taken_by, decided_at, reason, answer, closed_at) ON rights_request TO purpose_erasure;
--
GRANT DELETE ON rights_request TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_request FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_request FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (no, person_id, kind, about, words, state, opened_at, due_at, certain, reminded_at, taken_by, decided_at, reason, answer, closed_at) ON rights_request TO purpose_retention;
--
GRANT DELETE ON rights_request TO purpose_retention;
--
CREATE POLICY retention_s ON rights_request FOR SELECT TO purpose_retention USING (closed_at < now() - interval '3 years');
--
CREATE POLICY retention_d ON rights_request FOR DELETE TO purpose_retention USING (closed_at < now() - interval '3 years');
--
ALTER TABLE rights_step ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_step FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, no, person_id, at, before, after, who, name) ON rights_step TO purpose_rights_case;
--
GRANT INSERT (id, no, person_id, at, before, after, who, name) ON rights_step TO purpose_rights_case;
--
CREATE POLICY rights_case_s ON rights_step FOR SELECT TO purpose_rights_case USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_case_i ON rights_step FOR INSERT TO purpose_rights_case WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, no, person_id, at, before, after, who, name) ON rights_step TO purpose_rights;
--
GRANT INSERT (id, no, person_id, at, before, after, who, name) ON rights_step TO purpose_rights;
--
CREATE POLICY rights_s ON rights_step FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON rights_step FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, no, person_id, at, before, after, who, name) ON rights_step TO purpose_erasure;
--
GRANT DELETE ON rights_step TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_step FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_step FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, no, person_id, at, before, after, who, name) ON rights_step TO purpose_retention;
--
GRANT DELETE ON rights_step TO purpose_retention;
--
CREATE POLICY retention_s ON rights_step FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM rights_request WHERE rights_request.no = rights_step.no AND (closed_at < now() - interval '3 years')));
--
CREATE POLICY retention_d ON rights_step FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM rights_request WHERE rights_request.no = rights_step.no AND (closed_at < now() - interval '3 years')));
--
ALTER TABLE rights_transfer ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_transfer FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, handler, state, asked_at, send_at, agreed_version, agreed_hash, language, sha256, bytes, answered_at, receipt, code) ON rights_transfer TO purpose_rights;
--
GRANT INSERT (id, person_id, handler, state, asked_at, send_at, agreed_version, agreed_hash, language, sha256, bytes, answered_at, receipt, code) ON rights_transfer TO purpose_rights;
--
GRANT UPDATE (state, sha256, bytes, answered_at, receipt, code) ON rights_transfer TO purpose_rights;
--
CREATE POLICY rights_s ON rights_transfer FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON rights_transfer FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_u ON rights_transfer FOR UPDATE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, handler, state, asked_at, send_at, agreed_version, agreed_hash, language, sha256, bytes, answered_at, receipt, code) ON rights_transfer TO purpose_erasure;
--
GRANT DELETE ON rights_transfer TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_transfer FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_transfer FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, handler, state, asked_at, send_at, agreed_version, agreed_hash, language, sha256, bytes, answered_at, receipt, code) ON rights_transfer TO purpose_retention;
--
GRANT DELETE ON rights_transfer TO purpose_retention;
--
CREATE POLICY retention_s ON rights_transfer FOR SELECT TO purpose_retention USING (asked_at < now() - interval '3 years');
--
CREATE POLICY retention_d ON rights_transfer FOR DELETE TO purpose_retention USING (asked_at < now() - interval '3 years');
--
ALTER TABLE rights_intake ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_intake FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, source, content, at) ON rights_intake TO purpose_rights;
--
GRANT INSERT (id, person_id, source, content, at) ON rights_intake TO purpose_rights;
--
GRANT DELETE ON rights_intake TO purpose_rights;
--
CREATE POLICY rights_s ON rights_intake FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON rights_intake FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON rights_intake FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, source, content, at) ON rights_intake TO purpose_erasure;
--
GRANT DELETE ON rights_intake TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_intake FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_intake FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, source, content, at) ON rights_intake TO purpose_retention;
--
GRANT DELETE ON rights_intake TO purpose_retention;
--
CREATE POLICY retention_s ON rights_intake FOR SELECT TO purpose_retention USING (at < now() - interval '1 day');
--
CREATE POLICY retention_d ON rights_intake FOR DELETE TO purpose_retention USING (at < now() - interval '1 day');
--
ALTER TABLE rights_wish ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_wish FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, choice, contact, set_at) ON rights_wish TO purpose_rights;
--
GRANT INSERT (person_id, choice, contact, set_at) ON rights_wish TO purpose_rights;
--
GRANT UPDATE (choice, contact, set_at) ON rights_wish TO purpose_rights;
--
GRANT DELETE ON rights_wish TO purpose_rights;
--
CREATE POLICY rights_s ON rights_wish FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON rights_wish FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_u ON rights_wish FOR UPDATE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON rights_wish FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, choice, contact, set_at) ON rights_wish TO purpose_erasure;
--
GRANT DELETE ON rights_wish TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_wish FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_wish FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE rights_guardianship ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_guardianship FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, state, asked_at, expires_at, guardian_id, decided_at) ON rights_guardianship TO purpose_rights;
--
GRANT INSERT (id, person_id, token_hash, state, asked_at, expires_at, guardian_id, decided_at) ON rights_guardianship TO purpose_rights;
--
GRANT UPDATE (state, guardian_id, decided_at) ON rights_guardianship TO purpose_rights;
--
GRANT DELETE ON rights_guardianship TO purpose_rights;
--
CREATE POLICY rights_s ON rights_guardianship FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON rights_guardianship FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_u ON rights_guardianship FOR UPDATE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON rights_guardianship FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, token_hash, state, asked_at, expires_at, guardian_id, decided_at) ON rights_guardianship TO purpose_erasure;
--
GRANT DELETE ON rights_guardianship TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_guardianship FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_guardianship FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE rights_ward ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_ward FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, child_id, since) ON rights_ward TO purpose_rights;
--
GRANT INSERT (id, person_id, child_id, since) ON rights_ward TO purpose_rights;
--
GRANT DELETE ON rights_ward TO purpose_rights;
--
CREATE POLICY rights_s ON rights_ward FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON rights_ward FOR INSERT TO purpose_rights WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON rights_ward FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, child_id, since) ON rights_ward TO purpose_erasure;
--
GRANT DELETE ON rights_ward TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_ward FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_ward FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE rights_approval ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_approval FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, staff, reference, asked_at, approved_by, approved_at, until) ON rights_approval TO purpose_minor_access;
--
GRANT INSERT (id, person_id, staff, reference, asked_at, approved_by, approved_at, until) ON rights_approval TO purpose_minor_access;
--
GRANT UPDATE (approved_by, approved_at, until) ON rights_approval TO purpose_minor_access;
--
CREATE POLICY minor_access_s ON rights_approval FOR SELECT TO purpose_minor_access USING (true);
--
CREATE POLICY minor_access_i ON rights_approval FOR INSERT TO purpose_minor_access WITH CHECK (true);
--
CREATE POLICY minor_access_u ON rights_approval FOR UPDATE TO purpose_minor_access USING (true) WITH CHECK (true);
--
GRANT SELECT (id, person_id, staff, reference, asked_at, approved_by, approved_at, until) ON rights_approval TO purpose_rights;
--
CREATE POLICY rights_s ON rights_approval FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, staff, reference, asked_at, approved_by, approved_at, until) ON rights_approval TO purpose_erasure;
--
GRANT DELETE ON rights_approval TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_approval FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_approval FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, staff, reference, asked_at, approved_by, approved_at, until) ON rights_approval TO purpose_retention;
--
GRANT DELETE ON rights_approval TO purpose_retention;
--
CREATE POLICY retention_s ON rights_approval FOR SELECT TO purpose_retention USING (asked_at < now() - interval '3 years');
--
CREATE POLICY retention_d ON rights_approval FOR DELETE TO purpose_retention USING (asked_at < now() - interval '3 years');
--
ALTER TABLE rights_kin ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE rights_kin FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (no, case_id, state, sought, applicant, relation, phone, about, account, documents, words, opened_at, due_at, first_by, second_by, reason, decided_at, effect_at, export_id, closed_at) ON rights_kin TO purpose_rights_case;
--
GRANT UPDATE (state, reason, first_by, second_by, decided_at, effect_at, closed_at) ON rights_kin TO purpose_rights_case;
--
CREATE POLICY rights_case_s ON rights_kin FOR SELECT TO purpose_rights_case USING (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_case_u ON rights_kin FOR UPDATE TO purpose_rights_case USING (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (no, state, sought, opened_at, due_at, first_by, second_by, decided_at, effect_at, export_id, closed_at) ON rights_kin TO purpose_rights_queue;
--
CREATE POLICY rights_queue_s ON rights_kin FOR SELECT TO purpose_rights_queue USING (true);
--
GRANT SELECT (no, case_id, state, sought, applicant, relation, phone, about, account, documents, words, opened_at, due_at, first_by, second_by, reason, decided_at, effect_at, export_id, closed_at) ON rights_kin TO purpose_rights;
--
GRANT INSERT (no, case_id, token_hash, state, sought, applicant, relation, phone, about, account, documents, words, address_index, opened_at, due_at, first_by, second_by, reason, decided_at, effect_at, export_id, closed_at) ON rights_kin TO purpose_rights;
--
GRANT UPDATE (state, reason, closed_at, export_id, effect_at) ON rights_kin TO purpose_rights;
--
CREATE POLICY rights_s ON rights_kin FOR SELECT TO purpose_rights USING (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_i ON rights_kin FOR INSERT TO purpose_rights WITH CHECK (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_u ON rights_kin FOR UPDATE TO purpose_rights USING (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (no, case_id, token_hash, state, sought, applicant, relation, phone, about, account, documents, words, address_index, opened_at, due_at, first_by, second_by, reason, decided_at, effect_at, export_id, closed_at) ON rights_kin TO purpose_erasure;
--
GRANT DELETE ON rights_kin TO purpose_erasure;
--
CREATE POLICY erasure_s ON rights_kin FOR SELECT TO purpose_erasure USING (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON rights_kin FOR DELETE TO purpose_erasure USING (case_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (no, case_id, token_hash, state, sought, applicant, relation, phone, about, account, documents, words, address_index, opened_at, due_at, first_by, second_by, reason, decided_at, effect_at, export_id, closed_at) ON rights_kin TO purpose_retention;
--
GRANT DELETE ON rights_kin TO purpose_retention;
--
CREATE POLICY retention_s ON rights_kin FOR SELECT TO purpose_retention USING (coalesce(closed_at, opened_at + interval '1 year') < now() - interval '30 days');
--
CREATE POLICY retention_d ON rights_kin FOR DELETE TO purpose_retention USING (coalesce(closed_at, opened_at + interval '1 year') < now() - interval '30 days');
--
ALTER TABLE search_search ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE search_search FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, keywords, keywords_index, at) ON search_search TO purpose_search_history;
--
GRANT INSERT (id, person_id, keywords, keywords_index, at) ON search_search TO purpose_search_history;
--
GRANT UPDATE (at) ON search_search TO purpose_search_history;
--
GRANT DELETE ON search_search TO purpose_search_history;
--
CREATE POLICY search_history_s ON search_search FOR SELECT TO purpose_search_history USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1::bigint)));
--
CREATE POLICY search_history_i ON search_search FOR INSERT TO purpose_search_history WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1::bigint)));
--
CREATE POLICY search_history_u ON search_search FOR UPDATE TO purpose_search_history USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1::bigint))) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1::bigint)));
--
CREATE POLICY search_history_d ON search_search FOR DELETE TO purpose_search_history USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(1::bigint)));
--
GRANT SELECT (id, person_id, keywords, at) ON search_search TO purpose_rights;
--
GRANT DELETE ON search_search TO purpose_rights;
--
CREATE POLICY rights_s ON search_search FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY rights_d ON search_search FOR DELETE TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, keywords, keywords_index, at) ON search_search TO purpose_erasure;
--
GRANT DELETE ON search_search TO purpose_erasure;
--
CREATE POLICY erasure_s ON search_search FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON search_search FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, keywords, keywords_index, at) ON search_search TO purpose_retention;
--
GRANT DELETE ON search_search TO purpose_retention;
--
CREATE POLICY retention_s ON search_search FOR SELECT TO purpose_retention USING (at < now() - interval '180 days');
--
CREATE POLICY retention_d ON search_search FOR DELETE TO purpose_retention USING (at < now() - interval '180 days');
--
GRANT SELECT ON search_synonym TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON search_synonym TO zone_worker;
--
GRANT INSERT, UPDATE, DELETE ON search_synonym TO zone_desk;
--
GRANT SELECT ON search_barred TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON search_barred TO zone_worker;
--
GRANT INSERT, UPDATE, DELETE ON search_barred TO zone_desk;
--
GRANT INSERT ON search_sketch TO zone_storefront;
--
GRANT SELECT, DELETE ON search_sketch TO zone_worker;
--
GRANT SELECT ON search_querycount TO mingpu_public;
--
GRANT INSERT, UPDATE, DELETE ON search_querycount TO zone_worker;
--
ALTER TABLE service_case ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE service_case FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (case_no, order_no, person_id, merchant, type, reason, description, appeal, status, amount_fen, shipping_fen, created_at, due_at, way, return_courier, waybill_no, arrived_at, resale, parcel_no, decided_by, answer) ON service_case TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON service_case FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (case_no, order_no, person_id, merchant, type, reason, description, appeal, status, amount_fen, shipping_fen, created_at, due_at, way, return_courier, waybill_no, arrived_at, resale, parcel_no, decided_by, answer) ON service_case TO purpose_after_sales;
--
GRANT INSERT (case_no, order_no, person_id, merchant, type, reason, description, appeal, status, amount_fen, shipping_fen, created_at, due_at, way, return_courier, waybill_no, arrived_at, resale, parcel_no, decided_by, answer) ON service_case TO purpose_after_sales;
--
GRANT UPDATE (status, due_at, way, return_courier, waybill_no, arrived_at, appeal, description, amount_fen, shipping_fen) ON service_case TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON service_case FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_i ON service_case FOR INSERT TO purpose_after_sales WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_u ON service_case FOR UPDATE TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (case_no, order_no, person_id, merchant, type, reason, description, appeal, status, amount_fen, shipping_fen, created_at, due_at, way, return_courier, waybill_no, arrived_at, resale, parcel_no, decided_by, answer) ON service_case TO purpose_service;
--
GRANT UPDATE (status, due_at, arrived_at, resale, decided_by, answer) ON service_case TO purpose_service;
--
CREATE POLICY service_s ON service_case FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY service_u ON service_case FOR UPDATE TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (case_no, merchant, type, reason, status, amount_fen, shipping_fen, created_at, due_at, way, arrived_at, resale, decided_by, answer) ON service_case TO purpose_case_queue;
--
CREATE POLICY case_queue_s ON service_case FOR SELECT TO purpose_case_queue USING (true);
--
GRANT SELECT (case_no, merchant, type, reason, status, amount_fen, shipping_fen, created_at, due_at, way, arrived_at, resale, decided_by, answer) ON service_case TO purpose_merchant_queue;
--
CREATE POLICY merchant_queue_s ON service_case FOR SELECT TO purpose_merchant_queue USING (merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (case_no, order_no, person_id, merchant, type, reason, description, appeal, status, amount_fen, shipping_fen, created_at, due_at, way, return_courier, waybill_no, arrived_at, resale, decided_by, answer) ON service_case TO purpose_rights;
--
CREATE POLICY rights_s ON service_case FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (case_no, order_no, person_id, merchant, type, reason, status, amount_fen, shipping_fen, created_at, due_at, way, arrived_at, resale, decided_by, answer) ON service_case TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON service_case FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (case_no, order_no, person_id, merchant, type, reason, description, appeal, status, amount_fen, shipping_fen, created_at, due_at, way, return_courier, waybill_no, arrived_at, resale, parcel_no, decided_by, answer) ON service_case TO purpose_erasure;
--
GRANT UPDATE (person_id, description, appeal) ON service_case TO purpose_erasure;
--
CREATE POLICY erasure_s ON service_case FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON service_case FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (case_no, order_no, person_id, merchant, type, reason, description, appeal, status, amount_fen, shipping_fen, created_at, due_at, way, return_courier, waybill_no, arrived_at, resale, parcel_no, decided_by, answer) ON service_case TO purpose_retention;
--
GRANT DELETE ON service_case TO purpose_retention;
--
CREATE POLICY retention_s ON service_case FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = service_case.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON service_case FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = service_case.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (case_no, order_no, person_id, merchant, type, reason, description, appeal, status, amount_fen, shipping_fen, created_at, due_at, way, return_courier, waybill_no, arrived_at, resale, parcel_no, decided_by, answer) ON service_case TO purpose_legal;
--
CREATE POLICY legal_s ON service_case FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE service_caseline ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE service_caseline FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, case_no, person_id, sku, quantity, fen, swap, kept, restocked) ON service_caseline TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON service_caseline FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, case_no, person_id, sku, quantity, fen, swap, kept, restocked) ON service_caseline TO purpose_after_sales;
--
GRANT INSERT (id, case_no, person_id, sku, quantity, fen, swap, kept, restocked) ON service_caseline TO purpose_after_sales;
--
GRANT UPDATE (fen, kept, restocked) ON service_caseline TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON service_caseline FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_i ON service_caseline FOR INSERT TO purpose_after_sales WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_u ON service_caseline FOR UPDATE TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, case_no, person_id, sku, quantity, fen, swap, kept, restocked) ON service_caseline TO purpose_service;
--
CREATE POLICY service_s ON service_caseline FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, case_no, person_id, sku, quantity, fen, swap, kept, restocked) ON service_caseline TO purpose_rights;
--
CREATE POLICY rights_s ON service_caseline FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, case_no, person_id, sku, quantity, fen, swap, kept, restocked) ON service_caseline TO purpose_erasure;
--
GRANT UPDATE (person_id) ON service_caseline TO purpose_erasure;
--
CREATE POLICY erasure_s ON service_caseline FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON service_caseline FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, case_no, person_id, sku, quantity, fen, swap, kept, restocked) ON service_caseline TO purpose_retention;
--
GRANT DELETE ON service_caseline TO purpose_retention;
--
CREATE POLICY retention_s ON service_caseline FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM service_case WHERE service_case.case_no = service_caseline.case_no AND (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = service_case.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))))));
--
CREATE POLICY retention_d ON service_caseline FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM service_case WHERE service_case.case_no = service_caseline.case_no AND (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = service_case.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))))));
--
GRANT SELECT (id, case_no, person_id, sku, quantity, fen, swap, kept, restocked) ON service_caseline TO purpose_legal;
--
CREATE POLICY legal_s ON service_caseline FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE service_evidence ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE service_evidence FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (number, case_no, person_id, kind, media_type, sha256, size, added_at) ON service_evidence TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON service_evidence FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (number, case_no, person_id, kind, media_type, sha256, size, added_at) ON service_evidence TO purpose_after_sales;
--
GRANT INSERT (number, case_no, person_id, kind, media_type, sha256, size, added_at) ON service_evidence TO purpose_after_sales;
--
GRANT DELETE ON service_evidence TO purpose_after_sales;
--
CREATE POLICY after_sales_s ON service_evidence FOR SELECT TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_i ON service_evidence FOR INSERT TO purpose_after_sales WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY after_sales_d ON service_evidence FOR DELETE TO purpose_after_sales USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (number, case_no, person_id, kind, media_type, sha256, size, added_at) ON service_evidence TO purpose_service;
--
CREATE POLICY service_s ON service_evidence FOR SELECT TO purpose_service USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (number, case_no, person_id, kind, media_type, sha256, size, added_at) ON service_evidence TO purpose_rights;
--
CREATE POLICY rights_s ON service_evidence FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (number, case_no, person_id, kind, media_type, sha256, size, added_at) ON service_evidence TO purpose_erasure;
--
GRANT DELETE ON service_evidence TO purpose_erasure;
--
CREATE POLICY erasure_s ON service_evidence FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON service_evidence FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (number, case_no, person_id, kind, media_type, sha256, size, added_at) ON service_evidence TO purpose_retention;
--
GRANT DELETE ON service_evidence TO purpose_retention;
--
CREATE POLICY retention_s ON service_evidence FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM service_case WHERE service_case.case_no = service_evidence.case_no AND (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = service_case.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))))));
--
CREATE POLICY retention_d ON service_evidence FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM service_case WHERE service_case.case_no = service_evidence.case_no AND (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = service_case.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))))));
--
GRANT SELECT (since, at) ON statistics_closing TO purpose_statistics;
--
GRANT SELECT (id, since, statistic, cell, n, people) ON statistics_cell TO purpose_statistics;
--
GRANT SELECT, INSERT ON statistics_publication TO zone_worker;
--
GRANT SELECT ON statistics_publication TO zone_storefront;
--
GRANT SELECT ON statistics_publication TO zone_desk;
--
GRANT SELECT ON statistics_approval TO zone_worker;
--
GRANT SELECT ON statistics_approval TO zone_storefront;
--
GRANT SELECT, INSERT ON statistics_approval TO zone_desk;
--
GRANT SELECT ON statistics_spending TO zone_worker;
--
GRANT SELECT ON statistics_spending TO zone_storefront;
--
GRANT SELECT ON statistics_spending TO zone_desk;
--
GRANT SELECT, INSERT ON statistics_figure TO zone_worker;
--
GRANT SELECT ON statistics_figure TO zone_storefront;
--
GRANT SELECT ON statistics_figure TO zone_desk;
--
ALTER TABLE virtual_target ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE virtual_target FORCE ROW LEVEL SECURITY;
--
GRANT INSERT (order_no, person_id, phone) ON virtual_target TO purpose_ordering;
--
CREATE POLICY ordering_i ON virtual_target FOR INSERT TO purpose_ordering WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, phone) ON virtual_target TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON virtual_target FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, phone) ON virtual_target TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_s ON virtual_target FOR SELECT TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, phone) ON virtual_target TO purpose_rights;
--
CREATE POLICY rights_s ON virtual_target FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (order_no, person_id, phone) ON virtual_target TO purpose_erasure;
--
GRANT UPDATE (person_id, phone) ON virtual_target TO purpose_erasure;
--
CREATE POLICY erasure_s ON virtual_target FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON virtual_target FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (order_no, person_id, phone) ON virtual_target TO purpose_retention;
--
GRANT DELETE ON virtual_target TO purpose_retention;
--
CREATE POLICY retention_s ON virtual_target FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = virtual_target.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON virtual_target FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = virtual_target.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (order_no, person_id, phone) ON virtual_target TO purpose_legal;
--
CREATE POLICY legal_s ON virtual_target FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE virtual_handover ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE virtual_handover FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (delivery_no, order_no, person_id, sku, kind, face_fen, payable_fen, status, code, tries, created_at, finished_at) ON virtual_handover TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON virtual_handover FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (delivery_no, order_no, person_id, sku, kind, face_fen, payable_fen, status, code, tries, created_at, finished_at) ON virtual_handover TO purpose_virtual_goods;
--
GRANT INSERT (delivery_no, order_no, person_id, sku, kind, face_fen, payable_fen, status, code, tries, created_at, finished_at) ON virtual_handover TO purpose_virtual_goods;
--
GRANT UPDATE (status, code, tries, finished_at) ON virtual_handover TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_s ON virtual_handover FOR SELECT TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY virtual_goods_i ON virtual_handover FOR INSERT TO purpose_virtual_goods WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY virtual_goods_u ON virtual_handover FOR UPDATE TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (delivery_no, order_no, person_id, sku, kind, face_fen, payable_fen, status, code, tries, created_at, finished_at) ON virtual_handover TO purpose_rights;
--
CREATE POLICY rights_s ON virtual_handover FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (delivery_no, order_no, person_id, sku, kind, face_fen, payable_fen, status, tries, created_at, finished_at) ON virtual_handover TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON virtual_handover FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (delivery_no, order_no, person_id, sku, kind, face_fen, payable_fen, status, code, tries, created_at, finished_at) ON virtual_handover TO purpose_erasure;
--
GRANT UPDATE (person_id, code) ON virtual_handover TO purpose_erasure;
--
CREATE POLICY erasure_s ON virtual_handover FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON virtual_handover FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (delivery_no, order_no, person_id, sku, kind, face_fen, payable_fen, status, code, tries, created_at, finished_at) ON virtual_handover TO purpose_retention;
--
GRANT DELETE ON virtual_handover TO purpose_retention;
--
CREATE POLICY retention_s ON virtual_handover FOR SELECT TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = virtual_handover.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
CREATE POLICY retention_d ON virtual_handover FOR DELETE TO purpose_retention USING (EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = virtual_handover.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed'))));
--
GRANT SELECT (delivery_no, order_no, person_id, sku, kind, face_fen, payable_fen, status, code, tries, created_at, finished_at) ON virtual_handover TO purpose_legal;
--
CREATE POLICY legal_s ON virtual_handover FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE wallet_transfer ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE wallet_transfer FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_settlement;
--
GRANT INSERT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_settlement;
--
CREATE POLICY settlement_s ON wallet_transfer FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_i ON wallet_transfer FOR INSERT TO purpose_settlement WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, part) ON wallet_transfer TO purpose_delivery;
--
GRANT INSERT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_delivery;
--
CREATE POLICY delivery_s ON wallet_transfer FOR SELECT TO purpose_delivery USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY delivery_i ON wallet_transfer FOR INSERT TO purpose_delivery WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part) ON wallet_transfer TO purpose_order_lookup;
--
CREATE POLICY order_lookup_s ON wallet_transfer FOR SELECT TO purpose_order_lookup USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, at, person_id, order_no, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_wallet;
--
CREATE POLICY wallet_s ON wallet_transfer FOR SELECT TO purpose_wallet USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, order_no, debit, credit, amount_fen, kind, reference, part) ON wallet_transfer TO purpose_invoicing;
--
CREATE POLICY invoicing_s ON wallet_transfer FOR SELECT TO purpose_invoicing USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) AND (SELECT mingpu.consented(128::bigint)));
--
GRANT SELECT (id, part) ON wallet_transfer TO purpose_virtual_goods;
--
GRANT INSERT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_s ON wallet_transfer FOR SELECT TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY virtual_goods_i ON wallet_transfer FOR INSERT TO purpose_virtual_goods WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, at, merchant, debit, credit, amount_fen, kind, reference, part) ON wallet_transfer TO purpose_merchant_queue;
--
CREATE POLICY merchant_queue_s ON wallet_transfer FOR SELECT TO purpose_merchant_queue USING (merchant = (SELECT NULLIF(current_setting('app.merchant', true), '')));
--
GRANT SELECT (id, at, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_reconciliation;
--
GRANT INSERT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_reconciliation;
--
CREATE POLICY reconciliation_s ON wallet_transfer FOR SELECT TO purpose_reconciliation USING (true);
--
CREATE POLICY reconciliation_i ON wallet_transfer FOR INSERT TO purpose_reconciliation WITH CHECK (true);
--
GRANT SELECT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part) ON wallet_transfer TO purpose_rights;
--
CREATE POLICY rights_s ON wallet_transfer FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_erasure;
--
GRANT UPDATE (person_id) ON wallet_transfer TO purpose_erasure;
--
CREATE POLICY erasure_s ON wallet_transfer FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid) OR person_id = (SELECT vault_id FROM privacy_cancellation));
--
CREATE POLICY erasure_u ON wallet_transfer FOR UPDATE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT vault_id FROM privacy_cancellation));
--
GRANT SELECT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_retention;
--
GRANT DELETE ON wallet_transfer TO purpose_retention;
--
CREATE POLICY retention_s ON wallet_transfer FOR SELECT TO purpose_retention USING ((purse_id IS NULL AND EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = wallet_transfer.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed')))) OR (purse_id IS NOT NULL AND at < now() - interval '3 years' AND NOT EXISTS (SELECT FROM wallet_balance WHERE wallet_balance.purse_id = wallet_transfer.purse_id) AND NOT EXISTS (SELECT FROM wallet_card WHERE wallet_card.id = wallet_transfer.purse_id)));
--
CREATE POLICY retention_d ON wallet_transfer FOR DELETE TO purpose_retention USING ((purse_id IS NULL AND EXISTS (SELECT FROM orders_order WHERE orders_order.order_no = wallet_transfer.order_no AND (coalesce(completed_at, placed_at) < now() - interval '3 years' AND status IN ('completed', 'cancelled', 'expired', 'closed')))) OR (purse_id IS NOT NULL AND at < now() - interval '3 years' AND NOT EXISTS (SELECT FROM wallet_balance WHERE wallet_balance.purse_id = wallet_transfer.purse_id) AND NOT EXISTS (SELECT FROM wallet_card WHERE wallet_card.id = wallet_transfer.purse_id)));
--
GRANT SELECT (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id) ON wallet_transfer TO purpose_legal;
--
CREATE POLICY legal_s ON wallet_transfer FOR SELECT TO purpose_legal USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
ALTER TABLE wallet_balance ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE wallet_balance FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (person_id, purse_id, balance_fen) ON wallet_balance TO purpose_settlement;
--
GRANT INSERT (person_id, purse_id, balance_fen) ON wallet_balance TO purpose_settlement;
--
GRANT UPDATE (balance_fen) ON wallet_balance TO purpose_settlement;
--
CREATE POLICY settlement_s ON wallet_balance FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_i ON wallet_balance FOR INSERT TO purpose_settlement WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON wallet_balance FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, purse_id, balance_fen) ON wallet_balance TO purpose_wallet;
--
CREATE POLICY wallet_s ON wallet_balance FOR SELECT TO purpose_wallet USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, purse_id, balance_fen) ON wallet_balance TO purpose_virtual_goods;
--
GRANT INSERT (person_id, purse_id, balance_fen) ON wallet_balance TO purpose_virtual_goods;
--
GRANT UPDATE (balance_fen) ON wallet_balance TO purpose_virtual_goods;
--
CREATE POLICY virtual_goods_s ON wallet_balance FOR SELECT TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY virtual_goods_i ON wallet_balance FOR INSERT TO purpose_virtual_goods WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY virtual_goods_u ON wallet_balance FOR UPDATE TO purpose_virtual_goods USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (purse_id, balance_fen) ON wallet_balance TO purpose_reconciliation;
--
CREATE POLICY reconciliation_s ON wallet_balance FOR SELECT TO purpose_reconciliation USING (true);
--
GRANT SELECT (person_id, balance_fen) ON wallet_balance TO purpose_rights;
--
CREATE POLICY rights_s ON wallet_balance FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, balance_fen) ON wallet_balance TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON wallet_balance FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (person_id, purse_id, balance_fen) ON wallet_balance TO purpose_erasure;
--
GRANT DELETE ON wallet_balance TO purpose_erasure;
--
CREATE POLICY erasure_s ON wallet_balance FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON wallet_balance FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (purse_id) ON wallet_balance TO purpose_retention;
--
CREATE POLICY retention_s ON wallet_balance FOR SELECT TO purpose_retention USING (true);
--
ALTER TABLE wallet_card ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE wallet_card FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, tail, face_fen, balance_fen, bound_at) ON wallet_card TO purpose_settlement;
--
GRANT UPDATE (balance_fen) ON wallet_card TO purpose_settlement;
--
CREATE POLICY settlement_s ON wallet_card FOR SELECT TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY settlement_u ON wallet_card FOR UPDATE TO purpose_settlement USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)) WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, tail, face_fen, balance_fen, bound_at) ON wallet_card TO purpose_wallet;
--
GRANT INSERT (id, person_id, tail, face_fen, balance_fen, bound_at) ON wallet_card TO purpose_wallet;
--
CREATE POLICY wallet_s ON wallet_card FOR SELECT TO purpose_wallet USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY wallet_i ON wallet_card FOR INSERT TO purpose_wallet WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, face_fen, balance_fen) ON wallet_card TO purpose_reconciliation;
--
CREATE POLICY reconciliation_s ON wallet_card FOR SELECT TO purpose_reconciliation USING (true);
--
GRANT SELECT (id, person_id, tail, face_fen, balance_fen, bound_at) ON wallet_card TO purpose_rights;
--
CREATE POLICY rights_s ON wallet_card FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, tail, balance_fen) ON wallet_card TO purpose_cancellation;
--
CREATE POLICY cancellation_s ON wallet_card FOR SELECT TO purpose_cancellation USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, tail, face_fen, balance_fen, bound_at) ON wallet_card TO purpose_erasure;
--
GRANT DELETE ON wallet_card TO purpose_erasure;
--
CREATE POLICY erasure_s ON wallet_card FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON wallet_card FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id) ON wallet_card TO purpose_retention;
--
CREATE POLICY retention_s ON wallet_card FOR SELECT TO purpose_retention USING (true);
--
GRANT SELECT (code_hash, face_fen, batch, issued_at, bound_at) ON wallet_voucher TO purpose_wallet;
--
GRANT UPDATE (bound_at) ON wallet_voucher TO purpose_wallet;
--
GRANT INSERT (code_hash, face_fen, batch, issued_at, bound_at) ON wallet_voucher TO purpose_virtual_goods;
--
GRANT SELECT (code_hash, face_fen, batch, issued_at, bound_at) ON wallet_voucher TO purpose_reconciliation;
--
GRANT INSERT (code_hash, face_fen, batch, issued_at, bound_at) ON wallet_voucher TO purpose_reconciliation;
--
ALTER TABLE wallet_try ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE wallet_try FORCE ROW LEVEL SECURITY;
--
GRANT SELECT (id, person_id, at) ON wallet_try TO purpose_wallet;
--
GRANT INSERT (id, person_id, at) ON wallet_try TO purpose_wallet;
--
CREATE POLICY wallet_s ON wallet_try FOR SELECT TO purpose_wallet USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY wallet_i ON wallet_try FOR INSERT TO purpose_wallet WITH CHECK (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at) ON wallet_try TO purpose_rights;
--
CREATE POLICY rights_s ON wallet_try FOR SELECT TO purpose_rights USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at) ON wallet_try TO purpose_erasure;
--
GRANT DELETE ON wallet_try TO purpose_erasure;
--
CREATE POLICY erasure_s ON wallet_try FOR SELECT TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
CREATE POLICY erasure_d ON wallet_try FOR DELETE TO purpose_erasure USING (person_id = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid));
--
GRANT SELECT (id, person_id, at) ON wallet_try TO purpose_retention;
--
GRANT DELETE ON wallet_try TO purpose_retention;
--
CREATE POLICY retention_s ON wallet_try FOR SELECT TO purpose_retention USING (at < now() - interval '1 day');
--
CREATE POLICY retention_d ON wallet_try FOR DELETE TO purpose_retention USING (at < now() - interval '1 day');
--
GRANT INSERT ON privacy_accesslog TO mingpu_lookup;
--
GRANT SELECT (person_id, state, consents, switches, of_age_on, guarded_at) ON privacy_standing TO mingpu_lookup;
--
GRANT SELECT (person_id, staff, until) ON rights_approval TO mingpu_lookup;
--
CREATE POLICY edge_log ON privacy_accesslog FOR INSERT TO mingpu_lookup WITH CHECK (true);
--
CREATE POLICY edge_standing ON privacy_standing FOR SELECT TO mingpu_lookup USING (true);
--
CREATE POLICY edge_approval ON rights_approval FOR SELECT TO mingpu_lookup USING (true);
--
GRANT SELECT (token_hash, person_id, expires_at) ON accounts_session TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_session' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_session FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_session(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_session WHERE token_hash = key AND expires_at > now() LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_session(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_session(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (token_hash, person_id, expires_at) ON accounts_session TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_session' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_session FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_recovering(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_session WHERE token_hash = key AND expires_at > now() AND EXISTS (SELECT FROM public.accounts_recovery r WHERE r.person_id = accounts_session.person_id AND r.state = 'waiting' AND r.due_at > now()) LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_recovering(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_recovering(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (token_hash, person_id, expires_at, used_at, created_at) ON accounts_session TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_session' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_session FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_resting(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_session WHERE token_hash = key AND expires_at > now() AND coalesce(used_at, created_at) < now() - interval '1 hour' LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_resting(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_resting(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (username_index, person_id) ON accounts_credential TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_credential' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_credential FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_username(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_credential WHERE username_index = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_username(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_username(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (credential_hash, person_id) ON accounts_passkey TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_passkey' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_passkey FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_passkey(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_passkey WHERE credential_hash = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_passkey(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_passkey(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (stop_hash, person_id, state, due_at) ON accounts_recovery TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_recovery' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_recovery FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_recovery(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_recovery WHERE stop_hash = key AND state = 'waiting' AND due_at > now() LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_recovery(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_recovery(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (token_hash, person_id, expires_at) ON accounts_halfsignin TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_halfsignin' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_halfsignin FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_half(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_halfsignin WHERE token_hash = key AND expires_at > now() LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_half(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_half(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (subject_index, person_id) ON accounts_linkedaccount TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_linkedaccount' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_linkedaccount FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_linked(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_linkedaccount WHERE subject_index = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_linked(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_linked(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (phone_index, person_id) ON accounts_contact TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_contact' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_contact FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_phone(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_contact WHERE phone_index = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_phone(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_phone(bytea) TO zone_storefront, purpose_gate_desk;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (email_index, person_id) ON accounts_contact TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_contact' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_contact FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_email(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.accounts_contact WHERE email_index = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_email(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_email(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (to_index, subject_id, used_at, expires_at, created_at) ON accounts_code TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_code' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_code FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_code(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT subject_id FROM public.accounts_code WHERE to_index = key AND used_at IS NULL AND expires_at > now() ORDER BY created_at DESC LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_code(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_code(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (to_index, subject_id, created_at) ON accounts_code TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_code' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_code FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_destination(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT subject_id FROM public.accounts_code WHERE to_index = key AND true ORDER BY created_at DESC LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_destination(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_destination(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (waybill_no, person_id) ON delivery_shipment TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'delivery_shipment' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON delivery_shipment FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_waybill(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.delivery_shipment WHERE waybill_no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_waybill(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_waybill(text) TO zone_storefront, zone_worker;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (number, person_id) ON governance_opening TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'governance_opening' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON governance_opening FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_opening(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.governance_opening WHERE number = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_opening(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_opening(text) TO zone_desk, zone_vault;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (invoice_no, person_id) ON invoices_invoice TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'invoices_invoice' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON invoices_invoice FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_invoice(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.invoices_invoice WHERE invoice_no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_invoice(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_invoice(text) TO zone_worker;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (part_no, person_id) ON orders_part TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'orders_part' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON orders_part FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_part(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.orders_part WHERE part_no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_part(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_part(text) TO zone_desk;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (order_no, person_id) ON orders_order TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'orders_order' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON orders_order FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_order(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.orders_order WHERE order_no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_order(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_order(text) TO zone_vault, zone_worker, purpose_gate_desk;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (out_trade_no, person_id) ON payments_attempt TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'payments_attempt' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON payments_attempt FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_attempt(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.payments_attempt WHERE out_trade_no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_attempt(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_attempt(text) TO zone_storefront, zone_worker;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (out_refund_no, person_id) ON payments_refund TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'payments_refund' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON payments_refund FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_refund(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.payments_refund WHERE out_refund_no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_refund(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_refund(text) TO zone_storefront, zone_worker, zone_desk;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (order_no, person_id, decided_at) ON payments_review TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'payments_review' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON payments_review FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_review(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.payments_review WHERE order_no = key AND decided_at IS NULL LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_review(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_review(text) TO zone_desk;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (no, person_id) ON rights_request TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'rights_request' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON rights_request FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_rights_request(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.rights_request WHERE no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_rights_request(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_rights_request(text) TO zone_desk;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (no, case_id) ON rights_kin TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'rights_kin' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON rights_kin FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_rights_kin(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT case_id FROM public.rights_kin WHERE no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_rights_kin(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_rights_kin(text) TO zone_desk;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (token_hash, case_id) ON rights_kin TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'rights_kin' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON rights_kin FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_rights_kin_token(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT case_id FROM public.rights_kin WHERE token_hash = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_rights_kin_token(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_rights_kin_token(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (token_hash, person_id, state, expires_at) ON rights_guardianship TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'rights_guardianship' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON rights_guardianship FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_rights_child(key bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.rights_guardianship WHERE token_hash = key AND state = 'asked' AND expires_at > now() LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_rights_child(bytea) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_rights_child(bytea) TO zone_storefront;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (case_no, person_id) ON service_case TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'service_case' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON service_case FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_case(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.service_case WHERE case_no = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_case(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_case(text) TO zone_desk;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (number, person_id) ON service_evidence TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'service_evidence' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON service_evidence FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.lookup_evidence(key text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT person_id FROM public.service_evidence WHERE number = key AND true LIMIT 1
$f$;
--
REVOKE ALL ON FUNCTION mingpu.lookup_evidence(text) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.lookup_evidence(text) TO zone_worker;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (to_index, created_at) ON accounts_code TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_code' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_code FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.count_codes_to(wanted bytea, since timestamptz,
    OUT total bigint, OUT earliest timestamptz, OUT latest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT count(*), min(created_at), max(created_at) FROM public.accounts_code
    WHERE to_index = wanted AND created_at > since
$f$;
--
REVOKE ALL ON FUNCTION mingpu.count_codes_to(bytea, timestamptz) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.count_codes_to(bytea, timestamptz) TO purpose_identity_check;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (address_index, created_at) ON accounts_code TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_code' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_code FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.count_codes_from(wanted bytea, since timestamptz,
    OUT total bigint, OUT earliest timestamptz, OUT latest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT count(*), min(created_at), max(created_at) FROM public.accounts_code
    WHERE address_index = wanted AND created_at > since
$f$;
--
REVOKE ALL ON FUNCTION mingpu.count_codes_from(bytea, timestamptz) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.count_codes_from(bytea, timestamptz) TO purpose_identity_check;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (name_index, at) ON accounts_attempt TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_attempt' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_attempt FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.count_attempts_on(wanted bytea, since timestamptz,
    OUT total bigint, OUT earliest timestamptz, OUT latest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT count(*), min(at), max(at) FROM public.accounts_attempt
    WHERE name_index = wanted AND at > since
$f$;
--
REVOKE ALL ON FUNCTION mingpu.count_attempts_on(bytea, timestamptz) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.count_attempts_on(bytea, timestamptz) TO purpose_identity_check;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (address_index, at) ON accounts_attempt TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'accounts_attempt' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON accounts_attempt FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.count_attempts_from(wanted bytea, since timestamptz,
    OUT total bigint, OUT earliest timestamptz, OUT latest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT count(*), min(at), max(at) FROM public.accounts_attempt
    WHERE address_index = wanted AND at > since
$f$;
--
REVOKE ALL ON FUNCTION mingpu.count_attempts_from(bytea, timestamptz) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.count_attempts_from(bytea, timestamptz) TO purpose_identity_check;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT SELECT (address_index, opened_at) ON rights_kin TO mingpu_lookup;
--
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 'rights_kin' AND policyname = 'edge_lookup') THEN CREATE POLICY edge_lookup ON rights_kin FOR SELECT TO mingpu_lookup USING (true); END IF; END $$;
--
SET LOCAL ROLE mingpu_lookup;
--
CREATE OR REPLACE FUNCTION mingpu.count_kin_from(wanted bytea, since timestamptz,
    OUT total bigint, OUT earliest timestamptz, OUT latest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT count(*), min(opened_at), max(opened_at) FROM public.rights_kin
    WHERE address_index = wanted AND opened_at > since
$f$;
--
REVOKE ALL ON FUNCTION mingpu.count_kin_from(bytea, timestamptz) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.count_kin_from(bytea, timestamptz) TO purpose_rights;
--
SET LOCAL ROLE mingpu_owner;
--
GRANT CREATE ON SCHEMA mingpu TO mingpu_statistics;
--
GRANT SELECT (person_id, state, consents, of_age_on) ON privacy_standing TO mingpu_statistics;
--
CREATE POLICY counted ON privacy_standing FOR SELECT TO mingpu_statistics USING (state = 'active' AND (consents & 1099511627776::bigint) <> 0 AND (of_age_on IS NULL OR of_age_on <= current_date));
--
GRANT SELECT (person_id, order_no, placed_at, payment, pieces, delivered_at, status) ON orders_order TO mingpu_statistics;
--
CREATE POLICY counted ON orders_order FOR SELECT TO mingpu_statistics USING (person_id IN (SELECT s.person_id FROM privacy_standing s));
--
GRANT SELECT (person_id, order_no, sku, product_id) ON orders_line TO mingpu_statistics;
--
CREATE POLICY counted ON orders_line FOR SELECT TO mingpu_statistics USING (person_id IN (SELECT s.person_id FROM privacy_standing s));
--
GRANT SELECT (id, category) ON catalog_product TO mingpu_statistics;
--
GRANT SELECT (zh, parent_id) ON catalog_category TO mingpu_statistics;
--
GRANT SELECT (person_id, case_no, reason, created_at) ON service_case TO mingpu_statistics;
--
CREATE POLICY counted ON service_case FOR SELECT TO mingpu_statistics USING (person_id IN (SELECT s.person_id FROM privacy_standing s));
--
GRANT INSERT ON privacy_accesslog TO mingpu_statistics;
--
CREATE POLICY counted ON privacy_accesslog FOR INSERT TO mingpu_statistics WITH CHECK (true);
--
GRANT SELECT, INSERT ON statistics_closing TO mingpu_statistics;
--
GRANT INSERT ON statistics_cell TO mingpu_statistics;
--
GRANT SELECT ON statistics_publication TO mingpu_statistics;
--
GRANT SELECT ON statistics_approval TO mingpu_statistics;
--
GRANT SELECT, INSERT ON statistics_spending TO mingpu_statistics;
--
SET LOCAL ROLE mingpu_statistics;
--
CREATE OR REPLACE FUNCTION mingpu.statistic_cells(statistic text, from_day date, to_day date,
    OUT cell text, OUT n bigint, OUT people bigint) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$

    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM (SELECT to_char(d, 'YYYY-MM-DD') FROM generate_series(date_trunc('week', from_day::timestamp), to_day - interval '1 day', '1 week') d) c (cell) LEFT JOIN (
        SELECT r.person_id, to_char(date_trunc('week', r.at), 'YYYY-MM-DD') AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r
    ) b ON b.cell = c.cell AND b.nth <= 3
    WHERE statistic = 'orders_by_week' GROUP BY c.cell UNION ALL 
    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM (SELECT unnest(ARRAY['1', '2', '3', '4', '5', '6', '7'])) c (cell) LEFT JOIN (
        SELECT r.person_id, extract(isodow FROM r.at)::text AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r
    ) b ON b.cell = c.cell AND b.nth <= 3
    WHERE statistic = 'orders_by_weekday' GROUP BY c.cell UNION ALL 
    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM (SELECT unnest(ARRAY['wechatpay', 'unionpay', 'alipay', 'cod', 'wallet'])) c (cell) LEFT JOIN (
        SELECT r.person_id, r.payment AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r
    ) b ON b.cell = c.cell AND b.nth <= 3
    WHERE statistic = 'orders_by_payment' GROUP BY c.cell UNION ALL 
    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM (SELECT unnest(ARRAY['1', '2', '3-5', '6'])) c (cell) LEFT JOIN (
        SELECT r.person_id, CASE WHEN r.pieces <= 1 THEN '1' WHEN r.pieces = 2 THEN '2' WHEN r.pieces <= 5 THEN '3-5' ELSE '6' END AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r
    ) b ON b.cell = c.cell AND b.nth <= 3
    WHERE statistic = 'orders_by_size' GROUP BY c.cell UNION ALL 
    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM (SELECT unnest(ARRAY['0', '1', '2-3', '4-7', '8', 'open'])) c (cell) LEFT JOIN (
        SELECT r.person_id, CASE WHEN r.days IS NULL THEN 'open' WHEN r.days < 1 THEN '0' WHEN r.days < 2 THEN '1' WHEN r.days < 4 THEN '2-3' WHEN r.days < 8 THEN '4-7' ELSE '8' END AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r
    ) b ON b.cell = c.cell AND b.nth <= 3
    WHERE statistic = 'orders_by_delivery' GROUP BY c.cell UNION ALL 
    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM (SELECT zh FROM public.catalog_category WHERE parent_id IS NULL) c (cell) LEFT JOIN (
        SELECT r.person_id, coalesce(r.category, '') AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM (SELECT l.person_id, l.order_no || l.sku AS tie, p.category[1] AS category
FROM public.orders_line l JOIN public.orders_order o USING (order_no)
LEFT JOIN public.catalog_product p ON p.id = l.product_id
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r
    ) b ON b.cell = c.cell AND b.nth <= 5
    WHERE statistic = 'goods_by_category' GROUP BY c.cell UNION ALL 
    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM (SELECT unnest(ARRAY['changed_mind', 'not_as_described', 'damaged', 'wrong_item', 'late', 'other'])) c (cell) LEFT JOIN (
        SELECT r.person_id, r.reason AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM (SELECT c.person_id, c.case_no AS tie, c.reason
FROM public.service_case c
WHERE c.created_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND c.created_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai') r
    ) b ON b.cell = c.cell AND b.nth <= 2
    WHERE statistic = 'cases_by_reason' GROUP BY c.cell UNION ALL 
    SELECT c.cell, count(b.person_id), count(DISTINCT b.person_id)
    FROM (SELECT unnest(ARRAY['1', '2', '3-5', '6'])) c (cell) LEFT JOIN (
        SELECT r.person_id, CASE WHEN r.orders = 1 THEN '1' WHEN r.orders = 2 THEN '2' WHEN r.orders <= 5 THEN '3-5' ELSE '6' END AS cell, row_number() OVER (PARTITION BY r.person_id ORDER BY md5(r.tie)) AS nth
        FROM (SELECT o.person_id, min(o.order_no) AS tie, count(*) AS orders
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')
GROUP BY o.person_id) r
    ) b ON b.cell = c.cell AND b.nth <= 1
    WHERE statistic = 'people_by_orders' GROUP BY c.cell
$f$;
--
CREATE OR REPLACE FUNCTION mingpu.close_statistics(from_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $f$
DECLARE
    to_day date := (from_day + interval '3 months')::date;
    fresh boolean;
BEGIN
    IF from_day <> date_trunc('quarter', from_day)::date
        OR to_day > (now() AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'the quarter is not over' USING ERRCODE = 'MP010';
    END IF;
    INSERT INTO public.statistics_closing (since, at) VALUES (from_day, now()) ON CONFLICT DO NOTHING
        RETURNING true INTO fresh;
    IF fresh IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO public.statistics_cell (since, statistic, cell, n, people)
    SELECT from_day, kept.statistic, kept.cell, kept.n, kept.people FROM (
        SELECT t.*, count(*) OVER (PARTITION BY t.statistic) AS many FROM (
            SELECT s.*, min(s.place) FILTER (WHERE s.place >= s.small AND (s.place = 0
                OR (s.place >= 2 AND greatest(s.people, s.running / CASE s.statistic WHEN 'orders_by_week' THEN 3 WHEN 'orders_by_weekday' THEN 3 WHEN 'orders_by_payment' THEN 3 WHEN 'orders_by_size' THEN 3 WHEN 'orders_by_delivery' THEN 3 WHEN 'goods_by_category' THEN 5 WHEN 'cases_by_reason' THEN 2 WHEN 'people_by_orders' THEN 1 END) >= 10)))
                OVER (PARTITION BY s.statistic) AS left_out FROM (
                SELECT c.*, sum(c.people) OVER w AS running, row_number() OVER w AS place,
                    count(*) FILTER (WHERE c.people < 10) OVER (PARTITION BY c.statistic) AS small
                FROM (SELECT x.statistic, y.cell, y.n, y.people FROM unnest(ARRAY['orders_by_week', 'orders_by_weekday', 'orders_by_payment', 'orders_by_size', 'orders_by_delivery', 'goods_by_category', 'cases_by_reason', 'people_by_orders']) AS x (statistic),
                    mingpu.statistic_cells(x.statistic, from_day, to_day) y WHERE y.people > 0) c
                WINDOW w AS (PARTITION BY c.statistic ORDER BY c.people, c.cell)
            ) s
        ) t WHERE CASE WHEN t.small = 0 THEN true ELSE t.place > t.left_out END
    ) kept WHERE kept.many >= 2;
    INSERT INTO public.privacy_accesslog (at, subject, purpose, actor_kind, actor, reference)
    SELECT now(), p.person_id, 'statistics', 'system', '', 'statistics ' || from_day FROM (SELECT r.person_id FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r WHERE true UNION SELECT r.person_id FROM (SELECT l.person_id, l.order_no || l.sku AS tie, p.category[1] AS category
FROM public.orders_line l JOIN public.orders_order o USING (order_no)
LEFT JOIN public.catalog_product p ON p.id = l.product_id
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r WHERE true UNION SELECT r.person_id FROM (SELECT c.person_id, c.case_no AS tie, c.reason
FROM public.service_case c
WHERE c.created_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND c.created_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai') r WHERE true UNION SELECT r.person_id FROM (SELECT o.person_id, min(o.order_no) AS tie, count(*) AS orders
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')
GROUP BY o.person_id) r WHERE true) p;
    RETURN true;
END $f$;
--
CREATE OR REPLACE FUNCTION mingpu.statistic_profiles(from_day date,
    OUT often text, OUT payment text, OUT speed text, OUT goods text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $f$
DECLARE
    to_day date := (from_day + interval '3 months')::date;
BEGIN
    IF from_day <> date_trunc('quarter', from_day)::date
        OR to_day > (now() AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'the quarter is not over' USING ERRCODE = 'MP010';
    END IF;
    INSERT INTO public.privacy_accesslog (at, subject, purpose, actor_kind, actor, reference)
    SELECT now(), p.person_id, 'statistics', 'system', '', 'profiles ' || from_day FROM (SELECT r.person_id FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r WHERE true UNION SELECT r.person_id FROM (SELECT l.person_id, l.order_no || l.sku AS tie, p.category[1] AS category
FROM public.orders_line l JOIN public.orders_order o USING (order_no)
LEFT JOIN public.catalog_product p ON p.id = l.product_id
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r WHERE true) p;
    RETURN QUERY
    WITH who AS (
        SELECT o.person_id, CASE WHEN count(*) = 1 THEN '1' WHEN count(*) = 2 THEN '2' ELSE '3' END AS a,
            mode() WITHIN GROUP (ORDER BY o.payment) AS b,
            CASE WHEN avg(o.days) IS NULL THEN 'open' WHEN avg(o.days) < 2 THEN 'fast' ELSE 'slow' END AS c
        FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) o GROUP BY o.person_id
    ), bought AS (
        SELECT g.person_id, mode() WITHIN GROUP (ORDER BY coalesce(g.category, '')) AS d FROM (SELECT l.person_id, l.order_no || l.sku AS tie, p.category[1] AS category
FROM public.orders_line l JOIN public.orders_order o USING (order_no)
LEFT JOIN public.catalog_product p ON p.id = l.product_id
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) g
        GROUP BY g.person_id
    ), whole AS (
        SELECT w.a, w.b, w.c, x.d, count(*) OVER (PARTITION BY w.a, w.b, w.c) >= 10
            AND min(x.d) OVER (PARTITION BY w.a, w.b, w.c) <> max(x.d) OVER (PARTITION BY w.a, w.b, w.c) AS fine
        FROM who w JOIN bought x USING (person_id)
    ), coarse AS (
        SELECT h.a, CASE WHEN h.fine THEN h.b ELSE '*' END AS b, CASE WHEN h.fine THEN h.c ELSE '*' END AS c, h.d
        FROM whole h
    ), sized AS (
        SELECT k.*, count(*) OVER kind AS many, min(k.d) OVER kind <> max(k.d) OVER kind AS mixed
        FROM coarse k WINDOW kind AS (PARTITION BY k.a, k.b, k.c)
    )
    SELECT z.a, z.b, z.c, z.d FROM sized z WHERE z.many >= 10 AND z.mixed ORDER BY md5(random()::text);
END $f$;
--
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
        RAISE EXCEPTION 'nobody else let it go' USING ERRCODE = 'MP011';
    END IF;
    IF EXISTS (SELECT FROM public.statistics_spending s WHERE s.publication_id = it.id) THEN
        RAISE EXCEPTION 'drawn before' USING ERRCODE = 'MP012';
    END IF;
    from_day := it.since;
    to_day := (from_day + interval '3 months')::date;
    IF from_day <> date_trunc('quarter', from_day)::date
        OR to_day > (now() AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'the quarter is not over' USING ERRCODE = 'MP010';
    END IF;
    IF it.epsilon <= 0 OR it.epsilon > 0.5
        OR it.epsilon + (SELECT coalesce(sum(s.epsilon), 0) FROM public.statistics_spending s
            WHERE s.since = it.since) > 2.0
        OR it.epsilon + (SELECT coalesce(sum(s.epsilon), 0) FROM public.statistics_spending s
            WHERE date_trunc('year', s.at) = date_trunc('year', now())) > 8.0 THEN
        RAISE EXCEPTION 'no budget is left' USING ERRCODE = 'MP013';
    END IF;
    IF (SELECT coalesce(max(c.people), 0) FROM mingpu.statistic_cells(it.statistic, from_day, to_day) c) < 10 THEN
        RAISE EXCEPTION 'too few people' USING ERRCODE = 'MP014';
    END IF;
    INSERT INTO public.statistics_spending (publication_id, since, epsilon, at)
        VALUES (it.id, it.since, it.epsilon, now());
    INSERT INTO public.privacy_accesslog (at, subject, purpose, actor_kind, actor, reference)
    SELECT now(), p.person_id, 'statistics', 'system', '', 'published ' || it.id FROM (SELECT r.person_id FROM (SELECT o.person_id, o.order_no AS tie, o.placed_at AT TIME ZONE 'Asia/Shanghai' AS at, o.payment, o.pieces,
    extract(day FROM o.delivered_at - o.placed_at) AS days
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r WHERE it.statistic IN ('orders_by_week', 'orders_by_weekday', 'orders_by_payment', 'orders_by_size', 'orders_by_delivery') UNION SELECT r.person_id FROM (SELECT l.person_id, l.order_no || l.sku AS tie, p.category[1] AS category
FROM public.orders_line l JOIN public.orders_order o USING (order_no)
LEFT JOIN public.catalog_product p ON p.id = l.product_id
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')) r WHERE it.statistic IN ('goods_by_category') UNION SELECT r.person_id FROM (SELECT c.person_id, c.case_no AS tie, c.reason
FROM public.service_case c
WHERE c.created_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND c.created_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai') r WHERE it.statistic IN ('cases_by_reason') UNION SELECT r.person_id FROM (SELECT o.person_id, min(o.order_no) AS tie, count(*) AS orders
FROM public.orders_order o
WHERE o.placed_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.placed_at < to_day::timestamp AT TIME ZONE 'Asia/Shanghai' AND o.status NOT IN ('cancelled', 'expired')
GROUP BY o.person_id) r WHERE it.statistic IN ('people_by_orders')) p;
    RETURN QUERY SELECT c.cell, c.n FROM mingpu.statistic_cells(it.statistic, from_day, to_day) c ORDER BY c.cell;
END $f$;
--
REVOKE ALL ON FUNCTION mingpu.statistic_cells(text, date, date) FROM PUBLIC;
--
REVOKE ALL ON FUNCTION mingpu.close_statistics(date) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.close_statistics(date) TO purpose_statistics;
--
REVOKE ALL ON FUNCTION mingpu.statistic_profiles(date) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.statistic_profiles(date) TO zone_worker;
--
REVOKE ALL ON FUNCTION mingpu.draw_statistic(uuid) FROM PUBLIC;
--
GRANT EXECUTE ON FUNCTION mingpu.draw_statistic(uuid) TO zone_worker;
--
SET LOCAL ROLE mingpu_owner
