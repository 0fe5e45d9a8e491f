// The messages of embed.html (web/EMBED.md): every type, hostile messages, and the pages that use them.
'use strict';
const fs = require('fs');
const path = require('path');
const {execFileSync} = require('child_process');
const {command, holds, native, npy, refusal, same, scratch, small_trace, test} = require('./support.js');
const {address, kPatience} = require('./playground.js');
const host = require('./embed_support.js');
const {frame, Host} = host;

const kSmall = 'loads=synth:gpt-oss-20b';
// Sends a file to the frame like a host.
const load = (it, file) => it.run(async ([name, text]) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  const answer = await ask('LOAD', {name, bytes}, [bytes]);
  return {...answer, left: bytes.byteLength};
}, [path.basename(file), fs.readFileSync(file).toString('base64')]);

test('AnswersEveryMessage', async () => {
  const it = await Host.open(frame(kSmall));
  await it.page.waitForFunction(() => document.readyState === 'complete');
  same(await it.run(() => ask('STATE')), {evenkeel: 1, type: 'ERROR', id: 1, sentence: 'STATE: send PING first'}, 'early');
  const pong = await it.run(() => ask('PING'));
  same(pong, {evenkeel: 1, type: 'PONG', id: 2, versions: [1],
    types: ['PING', 'LOAD', 'SET', 'RESULT', 'STATE', 'SUBSCRIBE', 'UNSUBSCRIBE']}, 'PONG');
  const state = await it.run(() => ask('STATE'));
  const expected = native('balance', 'synth:gpt-oss-20b');
  same([state.type, state.hash, state.strategy, state.trouble, state.command],
    ['STATE', expected.hash, 'keel', '', 'evenkeel balance synth:gpt-oss-20b'], 'STATE');
  same(state.options, {loads: 'synth:gpt-oss-20b', strategy: 'keel', embed: '1'}, 'its options');
  same([state.loads.name, state.loads.layers, state.loads.experts], ['synth:gpt-oss-20b', 24, 32], 'its loads');
  const {result} = await it.run(() => ask('RESULT'));
  same(result, expected, 'RESULT equals the output of --json');

  const ref = await it.run(() => ask('SET', {options: {strategy: 'ref', redundant: 16, seed: '3', theme: 'dark'}}));
  const words = ['synth:gpt-oss-20b', '--redundant', '16', '--strategy', 'ref', '--seed', '3'];
  same(ref.hash, native('balance', ...words).hash, 'SET');
  same(ref.command, 'evenkeel balance synth:gpt-oss-20b --redundant 16 --strategy ref --seed 3', 'its command');
  const placed = await it.run(() => ask('RESULT', {placement: true, exports: ['sglang', 'npy', 'table']}));
  const out = execFileSync(command, ['balance', ...words, '--out', '-', '--quiet'], {encoding: 'utf8'});
  same(placed.result, JSON.parse(out), 'the placement equals the file of --out');
  same(placed.files.map(({name}) => name), ['sglang-placement.json', 'phy2log.npy', 'log2phy.npy', 'logcnt.npy',
    'comparison.csv'], 'files');
  const sglang = path.join(scratch, 'sglang.json');
  execFileSync(command, ['balance', ...words, '--export', `sglang:${sglang}`, '--quiet']);
  const bytes = await it.run(async () => new TextDecoder().decode((await ask('RESULT', {exports: ['sglang']})).files[0].bytes));
  same(bytes, fs.readFileSync(sglang, 'utf8'), 'the bytes of an export');

  const back = await it.run(() => ask('SET', {options: {redundant: null, seed: null, strategy: null}}));
  same([back.hash, back.options], [expected.hash, {loads: 'synth:gpt-oss-20b', strategy: 'keel', theme: 'dark', embed: '1'}], 'defaults');
  const numbered = await it.run(() => ask('SET', {options: {'moe-layers': '3:27'}}));
  same(numbered.options, {loads: back.options.loads, 'moe-layers': '3:27', ...back.options}, 'numbers of layers');
  const anew = await it.run(() => ask('SET', {options: {loads: 'synth:gpt-oss-20b'}}));
  same(anew.options, back.options, 'the numbers of other loads no longer apply');
  const trouble = await it.run(() => ask('SET', {options: {gpus: 7, redundant: 8}}));
  holds(trouble.type === 'STATE' && trouble.hash === '' && /cannot be shared equally by 7 GPUs/.test(trouble.trouble),
    JSON.stringify(trouble));
  same((await it.run(() => ask('RESULT'))).sentence, trouble.trouble, 'RESULT says why there is none');
  const max = await it.run(() => ask('SET', {options: {gpus: null, redundant: null, effort: 'max'}}));
  same([max.strategy, max.hash], ['keel:max', native('balance', 'synth:gpt-oss-20b', '--effort', 'max').hash], 'an effort');
  const fast = await it.run(() => ask('SET', {options: {effort: 'fast', gpus: 7, redundant: 8}}));
  same(fast.strategy, 'keel:fast', 'another effort');
  const home = await it.run(() => ask('SET', {playground: 'https://example.org/evenkeel/'}));
  holds(home.address.startsWith('https://example.org/evenkeel/#loads=synth:gpt-oss-20b&gpus=7'), home.address);
  await it.close();
});

