"""Rights over the API: the twin of every page, stable codes, nobody else's."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingpu.accounts.services import change_profile
from tests.api.calling import call, refused
from tests.factories import make_address, make_person
from tests.people import PASSWORD, from_owner, later
from tests.rights.packages import ADDRESS, files_of, pack

PATHS = [
    ("GET", "/me/privacy/data"), ("GET", "/me/privacy/data/accounts_address"), ("POST", "/me/privacy/data/accounts_address/reveal"),
    ("DELETE", "/me/privacy/data/accounts_address/x"), ("GET", "/me/privacy/retention"), ("GET", "/me/privacy/decisions"),
    ("GET", "/me/privacy/requests"), ("POST", "/me/privacy/requests"), ("GET", "/me/privacy/requests/Q1"),
    ("GET", "/me/privacy/handlers"), ("GET", "/me/privacy/transfers"), ("POST", "/me/privacy/transfers"),
    ("GET", "/me/privacy/guardian"), ("GET", "/me/privacy/children"), ("GET", "/me/privacy/after-death"),
]  # fmt: skip


def old(person):
    """Make a sign-in old, so that it proves nothing by itself any more."""
    from_owner("UPDATE accounts_session SET created_at = now() - interval '1 hour', proven_at = now() - interval '1 hour' WHERE person_id = %s", [person.person_id])  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PATHS, ids=[f"{method}{path}" for method, path in PATHS])
def test_nothing_of_it_without_signing_in(app, method, path):
    assert app.call(method, path, {} if method == "POST" else None).status_code == 401


def test_what_is_held_is_listed_masked_revealed_and_deleted(person):
    made = person.call("POST", "/me/addresses", {name: value for name, value in ADDRESS.items() if value and name != "is_default"})  # fmt: skip
    kinds = {it["table"]: it for it in person.call("GET", "/me/privacy/data").json()["items"]}
    assert (kinds["accounts_address"]["count"], kinds["accounts_address"]["alone"]) == (1, True)
    shown = person.call("GET", "/me/privacy/data/accounts_address").json()["items"][0]
    assert ADDRESS["name"] not in json.dumps(shown, ensure_ascii=False)
    for body in ({}, {"password": ""}):
        refused(person.call("POST", "/me/privacy/data/accounts_address/reveal", body), 403, "proof_needed")
    refused(
        person.call("POST", "/me/privacy/data/accounts_address/reveal", {"password": "no"}),
        401,
        "wrong_login",
    )
    clear = person.call("POST", "/me/privacy/data/accounts_address/reveal", {"password": PASSWORD}).json()[
        "items"
    ][0]
    assert ADDRESS["name"] in json.dumps(clear, ensure_ascii=False)
    assert shown["key"] == made.json()["id"]
    refused(
        call(make_person(), "DELETE", f"/me/privacy/data/accounts_address/{shown['key']}"), 404, "not_found"
    )
    assert person.call("DELETE", f"/me/privacy/data/accounts_address/{shown['key']}").status_code == 204
    refused(person.call("DELETE", f"/me/privacy/data/accounts_address/{shown['key']}"), 404, "not_found")
    refused(
        person.call("DELETE", f"/me/privacy/data/accounts_contact/{person.person_id}"),
        409,
        "not_deletable_alone",
    )
    refused(person.call("GET", "/me/privacy/data/desk_staff"), 404, "not_found")


def test_the_clock_gives_days_reason_and_law(person):
    items = person.call("GET", "/me/privacy/retention").json()["items"]
    assert all(it["retention"] and it["law"] and it["count"] for it in items)
    days = [it["days_left"] for it in items if it["days_left"] is not None]
    assert days == sorted(days)
    assert next(it for it in items if it["table"] == "accounts_session")["days_left"] in {29, 30}


def test_a_request_over_the_api(person):
    asked = person.call(
        "POST", "/me/privacy/requests", {"kind": "object", "about": "purpose:delivery", "words": "不要"}
    )
    assert asked.status_code == 201
    it = asked.json()
    assert (it["state"], it["days_left"], it["overdue"], it["words"]) == ("received", 15, False, "不要")
    assert [step["state"] for step in it["steps"]] == ["received"]
    assert person.call("GET", f"/me/privacy/requests/{it['no']}").json() == it
    refused(call(make_person(), "GET", f"/me/privacy/requests/{it['no']}"), 404, "not_found")
    refused(person.call("POST", f"/me/privacy/requests/{it['no']}/accept"), 409, "wrong_request_state")
    assert person.call("POST", f"/me/privacy/requests/{it['no']}/withdraw").json()["state"] == "withdrawn"
    assert person.call("GET", "/me/privacy/requests?page_size=1").json()["total"] == 1
    refused(
        person.call("POST", "/me/privacy/requests", {"kind": "object", "about": "use:1"}),
        422,
        "nothing_about",
    )
    refused(person.call("POST", "/me/privacy/requests", {"kind": "other", "urgent": True}), 422, "invalid")


def test_a_new_sign_in_may_take_a_copy_and_an_old_one_needs_a_proof(person):
    assert person.call("POST", "/me/privacy/exports").status_code == 202
    from_owner("DELETE FROM privacy_export WHERE person_id = %s", [person.person_id])
    old(person)
    refused(person.call("POST", "/me/privacy/exports"), 403, "proof_needed")
    refused(person.call("POST", "/me/privacy/exports", {}), 403, "proof_needed")
    refused(person.call("POST", "/me/privacy/exports", {"password": "no"}), 401, "wrong_login")
    assert from_owner("SELECT count(*) FROM privacy_export WHERE person_id = %s", [person.person_id]) == [
        (0,)
    ]
    assert person.call("POST", "/me/privacy/exports", {"password": PASSWORD}).status_code == 202


def test_a_code_proves_it_too(person):
    old(person)
    later(person.phone, 61)
    code = person.code(person.phone, "confirm")
    refused(person.call("POST", "/me/privacy/exports", {"phone_code": "000000" if code != "000000" else "111111"}), 422, "wrong_code")  # fmt: skip
    assert person.call("POST", "/me/privacy/exports", {"phone_code": code}).status_code == 202
    refused(person.call("POST", "/me/privacy/exports", {"phone_code": code}), 422, "wrong_code")


def test_a_transfer_over_the_api(person):
    (handler,) = person.call("GET", "/me/privacy/handlers").json()["items"]
    assert (handler["code"], bool(handler["contact"])) == ("neighbour", True)
    body = {"handler": "neighbour", "agreed": True, "password": PASSWORD}
    refused(person.call("POST", "/me/privacy/transfers", {**body, "password": None}), 403, "proof_needed")
    refused(person.call("POST", "/me/privacy/transfers", {**body, "agreed": False}), 422, "consent_needed")
    refused(person.call("POST", "/me/privacy/transfers", {**body, "handler": "nobody"}), 404, "not_found")
    made = person.call("POST", "/me/privacy/transfers", body)
    assert (made.status_code, made.json()["state"], made.json()["stoppable"]) == (202, "waiting", True)
    refused(person.call("POST", "/me/privacy/transfers", body), 409, "transfer_under_way")
    path = f"/me/privacy/transfers/{made.json()['id']}/stop"
    refused(call(make_person(), "POST", path), 404, "not_found")
    assert person.call("POST", path).json()["state"] == "stopped"
    refused(person.call("POST", path), 409, "transfer_sent")


def send(person, content):
    return person.client.post(
        "/api/v1/me/privacy/imports", {"file": SimpleUploadedFile("p.zip", content)},
        headers={"Authorization": f"Bearer {person.token}"}, REMOTE_ADDR=person.address,
    )  # fmt: skip


def test_a_package_over_the_api(person):
    refused(send(person, b"nonsense"), 422, "package_unreadable")
    made = send(person, pack(files_of(accounts_address=[ADDRESS])))
    assert (made.status_code, made.json()["source"]) == (201, "neighbour")
    path = f"/me/privacy/imports/{made.json()['id']}"
    assert person.call("GET", path).json() == made.json()
    refused(call(make_person(), "GET", path), 404, "not_found")
    refused(call(make_person(), "POST", f"{path}/take", {"chosen": ["accounts_address:0"]}), 404, "not_found")
    taken = person.call("POST", f"{path}/take", {"chosen": ["accounts_address:0"]})
    assert taken.json() == {"items": [{"id": "accounts_address:0", "code": ""}]}
    assert len(person.call("GET", "/me/addresses").json()["items"]) == 1
    refused(person.call("POST", f"{path}/take", {"chosen": []}), 404, "not_found")


def test_guardians_over_the_api(person):
    child = make_person()
    change_profile(person_id=child.id, birthday="2018-05-17")
    assert call(child, "GET", "/me/privacy/guardian").json() == {"child": True, "guarded": False}
    refused(call(child, "GET", "/cart"), 403, "guardian_needed")
    refused(call(child, "PATCH", "/me/profile", {"birthday": "1990-01-01"}), 403, "birthday_fixed")
    code = call(child, "POST", "/me/privacy/guardian").json()["code"]
    refused(person.call("POST", "/me/privacy/children", {"code": code}), 403, "proof_needed")
    refused(
        person.call("POST", "/me/privacy/children", {"code": "G1", "password": PASSWORD}), 404, "not_found"
    )
    made = person.call("POST", "/me/privacy/children", {"code": code, "password": PASSWORD})
    assert (made.status_code, made.json()) == (201, {"id": str(child.id)})
    assert call(child, "GET", "/cart").status_code == 200
    make_address(child)
    path = f"/me/privacy/children/{child.id}"
    key = call(child, "GET", "/me/privacy/data/accounts_address").json()["items"][0]["key"]
    stranger = make_person()
    for method, rest, body in (("GET", "/data", None), ("DELETE", f"/data/accounts_address/{key}", None), ("PATCH", "/profile", {"nickname": "x"}), ("DELETE", "", None)):  # fmt: skip
        refused(call(stranger, method, path + rest, body), 404, "not_found")
    assert person.call("DELETE", f"{path}/data/accounts_address/{key}").status_code == 204
    assert person.call("PATCH", f"{path}/profile", {"birthday": "2017-05-17"}).status_code == 204
    choices = {it["name"]: it for it in person.call("GET", f"{path}/choices").json()["items"]}
    assert (choices["location"]["permission"], choices["location"]["granted"], choices["location"]["never"]) == (True, False, False)  # fmt: skip
    assert choices["personalisation"]["never"]
    assert person.call("PUT", f"{path}/choices/location", {"granted": True}).json()["granted"]
    refused(
        person.call("PUT", f"{path}/choices/personalisation", {"granted": True}), 409, "never_for_children"
    )
    refused(person.call("PUT", f"{path}/choices/nonsense", {"granted": True}), 404, "not_found")
    refused(call(stranger, "GET", f"{path}/choices"), 404, "not_found")
    refused(call(stranger, "PUT", f"{path}/choices/location", {"granted": False}), 404, "not_found")
    assert person.call("DELETE", path).status_code == 204
    refused(call(child, "GET", "/cart"), 403, "guardian_needed")
    refused(person.call("POST", "/me/privacy/guardian"), 409, "not_a_child")


def test_a_wish_and_a_relative_over_the_api(person, app):
    assert person.call("PUT", "/me/privacy/after-death", {"choice": "nobody"}).json() == {
        "choice": "nobody",
        "contact": "",
    }
    refused(person.call("PUT", "/me/privacy/after-death", {"choice": "contact"}), 422, "invalid")
    body = {"wanted": "copy", "applicant": "林晚秋", "relation": "女儿", "phone": "13800000042", "about": "13900000008", "documents": "死亡证明"}  # fmt: skip
    app.token = ""
    made = app.call("POST", "/relatives/requests", body)
    assert made.status_code == 201
    it = app.call("POST", "/relatives/status", {"token": made.json()["token"]}).json()
    assert (it["no"], it["state"], it["has_copy"]) == (made.json()["no"], "received", False)
    refused(app.call("POST", "/relatives/status", {"token": "x"}), 404, "not_found")
    refused(app.call("POST", "/relatives/copy", {"token": made.json()["token"]}), 404, "not_found")
    refused(app.call("POST", "/relatives/requests", {**body, "image": "…"}), 422, "invalid")
