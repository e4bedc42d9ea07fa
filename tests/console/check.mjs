// Every screen and every change, in a real browser: node check.mjs ORIGIN with-axe|without-axe FILE-OF-A-WRONG-KEY RIGHT-KEY
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open } from './browser.mjs';

const [origin, looks, keyFile, rightKey] = process.argv.slice(2);
const [console_, look] = [`${origin}/staff/console`, `${origin}/staff/look`];
const page = await open();
let steps = 0;

function holds(condition, what) {
  steps += 1;
  if (!condition) throw new Error(`${page.url}: ${what}`);
}
const has = async (...texts) => {
  const shown = await page.text();
  for (const text of texts) holds(shown.includes(text), `"${text}" is not there:\n${shown.slice(0, 1500)}`);
};
const go = (path) => page.go(`${console_}/${path}`);
const press = (what) => page.tabTo(what).then(() => page.loads(() => page.press('Enter')));
const button = (name) => press(`here.matches('button') && here.innerText.trim().startsWith(${JSON.stringify(name)})`);
const link = (name) => press(`here.matches('a') && here.innerText.trim().startsWith(${JSON.stringify(name)})`);
const numberOf = () => Number(page.url.match(/events\/(\d+)/)[1]);
/// Loads the page again until it has the text: a worker takes a moment.
async function until(text) {
  for (let at = 0; at < 300; at++) {
    if ((await page.text()).includes(text)) return;
    await new Promise((done) => setTimeout(done, 100));
    await page.loads(() => page.ask('Page.reload'));
  }
  throw new Error(`${page.url}: "${text}" does not come:\n${await page.text()}`);
}

async function endpoints() {
  await page.go(console_);
  holds(page.url.endsWith('/staff/console/overview'), 'the mount leads to the first page');
  const first = await page.run(`document.querySelector('article').innerText`);
  holds(first.includes('Red') && first.includes('stripe'), 'what is red comes first');
  await has('Signed with key STRIPE_SECRET_2024, which has expired here.', 'The sender still signs with it', '1 red');
  holds(await page.run(`document.querySelector('.alarm a.guide').href.includes('troubleshooting')`), 'the way to the guide');
  // The first key leads past the ways to other pages.
  await page.tabTo(`here.matches('.skip')`, 1);
  await page.press('Enter');
  holds(await page.soon(`document.activeElement.id === 'main'`), 'the skip link leads to the content');
  await button('Pause');
  await has('The endpoint is paused', 'stopped');
  await button('Resume');
  await has('The endpoint takes requests again');
}

async function deliveries() {
  await go('overview');
  await link('Deliveries');
  await has('accepted', 'duplicate', 'rejected', 'invalid-signature');
  await page.tabTo(`here.name === 'text'`);
  await page.type('evt_in_');
  await page.loads(() => page.press('Enter'));
  holds((await page.run(`document.querySelectorAll('tbody tr').length`)) === 2, 'a search finds the delivery and its duplicate');
  await go('deliveries?outcome=rejected&endpoint=stripe');
  holds((await page.run(`document.querySelectorAll('tbody tr').length`)) === 6, 'a filter finds what was refused');
  await press(`here.matches('tbody th a')`);
  await has('Why', 'Signed with key', 'Next:', 'Headers', 'Trace');
  await go('deliveries?text=nothing-begins-so');
  await has('Nothing fits this filter.');
}

async function rejected() {
  await go('rejected');
  await has('invalid-signature', '6', 'Compare this endpoint');
  await press(`here.matches('tbody th a:not(.guide)')`);
  holds((await page.run(`document.querySelectorAll('tbody tr').length`)) === 6, 'a reason leads to its requests');
  await go('rejected?endpoint=github');
  await has('Nothing was rejected in the last 30 days.');
}

