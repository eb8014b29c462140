"""
MESH on this machine: the calls that we make, answered as its specification says, each signature checked as it says and taken once.

Where the variable names a Python that has the NHS's own sandbox and client, the same tests run against those (CONTRIBUTING.md).
"""

import hashlib
import hmac
import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

OURS, THEIRS, PASSWORD, KEY = "X26ABC1", "X26ABC2", "password", "TestKey"
PRACTICE, WORKFLOW = "X26", "TEST_WORKFLOW"
SANDBOX = os.environ.get("MESH_SANDBOX", "")


@dataclass
class LocalMesh:
    """What lies in the practice's mailbox, by the number of the message."""

    address: str = ""
    held: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    became: dict[str, str] = field(default_factory=dict)
    inbox: dict[str, tuple[list[bytes], dict[str, str]]] = field(default_factory=dict)  # ours: chunks and headers
    acknowledged: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    busy: bool = False

    def collect(self) -> list[bytes]:
        """The practice takes its messages in."""
        for number in self.held:
            self.became[number] = "acknowledged"
        return [body for body, _ in self.held.values()]

    def deposit(self, *chunks: bytes, name: str = "records.pdf", kind: str = "application/pdf") -> str:
        """The practice puts a message into our mailbox."""
        headers = {"Mex-MessageType": "DATA", "Mex-From": THEIRS, "Mex-FileName": name, "Mex-Content-Type": kind}
        return self._put_in(list(chunks), headers)

    def report(self, about: str, *, local: str = "") -> str:
        """The exchange puts into our mailbox that nobody collected a message of ours."""
        said = {"Mex-MessageType": "REPORT", "Mex-LinkedMsgID": about, "Mex-LocalID": local, "Mex-StatusCode": "14"}
        return self._put_in(
            [b""], {**said, "Mex-StatusDescription": "Message not collected by recipient after 5 days"}
        )

    def _put_in(self, chunks: list[bytes], headers: dict[str, str]) -> str:
        number = uuid4().hex.upper()
        self.inbox[number] = chunks, {**headers, "Mex-WorkflowID": WORKFLOW}
        return number

    def waiting(self) -> list[str]:
        """What of our mailbox is not acknowledged."""
        return [number for number in self.inbox if number not in self.acknowledged]

    def _read(self, number: str, chunk: int) -> tuple[int, bytes, dict[str, str]]:
        chunks, headers = self.inbox[number]
        said = {**headers, "Mex-Chunk-Range": f"{chunk}:{len(chunks)}"}
        return 200 if chunk == len(chunks) else 206, chunks[chunk - 1], said

    def answer(
        self, method: str, target: str, headers: Any, body: bytes
    ) -> tuple[int, dict[str, Any]] | tuple[int, bytes, dict[str, str]]:
        """What it answers to one call."""
        if not self._is_signed(str(headers["Authorization"])):
            return 403, {"detail": [{"event": "", "code": "", "msg": "Invalid Authentication Token"}]}
        if self.busy:
            return 429, {}
        parts = urlsplit(target)
        match [method, *parts.path.strip("/").split("/")[1:]]:
            case ["POST", box] if box == OURS:
                return 200, {"mailbox_id": OURS}
            case ["GET", "endpointlookup", code, _]:
                found = [{"mailbox_id": THEIRS, "mailbox_name": "TESTMB2"}] if code == PRACTICE else []
                return 200, {"results": found}
            case ["POST", box, "outbox"] if box == OURS:
                if headers["Mex-To"] != THEIRS or headers["Mex-WorkflowID"] != WORKFLOW:
                    return 417, {"detail": [{"event": "SEND", "code": "12", "msg": "Unregistered to address"}]}
                number = uuid4().hex.upper()
                self.held[number] = body, dict(headers.items())
                self.became[number] = "accepted"
                return 202, {"message_id": number}
            case ["GET", box, "outbox", "tracking"] if box == OURS:
                number = parse_qs(parts.query)["messageID"][0]
                return (
                    (200, {"message_id": number, "status": self.became[number]}) if number in self.held else (404, {})
                )
            case ["GET", box, "inbox"] if box == OURS:
                return 200, {"messages": self.waiting(), "approx_inbox_count": len(self.waiting())}
            case ["GET", box, "inbox", number] if box == OURS and number in self.inbox:
                return self._read(number, 1)
            case ["GET", box, "inbox", number, chunk] if box == OURS and number in self.inbox:
                return self._read(number, int(chunk))
            case ["PUT", box, "inbox", number, "status", "acknowledged"] if box == OURS and number in self.inbox:
                self.acknowledged.append(number)
                return 200, b"", {}
        return 404, {}

    def _is_signed(self, header: str) -> bool:
        found = re.fullmatch(r"NHSMESH ([^:]+):([^:]+):(\d+):(\d{12}):([0-9a-f]{64})", header)
        if found is None or found[2] + found[3] in self.nonces:
            return False
        self.nonces.add(found[2] + found[3])
        said = f"{OURS}:{found[2]}:{found[3]}:{PASSWORD}:{found[4]}"
        wanted = hmac.digest(KEY.encode(), said.encode(), hashlib.sha256).hex()
        return found[1] == OURS and hmac.compare_digest(wanted, found[5])