test('LoadsWhatTheHostGives', async () => {
  const it = await Host.open(frame(kSmall));
  await it.ping();
  const file = small_trace();
  const loaded = await load(it, file);
  same([loaded.type, loaded.left, loaded.loads], ['STATE', 0,
    {name: 'small.npy', steps: 12, layers: 3, experts: 16}], 'the buffer was transferred, and read');
  const words = loaded.command.split(' ').slice(2);
  same(loaded.hash, native('balance', file, ...words.slice(1)).hash, loaded.command);
  const window = await it.run(() => ask('SET', {options: {steps: '3:6', strategy: 'ref'}}));
  same(window.hash, native('balance', file, ...window.command.split(' ').slice(3)).hash, window.command);
  const broken = await load(it, npy('broken.npy', [4, 2, 8], [1, 2, 3]));
  same(broken.sentence, refusal(scratch, 'balance', 'broken.npy', '--gpus', '2', '--redundant', '2'), 'a broken file');
  const still = await it.run(() => ask('STATE'));
  same([still.hash, still.trouble], [window.hash, ''], 'the old state stays');
  const named = await it.run(() => ask('LOAD', {name: 'synth:mixtral-8x7b'}));
  same(named.hash, native('balance', 'synth:mixtral-8x7b', '--strategy', 'ref').hash, 'loads by name');
  const example = await it.run(() => ask('LOAD', {name: 'example:deepseek'}));
  same(example.loads, {name: 'example:deepseek', steps: 1, layers: 2, experts: 12}, 'the example');
  await it.close();
});

test('WhatIsRefusedChangesNothing', async () => {
  const it = await Host.open(frame(kSmall + '&gpus=4&redundant=16&nodes=1&groups=1&layer=3'));
  await it.ping();
  const kept = await it.run(() => ask('STATE'));
  const large = 'synth:gpt-oss-20b,steps=900000'; // more than a page can keep
  const stays = async (answer, what) => {
    holds(answer.type === 'ERROR' && answer.sentence.includes('MiB'), `${what}: ${JSON.stringify(answer)}`);
    same({...await it.run(() => ask('STATE')), id: kept.id}, kept, what);
  };
  await stays(await it.run((name) => ask('LOAD', {name}), large), 'LOAD');
  await stays(await it.run((loads) => ask('SET', {options: {loads, strategy: 'k2', panel: 'traffic'},
    playground: 'https://example.org/'}), large), 'SET');
  const answer = await it.run(() => ask('SET', {options: {layer: 99}}));
  holds(answer.trouble.includes('there is no layer 99; these loads have layers 0 to 23') && !('layer' in answer.options),
    `a layer: ${JSON.stringify(answer)}`);
  const step = await it.run(() => ask('SET', {options: {strategy: 'k2', step: 9999}}));
  holds(step.trouble.includes('there is no step 9999') && !('step' in step.options), `a step: ${JSON.stringify(step)}`);
  const steps = await it.run(() => ask('SET', {options: {steps: '0:999'}}));
  holds(steps.trouble.includes('0:999 is not within') && !('steps' in steps.options), `a window: ${JSON.stringify(steps)}`);
  await it.close();
});

