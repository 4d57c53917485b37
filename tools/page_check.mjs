// Opens pages of `--format html` in a real browser and checks what a reader depends on.
//
//   npm install --prefix target/page playwright-core
//   NODE_PATH=target/page/node_modules node tools/page_check.mjs target/release/forkpoint [FOLDER FOR SCREENSHOTS]
//
// CHROMIUM names the browser; without it, /usr/bin/chromium.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { chromium } = createRequire(join(process.cwd(), 'target/page/package.json'))('playwright-core');
const [, , tool, pictures] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'page-'));
const fail = (what) => { throw new Error(what); };
const check = (holds, what) => holds || fail(what);

// Two logs that differ, as a page.
const page = (name, args) => {
  const path = join(folder, `${name}.html`);
  let code = 0;
  try { execFileSync(tool, ['diff', ...args, '--format', 'html', '-o', path]); } catch (error) { code = error.status; }
  check(code === 1, `${name}: exit code ${code}`);
  return path;
};
const log = (name, text) => { const path = join(folder, name); writeFileSync(path, text); return path; };

const NINJA = ['examples/ninja/ninja.wine8.A.log.gz', 'examples/ninja/ninja.wine10.A.log.gz', '--only-callers', '0x140000000..0x140100000'];
const hostile = (value) => `7 openat(AT_FDCWD, "<img src=x onerror=owned=1></script><script>owned=1</script>${value}", O_RDONLY) = 3\n7 close(3) = 0\n`;
const many = (bad) => {
  const lines = [];
  for (let nth = 0; nth < 40; nth += 1) for (let thread = 0; thread < 6000; thread += 1) {
    lines.push(`${100 + thread} ${nth % 2 ? 'getuid' : 'geteuid'}() = ${bad && nth === 7 + (thread % 11) ? 1 : 0}`);
  }
  return `${lines.join('\n')}\n`;
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const open = async (path, settings = {}) => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 950 }, ...settings });
  const tab = await context.newPage();
  const said = [], asked = [];
  tab.on('console', (message) => said.push(message.text()));
  tab.on('pageerror', (error) => said.push(String(error)));
  tab.on('request', (request) => asked.push(request.url()));
  const start = Date.now();
  await tab.goto(`file://${path}`);
  if (settings.javaScriptEnabled !== false) await tab.waitForSelector('#findings:not([hidden]) article h2');
  const quiet = () => {
    check(said.length === 0, `the console says ${said}`);
    check(asked.length === 1, `the page asks for ${asked}`);
  };
  return { tab, quiet, ms: Date.now() - start };
};

