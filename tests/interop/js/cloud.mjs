// Senders of cloud platforms. Keys that their SDKs fetch are in the secret; nothing is fetched.

import { X509Certificate } from "node:crypto";
import https from "node:https";
import { Readable } from "node:stream";

import { row } from "./harness.mjs";

// aws-sns: the secret is the certificate, PEM or base64 of its DER, also as {"certificate_pem"}. It is served whatever
// URL the SDK asks for, which remembers the certificate of a URL until the program ends.

row("aws-sns", "verify", "sns-validator", null, ({ default: MessageValidator }, r) => {
  const { certificate_pem: given } = r.parts("certificate_pem");
  const certificate = new X509Certificate(given.startsWith("-----") ? given : Buffer.from(given, "base64")).toString();
  const fetched = https.get;
  https.get = (_url, respond) => {
    const response = Readable.from([certificate]);
    response.statusCode = 200;
    respond(response);
    return response;
  };
  return new Promise((accept, refuse) => {
    new MessageValidator().validate(r.body, (error) => (error ? refuse(error) : accept(true)));
  }).finally(() => {
    https.get = fetched;
  });
});

// google-pubsub: the secret is {"jwk", "audience"}; the SDK checks neither the body nor who the token is for otherwise

row("google-pubsub", "verify", "google-auth-library", null, async ({ OAuth2Client }, r) => {
  const { jwk, audience } = r.parts();
  const client = new OAuth2Client();
  const certs = { [jwk.kid]: { key: jwk, format: "jwk" } };
  client.getFederatedSignonCertsAsync = async () => ({ certs });
  const idToken = r.headers.authorization?.replace(/^Bearer /, "");
  await client.verifyIdToken({ idToken, audience });
  return true;
});

// qstash: the secret is {"current", "next"}, or the current key, which then is the next one too

row("qstash", "verify", "@upstash/qstash", null, ({ Receiver }, r) => {
  const { current: currentSigningKey, next: nextSigningKey } = r.parts("current", "next");
  const receiver = new Receiver({ currentSigningKey, nextSigningKey });
  return receiver.verify({ signature: r.headers["upstash-signature"], body: r.body, url: r.needUrl() });
});
