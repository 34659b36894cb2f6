#!/usr/bin/env python3
"""Takes what is posted to 127.0.0.1:PORT, and appends it to a file, one JSON text a line.

  test/deploy/webhook.py PORT FILE
"""
import http.server
import json
import sys


class Webhook(http.server.BaseHTTPRequestHandler):
    """/refused is answered with 500."""

    def do_POST(self):
        """The name is the library's."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(sys.argv[2], "a", encoding="utf-8") as file:
            file.write(json.dumps({"path": self.path, "type": self.headers["Content-Type"], "body": body}) + "\n")
        self.send_response(500 if self.path == "/refused" else 200)
        self.end_headers()

    def log_message(self, *_):
        """Silent."""


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Webhook).serve_forever()
