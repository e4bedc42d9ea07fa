// What the rows are made of: the table, the request, and how an SDK is loaded.

import { File } from "node:buffer";
import { randomUUID, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// Node 18, which Debian 12 has, lacks these globals; some SDKs use them.
globalThis.crypto ??= webcrypto;
globalThis.File ??= File;

const here = fileURLToPath(new URL("..", import.meta.url));
const dir = resolve(process.env.HOOKPORTER_INTEROP_DIR || resolve(here, "../../target/interop"));

export const ROWS = new Map();

// A row: `module` is what to import, a package's export or a file in it; null where that is the package itself.
export const row = (provider, op, pkg, module, run) =>
  ROWS.set(`${provider} ${op}`, { provider, op, pkg, module: module ?? pkg, run });

// `name` is an export, or a path below node_modules ("./…") where the package has a file that it does not export.
export async function load(name) {
  const { default: importFrom } = await import(pathToFileURL(resolve(dir, "load.mjs")));
  return importFrom(name.startsWith("./") ? `./node_modules/${name.slice(2)}` : name);
}

export function named(pkg) {
  return `${pkg} ${JSON.parse(readFileSync(resolve(dir, "node_modules", pkg, "package.json"))).version}`;
}

// The request cannot be run: answered as an error, never as a refusal.
export class BadRequest extends Error {
  name = "BadRequest";
}

export class Call {
  constructor(raw) {
    this.secret = text(raw, "secret");
    this.body = text(raw, "body");
    this.url = raw.url ?? null;
    this.method = raw.method ?? "POST";
    this.timestamp = raw.timestamp ?? Math.floor(Date.now() / 1000);
    if (!Number.isInteger(this.timestamp)) throw new BadRequest("timestamp must be an integer");
    this.id = raw.id || `msg_${randomUUID()}`;
    this.headers = {}; // lower-case names; a repeated header is joined as servers do
    for (const [name, value] of raw.headers ?? []) {
      const key = name.toLowerCase();
      this.headers[key] = Object.hasOwn(this.headers, key) ? `${this.headers[key]}, ${value}` : value;
    }
  }

  get date() {
    return new Date(this.timestamp * 1000);
  }

  get millis() {
    return this.timestamp * 1000;
  }

  get json() {
    try {
      return JSON.parse(this.body);
    } catch {
      throw new BadRequest("body must be JSON");
    }
  }

  needUrl() {
    return text(this, "url");
  }

  get query() {
    return new URL(this.needUrl()).searchParams;
  }

  // The secret's parts where it is a JSON object; a plain one is all of `plain`.
  parts(...plain) {
    if (!this.secret.startsWith("{")) {
      if (!plain.length) throw new BadRequest("secret must be a JSON object");
      return Object.fromEntries(plain.map((name) => [name, this.secret]));
    }
    return JSON.parse(this.secret);
  }
}

function text(raw, name) {
  if (typeof raw[name] !== "string") throw new BadRequest(`${name} must be a string`);
  return raw[name];
}
