#!/usr/bin/env python3
"""A gateway that does not serve, on the address of --listen.

  test/deploy/broken_gateway.py refusing|unready ... --listen HOST:PORT ...

refusing: healthy and ready, but any other request is answered with 500. unready: healthy, and never ready.
"""
import http.server
import json
import sys

STATUS = {"refusing": {"/health": 200, "/ready": 200}, "unready": {"/health": 200, "/ready": 503}}[sys.argv[1]]


class Gateway(http.server.BaseHTTPRequestHandler):
    """Says healthy, ready, or that it failed."""

    def do_GET(self):
        """The name is the library's."""
        self.send_response(STATUS.get(self.path, 500))
        self.end_headers()
        self.wfile.write(json.dumps({"status": self.path.lstrip("/").replace("health", "healthy")}).encode())

    do_POST = do_GET


host, port = sys.argv[sys.argv.index("--listen") + 1].split(":")
http.server.HTTPServer((host, int(port)), Gateway).serve_forever()