async function quarantine() {
  await go('rejected?endpoint=orders');
  for (const path of ['rejected?endpoint=orders', 'quarantine/1', 'rejected?endpoint=orders']) await looked(path);
  const numbers = () => page.run(`[...document.querySelectorAll('#kept ~ form tbody th a')].map((a) => a.innerText)`);
  holds((await numbers()).length === 3, 'three refused requests are kept');
  await link('Request');
  await has('Judged now:', 'No key fits', 'x-hub-signature-256', '71 bytes', '"order": 1', 'not shown');
  holds(!(await page.run(`document.documentElement.outerHTML`)).includes('sha256='), 'no proof is shown');
  await button('Recheck');
  await has('The proof of 0 requests holds now');
  // The secret is mended; a replaced file counts within a second.
  writeFileSync(keyFile, rightKey);
  await new Promise((done) => setTimeout(done, 1200));
  await go('rejected?endpoint=orders');
  await link('Request');
  await has('holds now', 'recheck it');
  await button('Recheck');
  await has('The proof of 1 request holds now');
  await go('rejected?endpoint=orders');
  holds((await numbers()).length === 2, 'one was handed off');
  await page.tabTo(`here.matches('input[type=checkbox]')`);
  await page.press(' ');
  await button('Forget');
  await has('1 request forgotten.');
  await go('rejected?endpoint=orders');
  await link('recheck');
  await has('Recheck 1 request?');
  await button('Recheck');
  await has('The proof of 1 request holds now', 'No refused request is kept.');
  await go('events?endpoint=orders');
  holds((await page.run(`document.querySelectorAll('tbody tr').length`)) === 2, 'two were handed off, and one forgotten');
}

async function lists() {
  await go('events');
  const numbers = () => page.run(`[...document.querySelectorAll('tbody th a')].map((a) => parseInt(a.innerText))`);
  const first = await numbers();
  holds(first.length === 50 && first[0] > first[49], 'fifty, the newest first');
  await link('Older');
  const second = await numbers();
  holds(second[0] < first[49], 'older ones');
  await link('Newest');
  holds((await numbers())[0] === first[0], 'the newest again');
  await go('events?state=working');
  await has('No event is in this state.');
}

async function chosen() {
  await go('dead');
  for (const _ of [1, 2]) {
    await page.tabTo(`here.matches('input[type=checkbox]')`);
    await page.press(' ');
  }
  await button('Requeue');
  await has('2 events will be worked again.');
  await go('parked');
  await page.tabTo(`here.matches('input[type=checkbox]')`);
  await page.press(' ');
  await button('Release');
  await has('1 event released');
  // A button with nothing chosen changes nothing, and says so.
  page.mayFail = true;
  await go('dead');
  await button('Requeue');
  page.mayFail = false;
  holds(page.status === 400, 'nothing chosen is refused');
  await has('this would change everything that fits'.replace('this', 'This'));
}

async function many() {
  await go('dead?type=invoice.paid');
  const before = await page.run(`document.querySelectorAll('tbody tr').length`);
  holds(before > 10, 'many dead letters');
  await link('replay');
  await has(`Replay ${before} events?`, 'each gets a verdict', 'invoice.paid');
  await link('Cancel');
  await link('replay');
  await page.tabTo(`here.name === 'reason'`);
  await page.type('after the ledger was mended');
  await button('Replay');
  await has('has begun.');
  await link('See how it goes');
  await until(`still failing\n${before}`);
  await has('after the ledger was mended', 'the ledger said no');
  await go('replays');
  await has('Replay 1');
}

async function oneEvent() {
  await go('dead?type=invoice.paid');
  await press(`here.matches('tbody th a')`);
  const number = numberOf();
  await has('Last error:', 'the ledger said no', 'Timeline', 'Attempts', 'content-type', 'Replays', '"account": "broken"');
  // Its body is replaced, and then it works.
  await page.tabTo(`here.matches('summary')`);
  await page.press('Enter');
  await page.tabTo(`here.matches('textarea')`);
  const body = await page.run(`document.activeElement.value`);
  holds(body === `{"id":"${body.slice(7, 15)}","account":"broken","amount":12900}`, `the form has the body: ${body}`);
  await page.run(`document.activeElement.select()`);
  await page.type('{\n  "account": "known"\n}');
  await button('Replace the body');
  await has('The body was replaced.', 'edited', '"account": "known"');
  const got = Buffer.from(await (await fetch(`${console_}/events/${number}/body.bin`)).arrayBuffer()).toString();
  holds(got === '{\n  "account": "known"\n}', `what was typed is kept as it was typed: ${JSON.stringify(got)}`);
  await link('As it came');
  await has('"account": "broken"');
  await button('Put back');
  await has('The body is again what came in.');
  await button('Replay, with verdict');
  await link('See how it goes');
  await until('still failing');
  await go(`events/${number}`);
  await button('Give up');
  await has('Gave up on 1 event', 'done');
  await link('Erase');
  await has('Erase 1 event?', 'does not come back');
  await button('Erase');
  await has('The event was erased.');
  page.mayFail = true;
  await go(`events/${number}`);
  page.mayFail = false;
  holds(page.status === 404, 'it is gone');
}