test('AwaitsTheFileOfItsLink', async () => {
  const link = 'file=small.npy&gpus=4&redundant=4&layer=1';
  const it = await Host.open(frame(link) + frame(link) + frame('file=%FF.npy&gpus=16'));
  for (const number of [0, 1, 2]) {
    await (await it.page.$$('iframe'))[number].scrollIntoViewIfNeeded();
    await it.ping(number);
  }
  const awaited = {file: 'small.npy', gpus: '4', redundant: '4', strategy: 'keel', layer: '1', embed: '1'};
  same((await it.run(() => ask('STATE'))).options, awaited, 'the link');
  const light = await it.run(() => ask('SET', {options: {theme: 'light'}}));
  same(light.options, {file: 'small.npy', gpus: '4', redundant: '4', strategy: 'keel', layer: '1', theme: 'light', embed: '1'}, 'another look');
  const loaded = await load(it, small_trace());
  same([loaded.options, loaded.trouble], [light.options, ''], 'the link with its file');
  // Another choice in place of the file applies.
  const chosen = await it.run(() => ask('SET', {options: {strategy: 'k2'}}, [], 1));
  same([chosen.options, chosen.strategy], [{strategy: 'k2', embed: '1'}, 'k2'], 'another strategy');
  const named = await it.run(() => ask('LOAD', {name: 'synth:gpt-oss-20b'}, [], 1));
  same(named.options, {loads: 'synth:gpt-oss-20b', strategy: 'k2', embed: '1'}, 'other loads');
  const bytes = await it.run(() => ask('STATE', {}, [], 2));
  holds(bytes.type === 'STATE' && bytes.trouble.includes('expected a file\'s name of 1 to 160 bytes of UTF-8') && !('file' in bytes.options),
    `a name of other bytes: ${JSON.stringify(bytes)}`);
  await it.close();
});

test('StaysEmbedded', async () => {
  const it = await Host.open(['embed=2', 'embed=', 'embed=1', 'layer=99&embed=x'].map((pair) => frame(`${kSmall}&${pair}`)).join('') +
    `<iframe src="embed.html#${kSmall}&amp;foo=${'x'.repeat(400000)}" style="width: 700px; height: 460px"></iframe>`);
  for (const number of [0, 1, 2, 3, 4]) {
    await (await it.page.$$('iframe'))[number].scrollIntoViewIfNeeded();
    await it.ping(number);
    const answer = await it.run((n) => ask('SET', {options: {embed: null}}, [], n), number);
    same(answer.options, {loads: 'synth:gpt-oss-20b', strategy: 'keel', embed: '1'}, `frame ${number}`);
    const inner = await it.frame(number);
    holds(await inner.evaluate(() => document.documentElement.classList.contains('embed')), `frame ${number} is embedded`);
  }
  await it.close();
});

test('TellsChangesWhileSubscribed', async () => {
  const it = await Host.open(frame(kSmall));
  await it.ping();
  same((await it.run(() => ask('SUBSCRIBE'))).type, 'STATE', 'SUBSCRIBE');
  await it.page.mouse.click(...await it.at('step.back'), {delay: 40});
  const changes = () => it.run(() => heard.map(({data}) => data).filter(({type}) => type === 'CHANGED'));
  await it.page.waitForFunction(() => heard.some(({data}) => data.type === 'CHANGED'), null, {timeout: kPatience});
  const [first] = await changes();
  holds(first.id === 2 && Number(first.options.step) > 0, JSON.stringify(first));
  await it.run(() => ask('SET', {options: {strategy: 'k2'}}));
  const found = (hash) => heard.some(({data}) => data.type === 'CHANGED' && data.hash === hash);
  await it.page.waitForFunction(found, native('balance', 'synth:gpt-oss-20b', '--strategy', 'k2').hash, {timeout: kPatience});
  await it.run(() => ask('UNSUBSCRIBE'));
  const before = (await changes()).length;
  await it.run(() => ask('SET', {options: {strategy: 'ref'}}));
  await it.frame(); // the comparison is done: nothing more changes
  await it.ping();
  same((await changes()).length, before, 'no word after UNSUBSCRIBE');
  await it.close();
});

