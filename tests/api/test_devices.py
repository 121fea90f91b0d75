"""Telling about a device over the wire: what is taken, what is refused, whose it is, what the description says."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingpu.privacy.consent import give
from tests.accounts.test_devices import again, hardware, phone
from tests.api.calling import call, refused
from tests.factories import Buyer, make_person


@pytest.fixture
def buyer() -> Buyer:
    return make_person()


def test_what_is_told_comes_back_and_fits_the_screen(buyer):
    told = phone()
    answer = call(buyer, "PUT", "/me/device", told)
    assert answer.status_code == 200, answer.content
    noted = answer.json()
    assert (noted["known"], noted["linked"], noted["display"]) == (False, False, {"picture_width": 1280})
    mine = call(buyer, "GET", "/me/device").json()
    assert mine["id"] == noted["id"]
    assert {name: mine[name] for name in ("model", "os", "language", "resolution", "plmn")} == {
        name: told[name] for name in ("model", "os", "language", "resolution", "plmn")
    }
    for value in (
        told["name"],
        *hardware(),
    ):  # a screen's purpose sees no name, and nobody sees an identifier
        assert value not in call(buyer, "GET", "/me/device").content.decode()
    assert not [kind for kind in hardware() if told[kind] in answer.content.decode()]


@pytest.mark.parametrize(
    ("resolution", "width"),
    [
        ("", 640),
        ("320x480", 320),
        ("640x1136", 640),
        ("750x1334", 1280),
        ("2160x3840", 1280),
        ("100x100", 160),
    ],
)
def test_the_picture_that_fits(buyer, resolution, width):
    assert call(buyer, "PUT", "/me/device", {"resolution": resolution}).json()["display"] == {
        "picture_width": width
    }


def test_nothing_has_to_be_told(buyer):
    for body in ({}, {"imei": None, "name": ""}):
        assert call(buyer, "PUT", "/me/device", body).json()["known"] is None
    refused(call(again(buyer), "GET", "/me/device"), 404, "not_found")
    assert call(make_person(), "GET", "/me/devices").json() == {
        "total": 0, "items": [], "page": 1, "page_size": 100,
    }  # fmt: skip


@pytest.mark.parametrize(
    "field",
    [
        "software",
        "software_list",
        "apps",
        "installed_apps",
        "contacts",
        "location",
        "person_id",
        "token_hash",
        "id",
    ],
)
def test_nothing_else_is_taken_least_of_all_a_list_of_software(buyer, field):
    problem = refused(call(buyer, "PUT", "/me/device", {**phone(), field: ["com.example"]}), 422, "invalid")
    assert problem["fields"] == [field]
    assert call(buyer, "GET", "/me/devices").json()["total"] == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 101), ("name", "x" * 5000), ("name", "a\u0007b"), ("imei", "not-a-number-canary"), ("mac", "canary"),
        ("imei", "9" * 301), ("plmn", "canary"), ("resolution", "canary"), ("resolution", 1080), ("os", ["ios"]),
        ("idfa", {"value": "canary"}), ("language", "canary canary"),
    ],
)  # fmt: skip
def test_what_is_written_wrong_is_refused_by_name_and_never_repeated(buyer, caplog, field, value):
    caplog.set_level("DEBUG")
    answer = call(buyer, "PUT", "/me/device", {field: value})
    assert answer.status_code == 422
    assert "canary" not in answer.content.decode()
    assert "canary" not in caplog.text
    assert call(buyer, "GET", "/me/devices").json()["total"] == 0


def test_a_body_far_too_large_is_refused(buyer):
    assert call(buyer, "PUT", "/me/device", {"name": "x" * 300_000}).status_code == 413


def test_the_list_says_which_is_this_one(buyer):
    other = again(buyer)
    mine = call(buyer, "PUT", "/me/device", phone()).json()["id"]
    give(buyer.id, "continuity", True, "zh-hans")
    theirs = call(other, "PUT", "/me/device", phone()).json()
    assert theirs["linked"] is True
    found = {it["id"]: it for it in call(buyer, "GET", "/me/devices").json()["items"]}
    assert (found[mine]["current"], found[theirs["id"]]["current"]) == (True, False)
    assert found[mine]["linked_at"] is None
    assert found[theirs["id"]]["linked_at"] is not None
    assert found[mine]["told"]["model"] == "17 Ultra"


def test_removing_a_device_signs_it_out_and_the_present_one_too(buyer):
    other = again(buyer)
    mine = call(buyer, "PUT", "/me/device", phone()).json()["id"]
    theirs = call(other, "PUT", "/me/device", phone()).json()["id"]
    assert call(buyer, "DELETE", f"/me/devices/{theirs}").status_code == 204
    refused(call(other, "GET", "/me/device"), 401, "unauthenticated")
    assert [it["id"] for it in call(buyer, "GET", "/me/devices").json()["items"]] == [mine]
    assert call(buyer, "DELETE", f"/me/devices/{mine}").status_code == 204
    assert call(buyer, "GET", "/me/devices").status_code == 401


def test_another_persons_device_is_as_one_that_is_not_there(buyer):
    theirs = call(buyer, "PUT", "/me/device", phone()).json()["id"]
    thief = make_person()
    there = call(thief, "DELETE", f"/me/devices/{theirs}")
    assert there.content == call(thief, "DELETE", f"/me/devices/{uuid4()}").content
    refused(there, 404, "not_found")
    assert call(buyer, "GET", "/me/devices").json()["total"] == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/me/device"),
        ("GET", "/me/device"),
        ("GET", "/me/devices"),
        ("DELETE", "/me/devices/0b9d6f52-64a1-4c3e-9a43-0f0a3c1b7d11"),
    ],
)
def test_none_of_it_is_for_visitors(method, path):
    client = Client(SERVER_NAME="127.0.0.1")
    assert call(client, method, path, {} if method == "PUT" else None).status_code == 401


def test_telling_and_listing_take_as_many_statements_whatever_is_there(buyer):
    def statements(method: str, path: str, body: object = None) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert call(buyer, method, path, body).status_code == 200
        return len(seen)

    told = phone()
    statements("PUT", "/me/device", told)
    first = statements("PUT", "/me/device", told), statements("GET", "/me/devices")
    for _ in range(3):
        call(again(buyer), "PUT", "/me/device", phone())
    assert (statements("PUT", "/me/device", told), statements("GET", "/me/devices")) == first


def test_it_is_described():
    client = Client(SERVER_NAME="127.0.0.1")
    whole = client.get("/api/v1/openapi.json").json()
    body = whole["components"]["schemas"]["DeviceIn"]
    assert body["additionalProperties"] is False
    assert set(body["properties"]) == set(phone()) | {"idfa", "openudid", "guid"}
    assert set(whole["paths"]["/api/v1/me/device"]) == {"get", "put"}
    assert set(whole["paths"]["/api/v1/me/devices/{device_id}"]) == {"delete"}