@contextmanager
def opened() -> Iterator[LocalMesh]:
    """A MESH that answers at its `address` until the block ends."""
    mesh = LocalMesh()

    class Counter(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, value, *more = mesh.answer(self.command, self.path, self.headers, body)
            text = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.mesh.v2+json")
            for name, said in dict(*more).items():
                self.send_header(name, said)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = _serve

        def log_message(self, *_: object) -> None:
            """It is quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    mesh.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield mesh
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Sandbox:
    """The NHS's sandbox; what a practice collects, it collects with the NHS's client."""

    def __init__(self, address: str) -> None:
        self.address = address

    def collect(self) -> list[bytes]:
        """The practice takes its messages in."""
        said = (
            "import sys, mesh_client\n"
            f"with mesh_client.MeshClient(sys.argv[1], {THEIRS!r}, {PASSWORD!r}, shared_key={KEY.encode()!r}) as box:\n"
            "    for each in box.iterate_all_messages():\n"
            "        print(each.read().hex(), each.workflow_id, each.filename)\n"
            "        each.acknowledge()\n"
        )
        return [bytes.fromhex(line.split()[0]) for line in self._run(said).splitlines()]

    def deposit(self, *chunks: bytes, name: str = "records.pdf", kind: str = "application/pdf") -> str:
        """The practice puts a message into our mailbox, packed as its client packs each."""
        said = (
            "import sys, mesh_client\n"
            f"with mesh_client.MeshClient(sys.argv[1], {THEIRS!r}, {PASSWORD!r}, shared_key={KEY.encode()!r},"
            f" max_chunk_size={len(chunks[0])}, transparent_compress=True) as box:\n"
            f"    print(box.send_message({OURS!r}, sys.stdin.buffer.read(), workflow_id={WORKFLOW!r},"
            f" filename={name!r}, content_type={kind!r}))\n"
        )
        return self._run(said, b"".join(chunks)).strip()

    def report(self, about: str, *, local: str = "") -> str:
        """The exchange puts into our mailbox that nobody collected a message of ours."""
        said = {"mailbox_id": OURS, "code": "14", "description": "x", "workflow_id": WORKFLOW}
        body = json.dumps({**said, "local_id": local, "linked_message_id": about}).encode()
        asked = Request(
            f"{self.address}/messageexchange/admin/report", body, {"Content-Type": "application/json"}, method="POST"
        )
        with urlopen(asked, timeout=10) as answer:
            number: str = json.load(answer)["message_id"]
        return number

    def _run(self, script: str, given: bytes = b"") -> str:
        done = subprocess.run([SANDBOX, "-c", script, self.address], input=given, capture_output=True, check=True)
        return done.stdout.decode()


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """The NHS's own, in an environment of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [SANDBOX, "-m", "uvicorn", "mesh_sandbox.api:app", "--host", "127.0.0.1", "--port", str(port)]
    says = {**os.environ, "SHARED_KEY": KEY, "STORE_MODE": "memory", "AUTH_MODE": "full"}
    with subprocess.Popen(command, env=says, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(150):
                try:
                    with urlopen(f"{address}/health", timeout=2):
                        break
                except URLError:
                    time.sleep(0.2)
            yield Sandbox(address)
        finally:
            running.terminate()
