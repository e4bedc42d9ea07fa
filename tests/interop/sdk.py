"""Runs the senders' official Python SDKs: one JSON request per line in, one JSON answer per line out.

The protocol is in README.md; py/ has a file of rows per family. A row is one function under
@row(provider, op, package, module):
- it gets the imported SDK module and the Request (py/harness.py);
- "sign" returns the header pairs (and may replace r.body and r.url);
- "verify" returns True or False; what it raises is the SDK's reason to refuse;
- "answer" returns the body of the answer to a handshake.
"""

from py import developer, messaging, payments, standard, workspace  # noqa: F401, for their rows
from py.protocol import serve

if __name__ == "__main__":
    serve()
