// Runs the senders' official Node SDKs: one JSON request per line in, one JSON answer per line out.
//
// The protocol is in README.md; js/ has a file of rows per family. A row is
// row(provider, op, package, module, function):
// - the function gets the imported SDK module and the call (js/harness.mjs);
// - "sign" returns the header pairs (and may replace r.body and r.url);
// - "verify" returns true or false; what it throws is the SDK's reason to refuse;
// - "answer" returns the body of the answer to a handshake.

import "./js/cloud.mjs";
import "./js/developer.mjs";
import "./js/messaging.mjs";
import "./js/payments.mjs";
import "./js/standard.mjs";
import "./js/workspace.mjs";
import { serve } from "./js/protocol.mjs";

await serve();