test('RefusesHostileMessages', async () => {
  const it = await Host.open(frame(kSmall));
  await it.ping();
  const before = await it.run(() => ask('STATE'));
  // The members of a message besides evenkeel and id, as an expression in the page, and a part of the error.
  for (const [members, sentence] of [
    ['type: "NOPE"', 'type: "NOPE": expected one of PING, LOAD, SET'],
    ['type: "__proto__"', 'type: "__proto__": expected one of'],
    ['type: {}', 'type: object: expected one of'],
    ['type: "x".repeat(1e6)', 'type: "xxxxxxxxxx'],
    ['evenkeel: 2, type: "STATE"', 'evenkeel: version 2 is unknown; this frame supports version 1'],
    ['evenkeel: {}, type: "STATE"', 'evenkeel: version object is unknown'],
    ['type: "STATE", extra: 1', 'STATE: unknown member "extra"'],
    ['type: "RESULT", placment: true', 'RESULT: unknown member "placment"; expected placement, exports'],
    ['type: "RESULT", placement: "yes"', 'RESULT: placement: "yes": expected true or false'],
    ['type: "RESULT", exports: "npy"', 'RESULT: exports: expected a list'],
    ['type: "RESULT", exports: Array(1000).fill("npy")', 'RESULT: exports: expected a list of at most 16'],
    ['type: "RESULT", exports: ["pdf"]', '"pdf"'],
    ['type: "LOAD"', 'LOAD: name: undefined: expected a text'],
    ['type: "LOAD", name: "a\\nb"', 'LOAD: name: "a?b": expected a text of 1 to 160 bytes'],
    ['type: "LOAD", name: "x".repeat(200), bytes: new ArrayBuffer(8)', 'LOAD: name: "xxxx'],
    ['type: "LOAD", name: ["a"]', 'LOAD: name: a list'],
    ['type: "LOAD", name: "a.npy", bytes: "text"', 'LOAD: bytes: "text": expected an ArrayBuffer'],
    ['type: "LOAD", name: "a.npy", bytes: new Uint8Array(4)', 'LOAD: bytes: object: expected an ArrayBuffer'],
    ['type: "LOAD", name: "a.npy", bytes: {byteLength: 1e12}', 'LOAD: bytes: object'],
    ['type: "LOAD", name: "a.npy", bytes: new ArrayBuffer(0)', 'a.npy'],
    ['type: "LOAD", name: "a.npy", bytes: new ArrayBuffer(1 << 20)', 'a.npy'],
    ['type: "LOAD", name: "synth:kimi-k2", bytes: new ArrayBuffer(8)', 'is not a file name; leave out bytes'],
    ['type: "LOAD", name: "../etc/passwd"', '"loads" is "../etc/passwd"; expected synth:PRESET'],
    ['type: "LOAD", name: "synth:nope"', 'nope'],
    ['type: "SET", options: "gpus=4"', 'SET: options: "gpus=4": expected an object'],
    ['type: "SET", options: [1]', 'SET: options: a list'],
    ['type: "SET", options: new Map([["gpus", 4]])', 'SET: options: object'],
    ['type: "SET", options: {gpus: {}}', 'SET: options: "gpus": expected a number'],
    ['type: "SET", options: {gpus: NaN}', 'SET: options: "gpus": expected a number'],
    ['type: "SET", options: {gpus: "x".repeat(1e6)}', 'a text of at most 256 characters'],
    ['type: "SET", options: {gpus: 7.5}', '"gpus" is "7.5"; expected a whole number from 1 to 1024'],
    ['type: "SET", options: {gpus: 1e9}', '"gpus" is 1000000000; expected 1 to 1024'],
    ['type: "SET", options: {strategy: "k2", gpus: -1}', '"gpus" is -1; expected 1'],
    ['type: "SET", options: {speed: 9}', '"speed": there is no such key'],
    ['type: "SET", options: {"gpus=4&slots": 9}', 'there is no such key'],
    ['type: "SET", options: {panel: "<b>"}', '"panel" is "<b>"'],
    ['type: "SET", options: {strategy: "\\ud800"}', 'unknown strategy'],
    ['type: "SET", options: {file: "mine.npy"}', 'a file name needs the file\'s bytes'],
    ['type: "SET", options: {slots: 40, redundant: 8}', '"slots" excludes "redundant"'],
    ['type: "SET", options: Object.fromEntries([...Array(70)].map((_, i) => ["k" + i, 1]))', '70 keys; at most 64 are allowed'],
    ['type: "SET", playground: "javascript:alert(1)"', 'SET: playground: "javascript:alert(1)": expected a complete address'],
    ['type: "SET", playground: {}', 'SET: playground: object'],
    ['type: "SET", playground: "https://example.org/#"', 'expected a complete address (http, https or file) without #'],
    ['type: "SET", options: {["x".repeat(300000)]: 1}', ': a key has at most 40 characters'],
    ['type: "SET", options: Object.fromEntries([...Array(60)].map((_, i) => ["k" + i, "\\u20ac".repeat(256)]))', 'at most 4096 are allowed'],
    ['type: "SET", options: {embed: 2}', '"embed" is "2"'],
    ['type: "LOAD", name: "x/", bytes: new ArrayBuffer(8)', 'LOAD: name: "x/": expected a file name after the last /'],
  ]) {
    const answer = await it.page.evaluate(`(() => {
      const id = 'm' + ++last;
      post({evenkeel: 1, id, ${members}});
      return answer(id);
    })()`);
    holds(answer.type === 'ERROR' && answer.sentence.includes(sentence) && answer.sentence.length < 600,
      `${members}: ${JSON.stringify(answer)}`);
  }
  for (const id of ['undefined', '{}', '1.5', '"x".repeat(101)', 'null']) {
    await it.page.evaluate(`heard.length = 0; post({evenkeel: 1, type: 'PING', id: ${id}})`);
    await it.page.waitForFunction(() => heard.length === 1);
    same(await it.run(() => [heard[0].data.type, heard[0].data.id]), ['ERROR', null], `id ${id}`);
  }
  // Messages of other protocols are ignored.
  await it.page.evaluate(`heard.length = 0; for (const message of ['PING', null, 5, [], {}, {type: 'PING', id: 1}, new ArrayBuffer(8)]) post(message)`);
  await it.ping();
  same(await it.run(() => heard.length), 1, 'only PING was answered');
  const after = await it.run(() => ask('STATE'));
  same({...after, id: 0}, {...before, id: 0}, 'nothing has changed');
  await it.close();
});

