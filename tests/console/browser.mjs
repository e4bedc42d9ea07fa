// A browser without a window, by its own protocol over a pipe: no library is needed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const installed = process.env.HOOKPORTER_CONSOLE_DIR ?? new URL('../../target/console', import.meta.url).pathname;
const axe = () => readFileSync(join(installed, 'node_modules/axe-core/axe.min.js'), 'utf8');

/// Starts a browser with one page; whatever the page complains about is in `complaints`.
export async function open() {
  const profile = mkdtempSync(join(tmpdir(), 'hookporter-browser-'));
  // Tests run as root, too, where the sandbox of Chromium does not start; it is shown our own pages only.
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--mute-audio',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions', '--hide-scrollbars',
    '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'];
  const child = spawn('chromium', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const gone = new Promise((done) => child.once('exit', done));
  const pipe = new Pipe(child.stdio[3], child.stdio[4], gone);
  const targetId = await firstPage(pipe);
  const { sessionId } = await pipe.ask('Target.attachToTarget', { targetId, flatten: true });
  const page = new Page(pipe, sessionId);
  await page.begin();
  page.close = async () => {
    await pipe.ask('Browser.close').catch(() => {});
    await Promise.race([gone, new Promise((done) => setTimeout(done, 3000))]);
    child.kill('SIGKILL');
    await gone;
    // A process of the browser's that has not ended yet may still write there.
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    } catch (error) {
      console.log(`left behind: ${error.message}`);
    }
  };
  return page;
}

/// The page that it starts with, which is there a moment after the browser is.
async function firstPage(pipe) {
  for (let at = 0; at < 600; at++) {
    const { targetInfos } = await pipe.ask('Target.getTargets');
    const page = targetInfos.find((target) => target.type === 'page');
    if (page) return page.targetId;
    await pause();
  }
  throw new Error('the browser has no page');
}

const pause = () => new Promise((done) => setTimeout(done, 100));