const ninja = page('ninja', NINJA);
{
  const { tab, quiet } = await open(ninja);
  check((await tab.textContent('h1')).startsWith('diverged: return-value after 432'), 'the verdict is the title');
  const title = () => tab.textContent('article h2');
  check((await title()).startsWith('origin 1'), 'the first origin is shown first');
  await tab.keyboard.press('n');
  check((await title()).startsWith('origin 2'), 'n leads to the next finding');
  await tab.keyboard.press('p');
  check((await title()).startsWith('origin 1'), 'p leads back');
  const row = await tab.$eval('tr.divergent', (row) => {
    const box = row.closest('.tall').getBoundingClientRect(), own = row.getBoundingClientRect();
    return own.top >= box.top && own.bottom <= box.bottom;
  });
  check(row, 'the divergence is in sight');
  check((await tab.$$eval('tr.divergent mark', (all) => all.length)) === 2, 'the changed value is marked');
  await tab.keyboard.press('r');
  check((await tab.textContent('tr.divergent')).includes('retval='), 'r shows the lines as they are');
  check((await tab.$$eval('tr.divergent mark', (all) => all.length)) === 2, 'the changed value is marked there too');
  await tab.keyboard.press('/');
  await tab.keyboard.type('ninja_lock');
  check((await tab.$$('nav.list li')).length === 1, 'search leaves one finding');
  await tab.fill('input[type=search]', '');
  await tab.selectOption('label:has-text("class") select', 'arguments');
  check((await tab.$$eval('nav.list strong', (all) => all.every((one) => one.textContent === 'arguments'))), 'the class filters');
  const href = await tab.getAttribute('nav.list a', 'href');
  const again = await open(`${ninja}${href}`);
  check((await again.tab.textContent('article h2')).includes('arguments'), 'an anchor opens its finding');
  check((await again.tab.$('figure svg path.arrow')) !== null, 'arrows lead from the origin');
  again.quiet();
  await again.tab.keyboard.press('c');
  await again.tab.waitForFunction(() => /Markdown|selected/.test(document.getElementById('status').textContent));
  await again.tab.keyboard.press('?');
  check(await again.tab.$eval('dialog', (dialog) => dialog.open), '? shows the keys');
  const nameless = await tab.$$eval('button, input, select, a, nav, dialog, section', (all) => all.filter((one) => {
    const label = one.getAttribute('aria-label') || one.textContent.trim() || (one.labels && [...one.labels].map((label) => label.textContent).join(''));
    return !label;
  }).map((one) => one.outerHTML.slice(0, 80)));
  check(nameless.length === 0, `without a name: ${nameless}`);
  check((await tab.getAttribute('html', 'lang')) === 'en', 'the page says its language');
  quiet();
}
for (const [name, settings] of [['wide', {}], ['dark', { colorScheme: 'dark' }], ['narrow', { viewport: { width: 420, height: 950 } }]]) {
  const { tab, quiet } = await open(ninja, settings);
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `${name}: the page is ${wide} pixels too wide`);
  // Text and paper of every tone are apart by the 4.5 that WCAG 2.2 asks for.
  const poor = await tab.evaluate(() => {
    const light = (colour) => {
      const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const paper = light(getComputedStyle(document.body).backgroundColor);
    return ['good', 'bad', 'warn', 'place', 'faint'].filter((tone) => {
      const node = document.createElement('p');
      node.className = tone;
      document.body.append(node);
      const ink = light(getComputedStyle(node).color);
      node.remove();
      return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5;
    });
  });
  check(poor.length === 0, `${name}: too little contrast: ${poor}`);
  if (pictures) {
    await tab.screenshot({ path: join(pictures, `page-${name}.png`) });
    await tab.evaluate(() => document.getElementById('findings').scrollIntoView());
    await tab.screenshot({ path: join(pictures, `page-${name}-findings.png`) });
  }
  quiet();
}
{
  const { tab, quiet } = await open(ninja, { javaScriptEnabled: false });
  const text = await tab.textContent('main');
  for (const words of ['start here', 'GetTempPath2W', '0120:0124', 'forkpoint explain']) check(text.includes(words), `without a script: ${words}`);
  quiet();
}
{
  const { tab, quiet } = await open(page('hostile', [log('a', hostile('a')), log('b', hostile('b'))]));
  check((await tab.evaluate(() => typeof owned)) === 'undefined', 'text of a log runs');
  check((await tab.$$('img')).length === 0, 'text of a log is markup');
  check((await tab.textContent('article')).includes('<img src=x'), 'text of a log is shown');
  quiet();
}
{
  const path = page('many', [log('many-a', many(false)), log('many-b', many(true))]);
  const megabytes = statSync(path).size / 1e6;
  const times = [];
  for (let run = 0; run < 3; run += 1) {
    const { tab, quiet, ms } = await open(path);
    check((await tab.textContent('#findings h2')).includes('6,000'), 'there are 6,000 findings');
    times.push(ms);
    quiet();
  }
  check(megabytes < 5, `6,000 findings take ${megabytes} MB`);
  console.log(`6,000 findings: ${megabytes.toFixed(2)} MB, open in ${times.sort((a, b) => a - b)[1]} ms (median of 3)`);
}
{
  const json = execFileSync(tool, ['extract', ninja], { maxBuffer: 1 << 28 });
  let own;
  try { execFileSync(tool, ['diff', ...NINJA, '--format', 'json', '--context', '20'], { maxBuffer: 1 << 28 }); } catch (error) { own = error.stdout; }
  check(Buffer.compare(json, own) === 0, 'extract gives the JSON back, byte for byte');
}
await browser.close();
console.log('the page is as it should be');