test('HearsItsParentAlone', async () => {
  const other = '<iframe sandbox="allow-scripts" srcdoc="<script>onmessage = ({data}) => { if (data === 0) { ' +
    'parent.frames[0].postMessage({evenkeel: 1, type: \'PING\', id: 1}, \'*\'); parent.postMessage(\'sent\', \'*\'); ' +
    '} else parent.postMessage(data, \'*\'); }</script>"></iframe>';
  const it = await Host.open(frame(kSmall) + other);
  const inner = await it.frame();
  await inner.evaluate(() => {
    window.came = false;
    addEventListener('message', () => { window.came = true; }); // after the page's own listener
  });
  await it.run(() => post(0, 1));
  await it.page.waitForFunction(() => heard.some(({data}) => data === 'sent'), null, {timeout: kPatience});
  await inner.waitForFunction(() => window.came, null, {timeout: kPatience, polling: 20});
  const early = await it.run(() => ask('STATE'));
  same(early.sentence, 'STATE: send PING first', 'another frame\'s PING did not count');
  same(await it.run(() => heard.map(({data}) => data.type ?? data)), ['sent', 'ERROR'], 'no message was answered');
  await it.close();
});

test('SurvivesAFlood', async () => {
  const it = await Host.open(frame(kSmall));
  await it.ping();
  const [errors, states] = await it.run(async () => {
    heard.length = 0;
    for (let i = 0; i < 20000; ++i) post({evenkeel: 1, type: i % 2 ? 'STATE' : 'x', id: 'f' + i});
    await ask('PING');
    while (heard.length < 20001) await new Promise((ok) => setTimeout(ok, 20));
    const count = (type) => heard.filter(({data}) => data.type === type).length;
    return [count('ERROR'), count('STATE')];
  });
  same(errors + states, 20000, 'each has its answer');
  holds(states >= 32, `${states} were done`);
  same((await it.run(() => ask('RESULT'))).result.hash, native('balance', 'synth:gpt-oss-20b').hash, 'and the frame still works');
  await it.close();
});