/// Requests and answers, with a zero byte behind each.
class Pipe {
  #next = 1;
  #asked = new Map();
  #listeners = [];
  constructor(output, input, gone) {
    this.output = output;
    let rest = [];
    input.on('data', (chunk) => {
      for (;;) {
        const end = chunk.indexOf(0);
        if (end < 0) break;
        this.#told(JSON.parse(Buffer.concat([...rest, chunk.subarray(0, end)]).toString()));
        rest = [];
        chunk = chunk.subarray(end + 1);
      }
      rest.push(chunk);
    });
    gone.then(() => {
      for (const { fail } of this.#asked.values()) fail(new Error('the browser is gone'));
    });
  }
  #told(message) {
    const asked = this.#asked.get(message.id);
    if (!asked) return this.#listeners.forEach((listener) => listener(message));
    this.#asked.delete(message.id);
    if (message.error) asked.fail(new Error(`${asked.method}: ${message.error.message}`));
    else asked.done(message.result);
  }
  on(listener) {
    this.#listeners.push(listener);
  }
  ask(method, params = {}, sessionId = undefined) {
    const id = this.#next++;
    return new Promise((done, fail) => {
      this.#asked.set(id, { done, fail, method });
      this.output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }
}

class Page {
  complaints = [];
  #loaded = () => {};
  constructor(pipe, session) {
    this.pipe = pipe;
    this.session = session;
  }
  ask(method, params) {
    return this.pipe.ask(method, params, this.session);
  }
  async begin() {
    this.pipe.on((message) => message.sessionId === this.session && this.#heard(message));
    for (const domain of ['Page', 'Runtime', 'Log', 'Audits', 'Network']) await this.ask(`${domain}.enable`);
    await this.size(1280, 900);
    // That the empty page is loaded is not to be taken for the first one's.
    while ((await this.run('document.readyState')) !== 'complete') await pause();
  }
  /// Whether something holds, or does in a moment.
  async soon(expression) {
    for (let at = 0; at < 100; at++) {
      if (await this.run(expression)) return true;
      await pause();
    }
    return false;
  }
  #heard({ method, params }) {
    const complain = (text) => this.complaints.push(`${this.url}: ${text}`);
    if (method === 'Page.loadEventFired') this.#loaded();
    if (method === 'Runtime.exceptionThrown') complain(`exception: ${params.exceptionDetails.text}`);
    if (method === 'Runtime.consoleAPICalled') complain(`console: ${params.args.map((arg) => arg.value).join(' ')}`);
    // A page that says why not has a status that says so, too.
    if (method === 'Log.entryAdded' && !(this.mayFail && params.entry.source === 'network')) complain(`log: ${params.entry.text} ${params.entry.url ?? ''}`);
    if (method === 'Audits.issueAdded') complain(`issue: ${JSON.stringify(params.issue)}`);
    if (method === 'Page.javascriptDialogOpening') complain(`dialog: ${params.message}`);
    if (method === 'Network.requestWillBeSent' && !params.request.url.startsWith(this.origin)) complain(`asks elsewhere: ${params.request.url}`);
    if (method === 'Network.responseReceived' && params.type === 'Document') {
      this.status = params.response.status;
      this.url = params.response.url;
    }
  }
  /// Does something that loads a page, and waits until it is there.
  async loads(action) {
    const loaded = new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`no page within a minute, after ${this.url}`)), 60000);
      this.#loaded = () => (clearTimeout(late), done());
    });
    await action();
    await loaded;
    // A script of anybody's would have said so in this world.
    if (await this.run('window.owned !== undefined')) this.complaints.push(`${this.url}: a sender's script ran`);
  }
  async go(url) {
    this.origin = new URL(url).origin;
    await this.loads(() => this.ask('Page.navigate', { url }));
  }
  async run(expression, awaitPromise = false) {
    const { result, exceptionDetails } = await this.ask('Runtime.evaluate', { expression, returnByValue: true, awaitPromise });
    if (exceptionDetails) throw new Error(`${expression.slice(0, 200)}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }
  text(selector = 'body') {
    return this.run(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);
  }
  async size(width, height, mobile = false) {
    await this.ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
  }
  async scheme(value) {
    await this.ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  }
  /// Presses a key, as a person would: it goes where the focus is.
  async press(key, modifiers = 0) {
    const keys = { Tab: [9, ''], Enter: [13, '\r'], ' ': [32, ' '] };
    const [windowsVirtualKeyCode, text] = keys[key];
    const code = key === ' ' ? 'Space' : key;
    await this.ask('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', key, code, windowsVirtualKeyCode, text, modifiers });
    await this.ask('Input.dispatchKeyEvent', { type: 'keyUp', key, code, windowsVirtualKeyCode, modifiers });
  }
  async type(text) {
    await this.ask('Input.insertText', { text });
  }
  /// Presses Tab until the focus is on what the expression says of `here`; what has the focus must show it, and be seen.
  async tabTo(what, most = 400) {
    for (let at = 0; at < most; at++) {
      await this.press('Tab');
      const found = await this.run(`(() => {
        const here = document.activeElement;
        if (!here || here === document.body) return 'nothing';
        const box = here.getBoundingClientRect();
        const style = getComputedStyle(here);
        const name = here.outerHTML.slice(0, 120);
        if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 'bad: no sign of the focus on ' + name;
        const [x, y] = [box.left + Math.min(box.width, 20) / 2, box.top + Math.min(box.height, 20) / 2];
        const top = document.elementFromPoint(x, y);
        if (box.width > 0 && !(top && (here.contains(top) || top.contains(here) || top.closest('label')?.contains(here)))) return 'bad: hidden behind something: ' + name;
        return (${what}) ? 'found' : 'another';
      })()`);
      if (found.startsWith('bad')) throw new Error(`${this.url}: ${found}`);
      if (found === 'found') return;
    }
    throw new Error(`${this.url}: no way by keyboard to ${what}`);
  }
  async picture() {
    return Buffer.from((await this.ask('Page.captureScreenshot', { format: 'png' })).data, 'base64');
  }
  /// What the checker of accessibility finds that is serious or critical.
  async axe() {
    await this.run(`${axe()}; 0`);
    const found = await this.run(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map((one) =>
      [one.impact, one.id, one.help, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | ')].join(': ')))`, true);
    for (const finding of found) {
      if (/^(serious|critical)/.test(finding)) this.complaints.push(`${this.url}: axe: ${finding}`);
      else console.log(`${this.url}: axe: ${finding}`);
    }
  }
}
