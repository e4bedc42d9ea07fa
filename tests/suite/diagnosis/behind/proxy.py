"""A proxy that reads what it passes on: `proxy.py HOST:PORT UPSTREAM WHAT`."""

import gzip
import http.client
import http.server
import json
import sys
import urllib.parse


def changed(what, body, headers):
    if what == "json":
        return json.dumps(json.loads(body)).encode()
    if what == "json-utf8":
        return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
    if what == "json-pretty":
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode()
    if what == "form":
        return urllib.parse.urlencode(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)).encode()
    if what == "form-percent":
        pairs = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)
        return urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote).encode()
    if what == "form-json":
        headers["content-type"] = "application/json"
        return json.dumps(dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))).encode()
    if what == "lines":
        return b"\n".join(body.splitlines()) + b"\n"
    if what == "gzip":
        headers["content-encoding"] = "gzip"
        return gzip.compress(body)
    if what == "repeat":
        return body
    raise SystemExit(f"what is {what}?")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = changed(sys.argv[3], self.rfile.read(int(headers.pop("content-length", 0))), headers)
        upstream = http.client.HTTPConnection(sys.argv[2])
        upstream.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            upstream.putheader(name, value)
            if sys.argv[3] == "repeat" and ("signature" in name or "hmac" in name):
                upstream.putheader(name, value)
        upstream.putheader("content-length", str(len(body)))
        upstream.endheaders(body)
        answer = upstream.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


host, port = sys.argv[1].split(":")
http.server.HTTPServer((host, int(port)), Handler).serve_forever()
