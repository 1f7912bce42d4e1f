"""The hub's own client fetches from a server that speaks the hub's protocol: the right files, none that could run."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from llm_widgets.models import pretrained
from tests.models.pretrained.small import save

REPOSITORY, COMMIT = "openai-community/gpt2", "0123456789abcdef0123456789abcdef01234567"


def _oid(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Hub(BaseHTTPRequestHandler):
    """One repository, whose files lie in a folder."""

    folder: Path
    asked: list[str]

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        path = self.path.partition("?")[0]
        if path == f"/api/models/{REPOSITORY}/revision/main":
            return self.answer(json.dumps({"id": REPOSITORY, "sha": COMMIT}).encode())
        if path == f"/api/models/{REPOSITORY}/tree/{COMMIT}":
            listed = [
                {"type": "file", "path": each.name, "size": each.stat().st_size, "oid": _oid(each)}
                for each in sorted(self.folder.iterdir())
            ]
            return self.answer(json.dumps(listed).encode())
        file = self.folder / path.rpartition("/")[2]
        if path.startswith(f"/{REPOSITORY}/resolve/{COMMIT}/") and file.is_file():
            return self.answer(file.read_bytes())
        return self.answer(b"", 404)

    def answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if status == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    class Mine(Hub):
        folder, asked = tmp_path / "hub", []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield Mine
    server.shutdown()
    server.server_close()


def test_a_model_of_the_hub(hub: type[Hub], models: Path) -> None:
    save("gpt2", hub.folder, max_shard_size="12KB")
    (hub.folder / "pytorch_model.bin").write_bytes(b"\x80\x04nobody opens this")
    (hub.folder / "modeling_gpt2.py").write_text("raise SystemExit")
    pretrained.add("gpt2")
    assert [path.name for path in models.iterdir()] == ["gpt2"]
    assert not any(path.endswith((".bin", ".py")) for path in hub.asked)
    gpt2 = pretrained.load("gpt2")
    assert (gpt2.licence, gpt2.source) == ("MIT", REPOSITORY)
    assert gpt2.spec.num_layers == 2
    count = len(hub.asked)
    pretrained.add("gpt2")  # it is here: nobody is asked again
    assert len(hub.asked) == count


def test_only_pickled_weights_there(hub: type[Hub], models: Path) -> None:
    save("gpt2", hub.folder)
    (hub.folder / "model.safetensors").rename(hub.folder / "pytorch_model.bin")
    with pytest.raises(pretrained.ModelError, match="has no weights"):
        pretrained.add("gpt2")
    assert [*models.iterdir()] == []


def test_no_such_model_there(hub: type[Hub], models: Path) -> None:
    with pytest.raises(pretrained.ModelError, match=r"hub has no such model.*google-t5/t5-small"):
        pretrained.add("t5")
    assert [*models.iterdir()] == []