async function large() {
  await go('events?type=export.done');
  await press(`here.matches('tbody th a')`);
  const number = numberOf();
  await has('5 242 880 bytes'.replaceAll(' ', '\u00a0').replace('\u00a0bytes', ' bytes'), '00000000  00 9e');
  const html = await page.run(`document.documentElement.outerHTML.length`);
  holds(html < 100_000, `a page of 5 MiB has ${html} bytes`);
  await link('On');
  await has('Page 2 of 1280', '00001000  ');
  await link('Last');
  await has('004ff000  ');
  await link('Text');
  const kept = Buffer.from(await (await fetch(`${console_}/events/${number}/body.bin`)).arrayBuffer());
  const made = Buffer.alloc(5 * 1024 * 1024, 0);
  for (let at = 0; at < made.length; at++) made[at] = Math.imul(at, 2654435761) >>> 24;
  const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
  holds(digest(kept) === digest(made), 'what is downloaded is what came, byte for byte');
}

async function hostile() {
  await go('dead');
  await press(`here.matches('tbody th a') && here.innerText.includes('script')`);
  const shown = await page.text();
  for (const mark of ['‹ESC›', '‹U+202E›', '‹U+200B›', '‹NUL›', '<script>']) holds(shown.includes(mark), `${mark} is not shown`);
  holds((await page.run(`document.querySelectorAll('script, img, svg').length`)) === 0, 'no markup of a sender');
  await link('Text');
  await link('Hex');
  await has('62 72 6f 6b 65 6e 20 3c  73 63 72');
}

async function readOnly() {
  for (const path of ['overview', 'dead', 'events', 'parked', 'rejected', 'events/1']) {
    await page.go(`${look}/${path}`);
    holds((await page.run(`document.querySelectorAll('form[method=post] button, input[name=token]').length`)) === 0, 'nothing to change');
    await has('allow_changes()');
  }
}

/// Every screen: in the light and in the dark with the checker, and on a phone without a scrollbar across.
async function everywhere() {
  const event = await (await fetch(`${console_}/api/dead?limit=1`)).json();
  const number = event.events[0].number;
  const paths = ['overview', 'deliveries', 'deliveries/4', 'events', 'dead', 'parked', 'rejected', 'replays', 'replays/1', 'keys',
    `events/${number}`, `events/${number}?view=hex`, 'confirm?deed=requeue&state=dead', 'events?type=none'];
  for (const path of paths) await looked(path);
}

async function looked(path) {
  for (const scheme of ['light', 'dark']) {
    await page.scheme(scheme);
    await go(path);
    if (looks === 'with-axe') await page.axe();
  }
  await page.size(360, 740, true);
  await page.loads(() => page.ask('Page.reload'));
  const wide = await page.run(`document.documentElement.scrollWidth`);
  holds(wide <= 360, `on a phone it is ${wide} wide`);
  if (looks === 'with-axe') await page.axe();
  await page.size(1280, 900);
  await page.scheme('light');
}

try {
  for (const part of [endpoints, deliveries, rejected, quarantine, lists, chosen, many, oneEvent, large, hostile, readOnly, everywhere]) {
    const began = Date.now();
    await part();
    console.log(`${part.name}: ${Date.now() - began} ms`);
  }
  if (page.complaints.length) throw new Error(page.complaints.join('\n'));
  console.log(`${steps} steps hold`);
} catch (error) {
  console.error(error.stack, page.complaints.join('\n'));
  process.exitCode = 1;
} finally {
  await page.close();
}
