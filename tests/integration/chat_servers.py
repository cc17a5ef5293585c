"""The three chat platforms on loopback, as far as their long connections are documented.

Each counts the connections, keeps what was sent to it, and can push frames, drop the line or
refuse a login.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from alerts.ears import lark_frame
from alerts.ears.lark_frame import CONTROL, DATA, Frame

PATIENCE = 20  # seconds for what must come; a busy machine is slow


class Web:
    """An HTTP server that answers by path and keeps what it was asked."""

    def __init__(self, answer: Callable[[str, str, dict[str, Any]], tuple[int, Any]]) -> None:
        self.asked: Queue[tuple[str, str, dict[str, Any], dict[str, str]]] = Queue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.loads(raw or b"{}")
                outer.asked.put((self.command, self.path, body, dict(self.headers.items())))
                status, said = answer(self.command, self.path, body)
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_PATCH = do_PUT = do_POST  # noqa: N815 - named by http.server

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def wait_for(self, part: str) -> tuple[str, str, dict[str, Any], dict[str, str]]:
        """The next request whose path holds this."""
        while True:
            one = self.asked.get(timeout=PATIENCE)
            if part in one[1]:
                return one

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Line:
    """The WebSocket side: one connection at a time, frames in and out."""

    def __init__(self, greet: Callable[[ServerConnection], bool] = lambda _: True) -> None:
        self.connected: Queue[ServerConnection] = Queue()
        self.heard: Queue[Any] = Queue()
        self.paths: list[str] = []
        self.answer: Callable[[ServerConnection, Any], bool] = lambda _socket, _frame: False
        self._greet = greet
        self._server: Server = serve(self._handle, "127.0.0.1", 0)
        self.port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _handle(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.paths.append(socket.request.path)
        try:
            if not self._greet(socket):
                return
            self.connected.put(socket)
            for frame in socket:
                if not self.answer(socket, frame):
                    self.heard.put(frame)
        except ConnectionClosed:
            return

    def connection(self) -> ServerConnection:
        """The next connection that was made."""
        return self.connected.get(timeout=PATIENCE)

    def next(self) -> Any:
        """The next frame that was not answered by the platform itself."""
        return self.heard.get(timeout=PATIENCE)

    def close(self) -> None:
        self._server.shutdown()


class LarkPlatform:
    """飞书: endpoint, token, replies, messages that can be patched, and the long connection."""

    def __init__(self) -> None:
        self.line = Line()
        self.line.answer = self._pong
        self.pings = 0
        self.code = 0
        self.ping_every = 120
        self.web = Web(self._answer)
        self.url = self.web.url
        self.answers: list[tuple[int, dict[str, Any]]] = []
        """What sending and changing messages gets, in order; then yes."""
        self.sent = 0

    def _answer(self, _method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/callback/ws/endpoint":
            right = body == {"AppID": "cli_x", "AppSecret": "app-secret"}
            url = f"ws://127.0.0.1:{self.line.port}/ws?device_id=1&service_id=33"
            config = {"PingInterval": self.ping_every, "ReconnectInterval": 120}
            data = {"URL": url, "ClientConfig": config}
            return 200, {"code": self.code if right else 1000040344, "data": data}
        if path.endswith("tenant_access_token/internal"):
            return 200, {"code": 0, "tenant_access_token": "t-1", "expire": 7200}
        if self.answers:
            return self.answers.pop(0)
        self.sent += 1
        return 200, {"code": 0, "data": {"message_id": f"om_{self.sent}"}}

    def _pong(self, socket: ServerConnection, raw: Any) -> bool:
        frame = lark_frame.read(raw)
        if frame.method != CONTROL:
            return False
        assert (frame.headers["type"], frame.service) == ("ping", 33)
        self.pings += 1
        socket.send(lark_frame.write(Frame(CONTROL, 33, {"type": "pong"})))
        return True

    def push(self, socket: ServerConnection, event: dict[str, Any], parts: int = 1) -> None:
        """Push an event, in several frames if asked."""
        content = json.dumps(event, ensure_ascii=False).encode()
        size = -(-len(content) // parts)
        for number in range(parts):
            headers = {
                "type": "event",
                "message_id": str(event["header"]["event_id"]),
                "sum": str(parts),
                "seq": str(number),
                "trace_id": "t",
            }
            piece = content[number * size : (number + 1) * size]
            socket.send(lark_frame.write(Frame(DATA, 33, headers, piece, seq=7, log=8)))

    def acknowledged(self) -> dict[str, Any]:
        """The next acknowledgement, with what it shows."""
        frame = lark_frame.read(self.line.next())
        assert (frame.method, frame.seq, frame.log) == (DATA, 7, 8)
        answer: dict[str, Any] = json.loads(frame.payload)
        assert answer["code"] == 200
        shown = json.loads(base64.b64decode(answer["data"])) if "data" in answer else {}
        return dict(shown)

    def close(self) -> None:
        self.web.close()
        self.line.close()


def lark_message(
    text: str, sender: str, number: str = "om_in", at: int = 1_795_000_000_000, **message: Any
) -> dict[str, Any]:
    """im.message.receive_v1, version 2.0."""
    return {
        "schema": "2.0",
        "header": {"event_id": f"ev-{number}", "event_type": "im.message.receive_v1"},
        "event": {
            "sender": {
                "sender_id": {"open_id": sender, "user_id": None, "union_id": "on_1"},
                "sender_type": "user",
            },
            "message": {
                "message_id": number,
                "create_time": str(at),
                "chat_type": "p2p",
                "message_type": "text",
                "content": json.dumps({"text": text}),
                **message,
            },
        },
    }


def lark_tap(action: str, sender: str, number: str = "tap-1") -> dict[str, Any]:
    """card.action.trigger, version 2.0."""
    return {
        "schema": "2.0",
        "header": {"event_id": number, "event_type": "card.action.trigger"},
        "event": {
            "operator": {"open_id": sender, "user_id": "u1"},
            "action": {"tag": "button", "value": {"fengsui": action}},
            "context": {"open_message_id": "om_1", "open_chat_id": "oc_1"},
        },
    }


class DingPlatform:
    """钉钉: the gateway, the address for answers, and the stream."""

    def __init__(self) -> None:
        self.line = Line()
        self.answers: list[tuple[int, dict[str, Any]]] = []
        """What sending and changing cards gets, in order; then yes."""
        self.web = Web(self._answer)
        self.url = self.web.url

    def _answer(self, _method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/v1.0/gateway/connections/open":
            if body.get("clientSecret") != "ding-secret":
                return 401, {"code": "authFailed"}
            assert {one["topic"] for one in body["subscriptions"]} == {
                "/v1.0/im/bot/messages/get",
                "/v1.0/card/instances/callback",
            }
            return 200, {"endpoint": f"ws://127.0.0.1:{self.line.port}/connect", "ticket": "a+b="}
        if path.endswith("/oauth2/accessToken"):
            right = body.get("appSecret") == "ding-secret"
            return (200, {"accessToken": "at-1", "expireIn": 7200}) if right else (400, {})
        if self.answers:
            return self.answers.pop(0)
        delivered = [{"success": True, "spaceType": "IM_ROBOT"}]
        return 200, {"success": True, "result": {"deliverResults": delivered}, "errcode": 0}

    def push(self, socket: ServerConnection, topic: str, data: Any, kind: str = "CALLBACK") -> None:
        """Push a frame."""
        frame = {
            "specVersion": "1.0",
            "type": kind,
            "headers": {"topic": topic, "messageId": "m-1", "contentType": "application/json"},
            "data": json.dumps(data, ensure_ascii=False),
        }
        socket.send(json.dumps(frame, ensure_ascii=False))

    def acknowledged(self) -> Any:
        """The data of the next acknowledgement."""
        frame = json.loads(self.line.next())
        assert (frame["code"], frame["headers"]["messageId"]) == (200, "m-1")
        return json.loads(frame["data"])

    def message(self, text: str, staff: str, number: str = "msg-1", **more: Any) -> dict[str, Any]:
        """A message to the robot."""
        return {
            "msgId": number,
            "msgtype": "text",
            "text": {"content": f" {text} "},
            "senderStaffId": staff,
            "conversationType": "1",
            "createAt": 1_795_000_000_000,
            "sessionWebhook": f"{self.url}/robot/sendBySession?session=s",
            **more,
        }

    def close(self) -> None:
        self.web.close()
        self.line.close()


class WecomPlatform:
    """企业微信's smart robot: subscription, heartbeats, callbacks."""

    def __init__(self) -> None:
        self.errcode = 0
        self.pings = 0
        self.deaf = False
        self.line = Line(self._subscribed)
        self.line.answer = self._pong
        self.url = f"ws://127.0.0.1:{self.line.port}"

    def _subscribed(self, socket: ServerConnection) -> bool:
        frame = json.loads(socket.recv(timeout=PATIENCE))
        right = frame["body"] == {"bot_id": "bot-1", "secret": "bot-secret"}
        code = self.errcode if right else 40001
        socket.send(json.dumps({"headers": frame["headers"], "errcode": code, "errmsg": "ok"}))
        return code == 0

    def _pong(self, socket: ServerConnection, raw: Any) -> bool:
        frame = json.loads(raw)
        if frame.get("cmd") != "ping":
            return False
        self.pings += 1
        if not self.deaf:
            socket.send(json.dumps({"headers": frame["headers"], "errcode": 0, "errmsg": "ok"}))
        return True

    def push(self, socket: ServerConnection, cmd: str, body: dict[str, Any]) -> None:
        """Push a callback."""
        frame = {"cmd": cmd, "headers": {"req_id": "req-1"}, "body": body}
        socket.send(json.dumps(frame, ensure_ascii=False))

    def answered(self) -> dict[str, Any]:
        """The next frame that answers a callback."""
        frame: dict[str, Any] = json.loads(self.line.next())
        assert frame["headers"]["req_id"] == "req-1"
        return frame

    def close(self) -> None:
        self.line.close()


def wecom_message(text: str, user: str, number: str = "msg-1", **more: Any) -> dict[str, Any]:
    """A message to the robot."""
    return {
        "msgid": number,
        "aibotid": "bot-1",
        "chattype": "single",
        "from": {"userid": user},
        "msgtype": "text",
        "text": {"content": text},
        **more,
    }


def wecom_tap(key: str, user: str, number: str = "tap-1") -> dict[str, Any]:
    """A tap on a button of a template card."""
    tapped = {"card_type": "button_interaction", "event_key": key, "task_id": "task-1"}
    return {
        "msgid": number,
        "chattype": "single",
        "from": {"userid": user},
        "msgtype": "event",
        "event": {"eventtype": "template_card_event", "template_card_event": tapped},
    }
