// One JSON request per line in, one JSON answer per line out; README.md has the protocol.

import { at } from "./clock.mjs";
import { BadRequest, Call, ROWS, load, named } from "./harness.mjs";

const describe = (e) => (e?.message === undefined ? String(e) : `${e.name}: ${e.message}`); // not every SDK throws Errors

async function answer(line) {
  const raw = JSON.parse(line);
  if (raw.op === "list") {
    return { rows: [...ROWS.values()].map(({ provider, op, pkg }) => ({ provider, op, sdk: named(pkg) })) };
  }
  const found = ROWS.get(`${raw.provider} ${raw.op}`);
  if (!found) throw new BadRequest(`no row for ${raw.provider} ${raw.op}`);
  const sdk = named(found.pkg);
  const module = await load(found.module);
  const call = new Call(raw);
  if (raw.op === "answer") return { sdk, answer: await found.run(module, call) };
  if (raw.op === "sign") {
    const headers = await found.run(module, call);
    return { sdk, headers, body: call.body, url: call.url };
  }
  try {
    return { sdk, accepted: await at(raw.now, () => found.run(module, call)), error: null };
  } catch (e) {
    if (e instanceof BadRequest) throw e;
    return { sdk, accepted: false, error: describe(e) };
  }
}

// Not node:readline, which also ends a line at U+2028 and U+2029.
async function* lines(stream) {
  let parts = [];
  for await (const chunk of stream.setEncoding("utf8")) {
    const [first, ...others] = chunk.split("\n");
    parts.push(first);
    for (const next of others) {
      yield parts.join("");
      parts = [next];
    }
  }
  if (parts.join("")) yield parts.join("");
}

export async function serve() {
  globalThis.console = new console.Console(process.stderr); // an SDK that prints must not break the protocol
  process.on("unhandledRejection", (e) => console.error(describe(e)));
  for await (const line of lines(process.stdin)) {
    const reply = await answer(line).catch((e) => ({ error: describe(e) }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}
