"""Vectors on the wire: which model is talked to at all, what goes there, what an answer is believed to say."""

import json
import math
import socketserver
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.embeddings import DIMENSIONS, MODEL, vector_of
from mingpu.adapters.embedding import EmbeddingFailed
from mingpu.adapters.embedding.openai import (
    BATCH,
    LONGEST,
    EmbeddingConfig,
    LocalEmbedder,
    is_of_this_machine,
)
from tests.adapters.conftest import QUICK, STUBBORN, Side, free_port, unique


def client(side: Side, **changes: Any) -> LocalEmbedder:
    config = wiring.embedding_config(address=side.address)
    return LocalEmbedder(replace(config, **({"patience": QUICK} | changes)))


def near(one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(
        math.isclose(a, b, abs_tol=1e-6) for a, b in zip(one, other, strict=True)
    )


def test_every_text_gets_its_own_vector_in_any_number_of_calls(side: Side):
    mark = unique()
    texts = [f"{mark} 水杯 {n}" for n in range(BATCH + 6)]
    found = client(side).embed(texts)
    assert len(found) == len(texts)
    assert all(near(one, vector_of(text)) for one, text in zip(found, texts, strict=True))
    calls = side.received("embeddings", mark)
    assert [len(json.loads(it["body"])["input"]) for it in calls] == [BATCH, 6]
    assert {it["path"] for it in calls} == {"/v1/embeddings"}
    assert client(side).embed([]) == []


def test_the_model_gets_texts_and_nothing_else(side: Side):
    mark = unique()
    found = client(side).embed_within(mark, seconds=5)
    (raw,) = side.received("embeddings", mark)
    assert json.loads(raw["body"]) == {"model": MODEL, "input": [mark], "encoding_format": "float"}
    assert mark not in json.dumps(raw["headers"]) + raw["path"]
    assert not {"authorization", "cookie"} & {it.lower() for it in raw["headers"]}
    assert near(found, vector_of(mark))


def test_odd_texts_are_sent_whole_and_short(side: Side):
    mark = unique()
    odd, blank, long = client(side).embed([f"{mark}\ud800", "", mark * 100])
    assert near(odd, vector_of(f"{mark}?"))
    assert near(blank, vector_of(" "))
    assert near(long, vector_of((mark * 100)[:LONGEST]))


@pytest.mark.parametrize(
    ("kind", "permanent", "code"),
    [
        ("timeout", False, "unanswered"), ("http_500", False, "http_500"), ("limit", False, "http_429"),
        ("garbled", False, "unreadable_answer"), ("missing", False, "unreadable_answer"),
        ("no_number", False, "unreadable_answer"), ("other_dimensions", True, "other_dimensions"),
        ("redirect", True, "http_307"),
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_that_holds_no_vectors(side: Side, kind, permanent, code):
    side.fault("embeddings", kind)
    with pytest.raises(EmbeddingFailed) as failed:
        client(side).embed([unique()])
    assert (failed.value.permanent, failed.value.code) == (permanent, code)


def test_trouble_that_passes_is_waited_out_but_not_by_a_search(side: Side):
    side.fault("embeddings", "http_500")
    assert client(side, patience=STUBBORN).embed([unique()])
    side.fault("embeddings", "http_500")
    with pytest.raises(EmbeddingFailed):
        client(side, patience=STUBBORN).embed_within(unique(), seconds=5)


def test_another_model_than_was_agreed(side: Side):
    for wrong in ({"model": "no such"}, {"dimensions": DIMENSIONS + 1}):
        with pytest.raises(EmbeddingFailed) as failed:
            client(side, **wrong).embed([unique()])
        assert failed.value.permanent


def test_nobody_there():
    config = EmbeddingConfig(
        url=f"http://127.0.0.1:{free_port()}/v1", model="m", dimensions=8, patience=QUICK
    )
    with pytest.raises(EmbeddingFailed) as failed:
        LocalEmbedder(config).embed_within("x", seconds=1)
    assert failed.value.code == "unanswered"


class _Endless(BaseHTTPRequestHandler):
    """Answers 200 with as much as anybody reads."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" " * 4096)
        except OSError:
            self.server.given_up.set()  # type: ignore[attr-defined]

    def address_string(self) -> str:  # a socket of this system has no host
        return ""

    def log_message(self, *words: object) -> None:
        pass


def test_an_answer_without_end_is_not_read_to_its_end_also_not_by_a_socket(tmp_path: Path):
    place = str(tmp_path / "model.sock")
    with socketserver.ThreadingUnixStreamServer(place, _Endless) as server:
        server.daemon_threads = True
        server.given_up = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        config = EmbeddingConfig(
            url=f"unix:{place}", model="m", dimensions=8, patience=Patience(connect=5, read=5, attempts=1)
        )
        with pytest.raises(EmbeddingFailed) as failed:
            LocalEmbedder(config).embed(["x"])
        assert failed.value.code == "unreadable_answer"
        assert server.given_up.wait(10)  # type: ignore[attr-defined]
        server.shutdown()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/v1", "http://127.9.9.9/v1", "http://[::1]:8080/v1", "unix:/run/model.sock",
    ],
    ids=lambda it: it,
)  # fmt: skip
def test_a_model_of_this_machine(url):
    assert is_of_this_machine(url)
    assert EmbeddingConfig(url=url, model="m", dimensions=8).url == url


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1", "http://10.0.0.7/v1", "http://192.168.1.2:8080/v1", "http://0.0.0.0/v1", "http://localhost/v1",
        "http://127.0.0.1.example.com/v1", "http://127.0.0.1@example.com/v1", "http://example.com/127.0.0.1", "//127.0.0.1/v1",
        "http://[::ffff:8.8.8.8]/v1", "http://127.1/v1", "http://2130706433/v1", "unix:model.sock", "ftp://127.0.0.1/", "http://[::1",
        "http://127.0.0.1/v1?to=elsewhere", "",
    ],
    ids=lambda it: it or "nothing",
)  # fmt: skip
def test_no_other_model_may_be_configured(url):
    assert not is_of_this_machine(url)
    with pytest.raises(ValueError, match="never leaves this machine"):
        EmbeddingConfig(url=url, model="m", dimensions=8)


@pytest.mark.parametrize(
    ("model", "dimensions"), [("", 8), ("m", 0), ("m", 100_000)], ids=["no-name", "none", "too-many"]
)
def test_a_model_is_named_and_has_dimensions(model, dimensions):
    with pytest.raises(ValueError, match="MINGPU_EMBEDDINGS_MODEL"):
        EmbeddingConfig(url="http://127.0.0.1/v1", model=model, dimensions=dimensions)
