"""What the rows are made of: the table and the request."""

import json
import time
import uuid
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

ROWS = {}


def row(provider, op, package, module=None):
    """Makes a function a row; the module is what it gets imported, by default the package's namesake."""

    def add(function):
        ROWS[provider, op] = (function, package, module or package)
        return function

    return add


class BadRequest(Exception):
    """The request cannot be run: answered as an error, never as a refusal."""


class Request:
    def __init__(self, raw):
        self.secret = text(raw, "secret")
        self.body = text(raw, "body")
        self.url = raw.get("url")
        self.method = raw.get("method") or "POST"
        self.timestamp = int(time.time()) if raw.get("timestamp") is None else raw["timestamp"]
        if not isinstance(self.timestamp, int):
            raise BadRequest("timestamp must be an integer")
        self.id = raw.get("id") or f"msg_{uuid.uuid4().hex}"
        self.headers = {}  # lower-case names; a repeated header is joined as servers do
        for name, value in raw.get("headers") or []:
            name = name.lower()
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value

    @property
    def date(self):
        return datetime.fromtimestamp(self.timestamp, tz=timezone.utc)

    @property
    def millis(self):
        return self.timestamp * 1000

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError as e:
            raise BadRequest("body must be JSON") from e

    def need_url(self):
        if not isinstance(self.url, str):
            raise BadRequest("url is required")
        return self.url

    @property
    def query(self):
        return {name: values[0] for name, values in parse_qs(urlsplit(self.need_url()).query).items()}

    def parts(self, *plain):
        """The secret's parts where it is a JSON object; a plain one is all of `plain`."""
        if not self.secret.startswith("{"):
            if not plain:
                raise BadRequest("secret must be a JSON object")
            return {name: self.secret for name in plain}
        return json.loads(self.secret)


def text(raw, name):
    if not isinstance(raw.get(name), str):
        raise BadRequest(f"{name} must be a string")
    return raw[name]
