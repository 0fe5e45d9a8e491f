// embed.html in frames of other pages: on a server, in a sandbox, from a folder, out of sight, without WebGL.
'use strict';
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const {holds, native, run, same, test} = require('./support.js');
const {address, drawn, folder, kPatience, launch, Playground, start, stop} = require('./playground.js');
const host = require('./embed_support.js');
const {frame, Host} = host;
require('./embed_messages.js'); // adds its tests to this run

const kSmall = 'loads=synth:gpt-oss-20b';
const hash_of = (...words) => native('balance', ...words).hash;
const small_hash = hash_of('synth:gpt-oss-20b');

test('FitsItsBudget', async () => {
  const options = {params: {[zlib.constants.BROTLI_PARAM_QUALITY]: 11}};
  const size = zlib.brotliCompressSync(fs.readFileSync(path.join(folder, 'embed.html')), options).length;
  console.log(`measured: embed.html has ${size} bytes brotli-11`);
  holds(size <= 520000, `embed.html has ${size} bytes brotli-11; at most 520000 are wanted`);
});

test('NeedsNothingButItself', async () => {
  for (const from of ['http', 'file']) {
    const it = await Host.open(frame(kSmall), {from});
    same(await it.read('hash'), small_hash, `${from}: the result`);
    const foreign = it.requests.filter((url) => !/\/(host\d+|embed)\.html(#|$)|^blob:/.test(url));
    same(foreign, [], `${from}: nothing else is fetched`);
    await it.close();
  }
});

test('RunsFromSrcdoc', async () => {
  const it = await Host.open('<iframe sandbox="allow-scripts" style="width: 700px; height: 460px"></iframe>');
  await it.page.evaluate((text) => { document.querySelector('iframe').srcdoc = text; },
    fs.readFileSync(path.join(host.site, 'embed.html'), 'utf8'));
  same(await it.read('hash'), hash_of('synth:deepseek-v3'), 'the result');
  same(await (await it.frame()).getAttribute('#whole', 'href'), host.url() + 'index.html', 'the whole playground');
  await it.close();
});

test('ShowsThePanelAlone', async () => {
  for (const [panel, there] of [['placement', 'step.play'], ['traffic', 'traffic.heat'], ['compare', 'compare.run'],
    ['redundancy', 'redundancy.plot'], ['export', 'export.command']]) {
    const it = await Playground.open(`${kSmall}&panel=${panel}&embed=1&theme=dark`);
    await it.at(there);
    for (const hidden of ['strategy.k2', 'tab.compare', 'theme.dark', 'window.track']) {
      same(await it.page.evaluate((name) => window.playground.find(name), hidden), '', `${panel}: ${hidden}`);
    }
    holds(!await it.page.isVisible('header'), 'no header');
    holds(await it.page.evaluate(() => document.documentElement.classList.contains('dark')), 'dark');
    same(await it.page.getAttribute('#whole', 'href'), `${address()}#${kSmall}&strategy=keel&panel=${panel}&theme=dark`, 'the way out');
    await it.close();
  }
});

test('OpensTheWholePlayground', async () => {
  for (const [from, sandbox] of [['http', 'sandbox="allow-scripts allow-popups"'], ['http', ''], ['file', '']]) {
    const it = await Host.open(frame(kSmall + '&strategy=ref', sandbox), {from});
    const inner = await it.frame();
    const [tab] = await Promise.all([it.page.context().waitForEvent('page'), inner.click('#whole')]);
    await tab.waitForFunction(() => window.playground && window.playground.read('hash') !== '', null, {timeout: kPatience});
    same(await tab.evaluate(() => window.playground.read('strategy')), 'ref', 'the same state');
    holds(await tab.isVisible('header'), 'with its header');
    same(await tab.evaluate(() => window.opener), null, 'no way back');
    await it.close();
  }
  // From a local folder and in a sandbox no tab can be opened.
  const it = await Host.open(frame(kSmall + '&strategy=ref'), {from: 'file'});
  const inner = await it.frame();
  await inner.click('#whole');
  await inner.waitForSelector('header', {timeout: kPatience});
  same(await it.read('strategy'), 'ref', 'the same state in place');
  await it.close();
});

test('CopiesItsCode', async () => {
  const it = await Playground.open(`${kSmall}&panel=export&strategy=k2`);
  const code = await it.copied(() => it.click('export.embed'));
  same(await it.copied(() => it.choose('export', 'embed')), code, 'the header copies the same');
  const page = await Host.open(code);
  same(await page.read('hash'), await it.read('hash'), 'the frame shows the same');
  same(await page.read('panel'), 'export', 'its panel');
  await page.close();
  await it.close();
});

test('SeveralDoNotDisturbEachOther', async () => {
  const states = ['', '&strategy=ref', '&gpus=4&redundant=8'];
  const it = await Host.open(states.map((state) => frame(kSmall + state)).join(''), {viewport: {width: 1000, height: 1500}});
  const hashes = [small_hash, hash_of('synth:gpt-oss-20b', '--strategy', 'ref'),
    hash_of('synth:gpt-oss-20b', '--gpus', '4', '--redundant', '8')];
  for (let i = 0; i < 3; ++i) same(await it.read('hash', i), hashes[i], `frame ${i}`);
  await it.ping(1);
  await it.run(() => ask('SET', {options: {strategy: 'k2'}}, [], 1));
  same(await it.read('strategy', 1), 'k2', 'what was set');
  for (const i of [0, 2]) same(await it.read('hash', i), hashes[i], `frame ${i} afterwards`);
  await it.close();
});

test('LeavesKeysToTheHostUntilClicked', async () => {
  const it = await Host.open(`<input id="before"> ${frame(kSmall)} <input id="after">`);
  await it.page.click('#before');
  await it.frame();
  await it.page.keyboard.type('a b');
  await it.page.keyboard.press('ArrowLeft');
  await it.page.keyboard.type('c');
  same(await it.page.inputValue('#before'), 'a cb', 'what was typed stays');
  const [x, y] = await it.at('step.back');
  await it.page.mouse.click(x, y, {delay: 40});
  const inner = await it.frame();
  await inner.waitForFunction(() => window.playground.read('step') !== 'last', null, {timeout: kPatience});
  await it.page.keyboard.type('xyz');
  same(await it.page.inputValue('#before'), 'a cb', 'keys go to the canvas now');
  await it.page.keyboard.press('Escape');
  await it.page.waitForFunction(() => document.hasFocus() && document.activeElement.tagName !== 'IFRAME', null,
    {timeout: kPatience});
  await it.page.evaluate(() => { window.keys = ''; addEventListener('keydown', (event) => { keys += event.key; }); });
  await it.page.keyboard.type('q');
  same(await it.page.evaluate(() => window.keys), 'q', 'after Escape the host has the keys');
  await it.close();
});

test('EscapeRightBehindAClickLeaves', async () => {
  const it = await Host.open(frame(kSmall));
  const [x, y] = await it.at('step.back');
  const inner = await it.frame();
  for (let i = 0; i < 5; ++i) {
    await it.page.mouse.move(x, y);
    await it.page.mouse.down();
    await drawn(inner, 2); // the program has seen the button go down
    const held = inner.evaluate(() => { // both come between two frames
      for (const end = performance.now() + 200; performance.now() < end;);
    });
    await Promise.all([held, it.page.mouse.up(), it.page.keyboard.press('Escape')]);
    await it.page.waitForFunction(() => document.activeElement.tagName !== 'IFRAME', null, {timeout: kPatience});
  }
  await it.close();
});

test('TabGoesThroughAndOn', async () => {
  const it = await Host.open(`<input id="before"> ${frame(kSmall)} <input id="after">`);
  const inner = await it.frame();
  const place = async () => {
    const outer = await it.page.evaluate(() => document.activeElement.id || document.activeElement.tagName);
    return outer === 'IFRAME' ? inner.evaluate(() => document.activeElement.id) : outer;
  };
  // The focus goes from process to process; on the way it is nowhere in the frame.
  const tab = async () => {
    const before = await place();
    await it.page.keyboard.press('Tab');
    let now = before;
    for (const end = Date.now() + kPatience; (now === before || now === '') && Date.now() < end; now = await place()) {
      await it.page.waitForTimeout(20);
    }
    return now;
  };
  await it.page.click('#before');
  const reached = [];
  for (let i = 0; i < 3; ++i) {
    reached.push(await tab());
  }
  same(reached, ['canvas', 'whole', 'after'], 'Tab from the field before to the field after');
  await it.page.click('#before');
  await it.page.mouse.click(...await it.at('step.back'), {delay: 40});
  await it.page.keyboard.press('Escape');
  await it.page.waitForFunction(() => document.activeElement.tagName !== 'IFRAME', null, {timeout: kPatience});
  const onwards = [];
  for (let i = 0; i < 4 && !onwards.includes('after'); ++i) {
    onwards.push(await tab());
  }
  holds(onwards.includes('after'), `Tab goes on after Escape: ${onwards}`);
  await it.close();
});

test('LeavesTheWheelToTheHostUntilClicked', async () => {
  const it = await Host.open(`${frame(kSmall + '&panel=export', 'sandbox="allow-scripts"')}<div style="height: 3000px">`,
    {hasTouch: true});
  const [x, y] = await it.at('export.command');
  const inner = await it.frame();
  // Where the host is when an action's scrolling has ended. A swipe goes on after the finger is lifted, and
  // Chromium drops a wheel that turns meanwhile.
  const scrolled = async (action) => {
    await it.page.evaluate(() => {
      window.ended = null;
      addEventListener('scrollend', () => { window.ended = {at: scrollY}; }, {once: true});
    });
    await action();
    return (await it.page.waitForFunction(() => window.ended, null, {timeout: kPatience})).evaluate(({at}) => at);
  };
  const back = async () => {
    same(await scrolled(() => it.page.evaluate(() => scrollTo(0, 0))), 0, 'at the top');
    await drawn(it.page, 2); // so that the wheel finds the frame
  };
  await inner.evaluate(() => {
    window.turns = 0;
    addEventListener('wheel', () => { ++window.turns; }, {capture: true, passive: true});
  });
  const turn = async (count) => {
    await it.page.mouse.wheel(0, 90);
    await inner.waitForFunction((wanted) => window.turns === wanted, count, {timeout: kPatience, polling: 20});
  };
  const session = await it.page.context().newCDPSession(it.page);
  const touch = (type, touchPoints) => session.send('Input.dispatchTouchEvent', {type, touchPoints});
  const swiped = await scrolled(async () => {
    await touch('touchStart', [{x, y}]);
    for (let way = 10; way <= 150; way += 10) await touch('touchMove', [{x, y: y - way}]);
    await touch('touchEnd', []);
  });
  holds(swiped > 60, `a swipe scrolls the host: ${swiped} px`);
  await back();
  await it.page.mouse.move(x, y);
  const turned = await scrolled(() => turn(1));
  holds(turned > 60, `the wheel scrolls the host: ${turned} px`);
  await back();
  await it.page.mouse.click(...await it.at('export.command'), {delay: 40});
  await inner.waitForFunction(() => document.activeElement.id === 'canvas', null, {timeout: kPatience});
  await turn(2);
  await drawn(it.page, 30); // a host that gets the wheel scrolls within three
  same(await it.page.evaluate(() => scrollY), 0, 'the clicked canvas has the wheel');
  await it.close();
});

test('RestsOutOfSight', async () => {
  const it = await Host.open(`<div style="height: 3000px"></div>${frame(kSmall)}<div style="height: 3000px">`);
  const inner = await (await it.page.$('iframe')).contentFrame();
  const hidden = () => inner.evaluate(() => new Promise((ok) => { // the page, too, has seen that it is out of sight
    new IntersectionObserver((entries) => {
      if (!entries[entries.length - 1].isIntersecting) ok();
    }).observe(document.body);
  }));
  await inner.waitForFunction(() => document.readyState === 'complete', null, {timeout: kPatience, polling: 20});
  await hidden();
  await inner.evaluate(() => playgroundParts.compile()); // a start would have come to a worker before this
  await hidden();
  same(await inner.evaluate(() => typeof window.playground), 'undefined', 'nothing starts before it is visible');
  same(it.page.workers().length, 0, 'nor a worker');
  await it.page.evaluate(() => scrollTo(0, 2900));
  same(await it.read('hash'), small_hash, 'it starts when visible');
  const [worker] = it.page.workers();
  // Opens other loads by the address, and waits until the engine has heard of them and has nothing to do.
  const open = async (loads) => {
    await worker.evaluate(() => {
      self.heard = 0;
      addEventListener('message', ({data}) => { self.heard += data instanceof ArrayBuffer ? 1 : 0; });
    });
    await inner.evaluate((link) => { location.hash = link; }, `loads=${loads}`);
    await worker.evaluate(async () => {
      while (self.heard === 0 || working) await new Promise((ok) => setTimeout(ok, 20));
    });
  };
  await it.page.evaluate(() => scrollTo(0, 0));
  await hidden();
  const frames = await inner.evaluate(() => window.playground.read('frames'));
  await open('synth:mixtral-8x7b');
  await drawn(it.page, 30);
  same(await inner.evaluate(() => window.playground.read('frames')), frames, 'frames drawn while hidden');
  same(JSON.parse(await inner.evaluate(() => window.playground.read('opened'))).name, 'synth:gpt-oss-20b',
    'the engine rests, too');
  await it.ping();
  const answer = await it.run(() => ask('RESULT'));
  same(answer.result.hash, hash_of('synth:mixtral-8x7b'), 'it answers requests of the host');
  same(await inner.evaluate(() => window.playground.read('frames')), frames, 'without drawing');
  await it.page.evaluate(() => scrollTo(0, 2900));
  same(await it.read('hash'), hash_of('synth:mixtral-8x7b'), 'seen again');
  const seen = await it.read('frames');
  holds(Number(seen) > Number(frames), 'it draws again');
  await inner.evaluate(() => { // as in a tab behind others
    Object.defineProperty(document, 'hidden', {value: true});
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await open('synth:gpt-oss-20b');
  await drawn(inner, 30); // by the browser
  same(await inner.evaluate(() => window.playground.read('frames')), seen, 'frames drawn in a hidden tab');
  await it.close();
});

test('ShowsFiguresWithoutWebGL', async () => {
  const without = await launch('--disable-3d-apis');
  const it = await Host.open(frame(kSmall + '&strategy=ref'), {in: without});
  const inner = await it.frame();
  const expected = native('compare', 'synth:gpt-oss-20b').strategies;
  await inner.waitForFunction((count) => document.querySelectorAll('#figures tbody tr').length === count, expected.length,
    {timeout: kPatience});
  const rows = await inner.$$eval('#figures tbody tr', (lines) => lines.map((line) => [...line.children].map((cell) => cell.textContent)));
  const headings = await inner.$$eval('#figures thead th', (cells) => cells.map((cell) => cell.textContent));
  const column = (heading) => rows.map((row) => row[headings.indexOf(heading)]);
  same(column('Result hash'), expected.map((row) => row.hash), 'hashes');
  same(column('Balancedness'), expected.map((row) => row.metrics.balancedness.toFixed(4)), 'balancedness');
  same(column('Optimal within'), expected.map((row) => (100 * row.metrics.gap_to_bound).toFixed(2) + '\u00a0%'), 'optimal within');
  same(await inner.$eval('#figures .chosen th', (cell) => cell.textContent), 'ref', 'the chosen one');
  const words = await inner.textContent('#summary');
  holds(/^With ref the load of a layer's hottest GPU .* no WebGL 2/.test(words.replace(/\u00a0/g, ' ')), words);
  holds(await inner.isVisible('#summary') && !await inner.isVisible('#canvas'), 'text instead of an empty box');
  await it.ping();
  const answer = await it.run(() => ask('SET', {options: {strategy: 'k2'}}));
  same(answer.hash, hash_of('synth:gpt-oss-20b', '--strategy', 'k2'), 'messages work');
  await it.close();
  await without.close();
});

(async () => {
  await start();
  await host.start();
  await run('Embed', 'tests/browser/run.sh embed');
  await host.stop();
  await stop();
  process.exit(); // a test that failed may have left a browser open
})();