// The pages of web/docs, in the folder of the built playground.
async function documentation(name) {
  const context = await host.browser().newContext({viewport: {width: 1280, height: 1000}});
  const page = await context.newPage();
  page.failures = [];
  page.on('pageerror', (error) => page.failures.push(error.message));
  page.on('requestfailed', (request) => page.failures.push(request.url()));
  await page.goto(address() + 'docs/' + name);
  return page;
}

test('TheExampleOfAHostWorks', async () => {
  const page = await documentation('host.html');
  const text = (id) => page.textContent('#' + id);
  const shows = (hash) => page.waitForFunction((wanted) => document.querySelector('#hash').textContent === wanted &&
    document.querySelector('#balancedness').textContent !== '', hash, {timeout: kPatience});
  const shape = ['--gpus', '8', '--redundant', '8', '--nodes', '1', '--groups', '1'];
  await shows(native('balance', 'synth:gpt-oss-20b', ...shape).hash);
  await page.selectOption('#loads', 'made');
  await page.selectOption('#strategy', 'ref');
  await page.fill('#gpus', '4');
  const made = path.join(scratch, 'made.json');
  fs.writeFileSync(made, Buffer.from(await page.evaluate(() => [...new Uint8Array(madeLoads())])));
  await page.click('text=Balance');
  const expected = native('balance', made, '--gpus', '4', '--redundant', '8', '--strategy', 'ref');
  await shows(expected.hash);
  await page.waitForFunction((wanted) => document.querySelector('#balancedness').textContent === wanted,
    expected.metrics.balancedness.toFixed(4), {timeout: kPatience});
  await page.fill('#gpus', '7');
  await page.click('text=Balance');
  await page.waitForFunction(() => /shared equally by 7 GPUs/.test(document.querySelector('#sentence').textContent),
    null, {timeout: kPatience});
  await page.setInputFiles('#file', npy('broken.npy', [4, 2, 8], [1, 2, 3]));
  await page.click('text=Balance');
  await page.waitForFunction(() => /^broken.npy/.test(document.querySelector('#sentence').textContent), null, {timeout: kPatience});
  await page.evaluate(() => evenkeel.ask('STATE')); // behind all changes
  holds(/^broken.npy/.test(await text('sentence')), 'the sentence stays');
  holds(Number(await text('changes')) > 0, 'changes were heard');
  same(page.failures, [], 'errors');
  await page.context().close();
});

test('TheProseSaysWhatTheCommandSays', async () => {
  const page = await documentation('eplb.html');
  const runs = await page.$$eval('pre.run', (blocks) => blocks.map((block) => block.textContent));
  holds(runs.length >= 3, 'there are figures');
  for (const text of runs) {
    const [line, ...shown] = text.trim().split('\n');
    holds(line.startsWith('$ evenkeel '), line);
    const words = line.slice('$ evenkeel '.length).split(' ');
    const printed = execFileSync(command, words, {encoding: 'utf8', cwd: scratch}).split('\n').map((l) => l.trimEnd());
    for (const wanted of shown) {
      const known = wanted === '...' || printed.some((l) => l.replace(/ +/g, ' ').startsWith(wanted.trim().replace(/ +/g, ' ')));
      holds(known, `${line} does not print "${wanted}", but:\n${printed.join('\n')}`);
    }
  }
  const frames = await page.$$('iframe');
  same(frames.length, 3, 'frames');
  for (const element of frames) {
    await element.scrollIntoViewIfNeeded();
    const inner = await element.contentFrame();
    await inner.waitForFunction(() => window.playground && window.playground.read('hash') !== '', null, {timeout: kPatience});
    same(await inner.evaluate(() => window.playground.read('trouble')), '', await element.getAttribute('src'));
  }
  for (const width of [600, 380]) {
    await page.setViewportSize({width, height: 900});
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    holds(wide <= width, `at ${width} px nothing sticks out: ${wide} px`);
  }
  same(page.failures, [], 'errors');
  await page.context().close();
});
