// Tests the playground's page in Chromium with real clicks, files and links; compares results with the native
// command.
'use strict';
const {execFileSync} = require('child_process');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const {answer_of, check_requests, command, data, holds, native, npy, recorded, refusal, requested_file, run, same, scratch, small_trace, table, test} = require('./support.js');
const {address, drawn, folder, kPatience, launch, Playground, start, stop} = require('./playground.js');

// For tests that need no control in the canvas: frames are drawn without a GPU, and a small one costs little.
const kTiny = {viewport: {width: 400, height: 300}};

// The native result of the command line that the page shows; `file` is the path of its loads.
function native_of(command_line, file) {
  const words = command_line.split(' ').slice(1);
  return native(...words.map((word) => (file && word === path.basename(file) ? file : word)));
}

test('FitsItsBudget', async () => {
  let sum = 0;
  const parts = ['index.html', 'page.css', 'parts.js', 'files.js', 'input.js', 'page.js', 'worker.js', 'playground.js', 'playground.wasm'];
  for (const name of parts) {
    const options = {params: {[zlib.constants.BROTLI_PARAM_QUALITY]: 11}};
    const size = zlib.brotliCompressSync(fs.readFileSync(path.join(folder, name)), options).length;
    console.log(`${name}: ${size} bytes brotli-11`);
    sum += size;
  }
  console.log(`measured: the page has ${sum} bytes brotli-11`);
  holds(sum <= 400000, `the page has ${sum} bytes brotli-11; at most 400000 are wanted`);
});

test('ShowsTheAnswerInWords', async () => {
  const it = await Playground.open();
  const drawn = await it.page.evaluate(() => performance.getEntriesByName('first-frame')[0].startTime);
  const answer = await it.page.evaluate(() => performance.getEntriesByName('first-answer')[0].startTime);
  console.log(`measured: first frame after ${Math.round(drawn)} ms, first answer after ${Math.round(answer)} ms`);
  const words = (await it.page.textContent('#summary')).replace(/\u00a0/g, ' ');
  holds(/^With keel the load of a layer's hottest GPU .* that keeps groups on a node .* 58 layers of 256 experts, 288 slots on 32 GPUs\.$/.test(words), words);
  await it.close();
});

test('AgreesWithTheCommandForAllStrategiesAndPresets', async () => {
  const it = await Playground.open('', kTiny);
  const menus = JSON.parse(await it.read('menus'));
  for (const {value} of menus.loads) {
    await it.choose('loads', value);
    const rows = JSON.parse(await it.read('compared')).rows;
    holds(rows.every((row) => row.us_per_layer > 0), `times of ${value}`);
    same(rows.length, menus.strategies.length, `strategies of ${value}`);
    const shape = value.startsWith('example:')
      ? ['--gpus', '8', '--slots', '16', '--nodes', '2', '--groups', '4'] : [];
    const expected = native('compare', value, ...shape).strategies.map(({strategy, hash, metrics: {layers, ...figures}}) =>
      ({strategy, hash, ...figures}));
    same(rows.map(({label, cells, us_per_layer, ...row}) => row), expected, value);
  }
  await it.close();
});

test('ClicksChooseStrategiesAndPanels', async () => {
  // High enough for the strategies to be in view without scrolling.
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek', {viewport: {width: 1280, height: 1000}});
  for (const strategy of ['k2', 'tie', 'deepseek']) {
    await it.click('strategy.' + strategy);
    same(await it.read('strategy'), strategy, 'strategy');
    same(await it.read('hash'), native('balance', 'synth:gpt-oss-20b', '--strategy', strategy).hash, strategy);
    same(await it.page.inputValue('#strategy'), strategy, 'the header');
  }
  for (const panel of ['traffic', 'compare', 'redundancy', 'export', 'placement']) {
    await it.click('tab.' + panel);
    same(await it.read('panel'), panel, 'panel');
    holds((await it.page.evaluate(() => location.hash)).includes('panel=' + panel), 'the panel is in the link');
  }
  await it.click('tab.traffic');
  await it.click('traffic.heat');
  same(await it.read('panel'), 'placement', 'panel after a click into the heat map');
  holds((await it.read('link')).includes('layer='), 'the clicked layer is in the link');
  await it.close();
});

test('ExplainsAnInvalidDeployment', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek');
  await it.type('deployment.gpus', '7');
  const words = ['balance', 'synth:gpt-oss-20b', '--gpus', '7', '--redundant', '8', '--nodes', '1', '--groups', '1'];
  const what = (sentence) => sentence.replace(/.* experts: /, '').split('; nearest valid: ')[0];
  same(what(await it.read('trouble')), what(refusal(scratch, ...words)), 'the sentence');
  same(await it.read('hash'), '', 'there is no result');
  await it.click('suggestion.0');
  same(await it.read('trouble'), '', 'no sentence after the suggestion');
  same(await it.read('hash'), native_of(await it.read('command')).hash, 'the suggestion');
  await it.type('deployment.redundant', '24');
  const command = await it.read('command');
  same(await it.read('hash'), native_of(command).hash, 'after typing');
  for (const typed of ['3.5', '2147483656', '-1']) {
    await it.type('deployment.redundant', typed);
    same(await it.read('field_problem'), `"${typed}": expected a whole number from 0 to 4064`, typed);
    same(await it.read('command'), command, 'nothing changes');
  }
  await it.type('deployment.redundant', '24');
  same(await it.read('field_problem'), '', 'a number ends the sentence');
  await it.close();
});

test('ReadsDroppedFiles', async () => {
  const it = await Playground.open();
  const text = (name, lines) => {
    const at = path.join(scratch, name);
    fs.writeFileSync(at, lines);
    return at;
  };
  const load = (step, layer, e) => (step * 31 + layer * 7 + e * e * 5) % 97 + (step === 5 && e === 1 ? 70000 : 0);
  const steps = [...Array(8).keys()].map((step) => [0, 1, 2].map(
    (layer) => [...Array(8).keys()].map((e) => load(step, layer, e))));
  const csv = 'step,layer,' + steps[0][0].map((_, e) => 'e' + e) + '\n' + steps.map((layers, step) => layers.map(
    (row, layer) => `${step},${layer},${row}\n`).join('')).join('');
  const real = JSON.stringify({load_history: steps.map((layers) => ({logical_expert_load: layers.map(
    (row) => row.map((x, e) => (e === 3 ? x + 0.1 : x)))}))});
  const files = [small_trace(), recorded, text('steps.csv', csv), text('reals.json', real),
    text('whole.json', JSON.stringify(steps))];
  for (const file of files) {
    if (!fs.existsSync(file)) {
      console.log(`EXTERNAL DATA ${file} is absent`);
      holds(process.env.EVENKEEL_REQUIRE_DATA !== '1', 'external data are required');
      continue;
    }
    await it.drop(file);
    same(await it.read('trouble'), '', 'no trouble');
    same(await it.read('loads'), path.basename(file), 'loads');
    for (const strategy of ['deepseek', 'ref']) {
      await it.choose('strategy', strategy);
      same(await it.read('hash'), native_of(await it.read('command'), file).hash, `${file}, ${strategy}`);
    }
    await it.click('window.1/4');
    same(await it.read('hash'), native_of(await it.read('command'), file).hash, `${file}, a window`);
  }
  await it.close();
});

// The result of the command line that the page shows, in the folder of its files.
const native_in = (cwd, line) => JSON.parse(execFileSync('sh', ['-c', `exec "$0" ${line.replace('evenkeel ', '')} --json --quiet`, command],
  {cwd, encoding: 'utf8', maxBuffer: 1 << 28}));
async function agrees(it, cwd, what) {
  same(await it.read('trouble'), '', `trouble of ${what}`);
  const line = await it.read('command');
  same(await it.read('hash'), native_in(cwd, line).hash, line);
  return line;
}
const text_file = (name, text) => {
  const at = path.join(scratch, name);
  fs.writeFileSync(at, text);
  return at;
};
const csv_of = (rank) => 'step,layer,e0,e1,e2,e3\n' + [...Array(12).keys()].map((i) =>
  `${Math.floor(i / 3)},${3 + i % 3},${[1, 2, 3, 4].map((e) => (e * e * 7 + i * 13 + rank * 5) % 31 + 1)}\n`).join('');

test('ReadsWhatEnginesRecordersWrite', async () => {
  const folder = path.join(data, 'recordings');
  if (!fs.existsSync(folder)) {
    console.log(`EXTERNAL DATA ${folder} is absent`);
    return holds(process.env.EVENKEEL_REQUIRE_DATA !== '1', 'external data are required');
  }
  const it = await Playground.open('loads=example:deepseek', kTiny);
  const expected = JSON.parse(fs.readFileSync(path.join(folder, 'expected.json')));
  for (const [name, {steps, layers}] of Object.entries(expected)) {
    await it.drop(path.join(folder, name));
    const line = await agrees(it, folder, name);
    holds(line.startsWith(`evenkeel balance ${name} `) || line === `evenkeel balance ${name}`, line);
    const opened = JSON.parse(await it.read('opened'));
    same([opened.steps, opened.layers], [steps, layers.length], `steps and layers of ${name}`);
    if (steps === 1) continue;
    const window = await it.page.evaluate((text) => playgroundPage.serve(async (settled) => {
      const sentence = playgroundPage.call('app_change', text);
      await settled(false);
      return sentence || playgroundPage.read('trouble');
    }), `file=${encodeURIComponent(name)}&steps=1:2`);
    same(window, '', `a window of ${name}`);
    holds((await agrees(it, folder, name)).includes('--steps 1:2'), 'a window');
  }
  await it.close();
});

// Notes and sentences are followed: what they advise is right.
test('NumbersLayersAsTheUserSays', async () => {
  const it = await Playground.open('loads=example:deepseek&strategy=deepseek&panel=export', {viewport: {width: 1280, height: 1600}});
  const row = (layer) => [...Array(8).keys()].map((e) => (e * e * 7 + layer * 13) % 31 + (e === layer ? 90 : 1)) + '\n';
  const rows = row(0) + row(1) + row(2);
  const worst = async () => JSON.parse(await it.read('compared')).rows.find(({label}) => label === 'deepseek').worst_layer;
  const exported = async (format) => fs.readFileSync(await it.download(() => it.choose('export', format)), 'utf8');
  const numbers = (yaml) => [...yaml.matchAll(/^ {2}(\d+): \[/gm)].map(([, number]) => Number(number));
  await it.drop(text_file('moe.csv', rows));
  await it.type('deployment.gpus', '4');
  await it.type('deployment.redundant', '4');
  holds(!(await agrees(it, scratch, 'counted rows')).includes('--moe-layers'), 'no numbers are said');
  const counted = await worst();
  same(numbers(await exported('tensorrt-llm')), [0, 1, 2], 'the file counts rows');
  const advice = /in the field Layers under Traffic, for example (\S+)$/m.exec(await it.read('said'));
  same(advice[1], '3:6', 'the note says where numbers are given');
  for (const [text, first, last] of [[advice[1], 3, 5], ['1:6:2', 1, 5], ['2,4,5', 2, 5]]) {
    await it.type('trace.moe_layers', text);
    const line = await agrees(it, scratch, text);
    holds(line.includes(`--moe-layers ${text}`), line);
    holds((await it.read('link')).includes('moe-layers=' + text), await it.read('link'));
    const found = numbers(await exported('tensorrt-llm'));
    same([found.length, found[0], found[2]], [3, first, last], 'numbers in the file');
    same(await worst(), found[counted], 'the number of the worst layer');
    same((await it.read('said')).split('\n').slice(1), ['start TensorRT-LLM with: trtllm-serve ... --ep_size 4 ' +
      '--extra_llm_api_options OPTIONS.yaml, which has moe_config: {backend: WIDEEP, load_balancer: ' +
      'tensorrt-llm-placement.yaml}'], 'how the engine is started');
    same(JSON.parse(await exported('sglang')).physical_to_logical_map.length, last + 1, 'all layers of the model');
  }
  const before = await it.read('link');
  await it.type('trace.moe_layers', '3:x');
  same(await it.read('field_problem'), '"3:x": expected layers such as 3:61', 'the sentence about a text');
  same(await it.read('link'), before, 'nothing changes');
  await it.type('trace.moe_layers', '3:5');
  same(await it.read('trouble'), refusal(scratch, 'balance', 'moe.csv', '--moe-layers', '3:5'), 'the sentence about a number');
  await it.type('trace.moe_layers', '3:6');
  // Copies of an expert on different GPUs.
  await it.choose('export', 'vllm-ascend');
  holds(/GPU \d has two copies of expert \d.*; use the stage "apart"$/.test(await it.read('said')), await it.read('said'));
  await it.click('stage.apart');
  holds((await agrees(it, scratch, 'apart')).includes('--apart'), 'the command');
  const map = JSON.parse(await exported('vllm-ascend'));
  holds(map.layer_list.every(({device_list}) => device_list.every(
    ({device_expert}) => new Set(device_expert).size === device_expert.length)), 'no two copies on a device');
  same(native('score', path.join(scratch, 'moe.csv'), path.join(scratch, 'vllm-ascend-placement.json')).metrics.same_gpu_copies, 0, 'read back');
  // Rows of dense layers are placed, and no figure is about them.
  const moe = JSON.parse(await it.read('compared')).rows.map(({label, balancedness, worst_layer}) => [label, balancedness, worst_layer]);
  await it.drop(text_file('dense.csv', '0,0,0,0,0,0,0,0\n'.repeat(3) + rows));
  await it.type('deployment.gpus', '4');
  await it.type('deployment.redundant', '4');
  holds((await it.read('notes')).includes('layers 0:3 have no load in any step: taken for dense layers'), await it.read('notes'));
  holds(!(await agrees(it, scratch, 'dense rows')).includes('--moe-layers'), 'the rows say the numbers');
  same(JSON.parse(await it.read('compared')).rows.map(({label, balancedness, worst_layer}) => [label, balancedness, worst_layer]), moe, 'figures');
  same(JSON.parse(await exported('vllm')).length, 3, 'MoE layers of the file');
  await it.close();
});

test('ReadsSeveralFilesAsOneRecording', async () => {
  const it = await Playground.open('loads=example:deepseek', kTiny);
  const ranks = [10, 9, 2].map((rank) => text_file(`rank${rank}.csv`, csv_of(rank)));
  await it.drop(...ranks);
  same(await it.read('loads'), 'rank2.csv\nrank9.csv\nrank10.csv', 'in the order of their numbers');
  same((await agrees(it, scratch, 'ranks')).split(' --')[0], 'evenkeel balance rank2.csv rank9.csv rank10.csv', 'the command');
  holds((await it.read('notes')).includes('the files are of ranks, whose loads add up'), await it.read('notes'));
  same(JSON.parse(await it.read('opened')).steps, 4, 'steps of ranks');
  same(await it.page.inputValue('#loads'), '', 'the menu has no such preset');
  const link = await it.read('link');
  // Chosen with the button; the steps follow each other.
  const parts = ['b', 'a c'].map((part, i) => text_file(`part ${part}.csv`, csv_of(i)));
  await it.page.setInputFiles('#file', parts);
  await it.page.waitForFunction(() => window.playground.read('loads').startsWith('part'), null, {timeout: kPatience});
  await it.idle();
  holds((await agrees(it, scratch, 'parts')).startsWith("evenkeel balance 'part a c.csv' 'part b.csv'"), 'quoted names');
  same(JSON.parse(await it.read('opened')).steps, 8, 'steps of parts');
  await it.page.evaluate((text) => { location.hash = text; }, link + '&gpus=2&redundant=0');
  await it.idle();
  holds((await it.read('trouble')).includes('rank2.csv and 2 more files, which are not part of the link'), await it.read('trouble'));
  await it.drop(...ranks);
  holds((await agrees(it, scratch, 'the link')).endsWith('rank10.csv --gpus 2 --redundant 0'), 'the link is applied');
  // A folder without statistics: its files, seen from inside.
  const folder = path.join(scratch, 'recorded');
  fs.mkdirSync(path.join(folder, 'late'), {recursive: true});
  fs.writeFileSync(path.join(folder, 'a.csv'), csv_of(0));
  fs.writeFileSync(path.join(folder, '.hidden'), 'nothing');
  fs.writeFileSync(path.join(folder, 'late/b.csv'), csv_of(1));
  await it.drop(folder);
  holds((await agrees(it, folder, 'a folder')).startsWith('evenkeel balance a.csv late/b.csv'), await it.read('command'));
  for (let i = 0; i < 65; ++i) fs.writeFileSync(path.join(folder, `late/${i}.csv`), '1,2\n');
  await it.drop(folder);
  same(await it.read('trouble'), "recorded: a folder with 67 files, of which none is TensorRT-LLM's rank*.safetensors; " +
    'choose the files of loads themselves, or a folder with at most 64', 'too many files');
  const empty = path.join(scratch, 'empty');
  fs.mkdirSync(empty);
  await it.drop(empty);
  same(await it.read('trouble'), 'empty: a folder without files; expected recorded loads', 'an empty folder');
  await it.close();
});

// Packs a file again into a zip archive, deflated. `change` may damage the archive.
function deflated(name, file, change = () => {}) {
  const at = path.join(scratch, name);
  execFileSync('python3', ['-c', `import sys, zipfile
given, out = sys.argv[1:]
inside = zipfile.ZipFile(given) if zipfile.is_zipfile(given) else None
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
    if inside is None: packed.write(given, "loads.npy")
    else: [packed.writestr(entry, inside.read(entry)) for entry in inside.namelist()]
`, file, at]);
  const bytes = fs.readFileSync(at);
  change(bytes, bytes.indexOf('PK\x01\x02', 'latin1'));
  fs.writeFileSync(at, bytes);
  return at;
}

test('ReadsCompressedFiles', async () => {
  const it = await Playground.open('loads=example:deepseek', kTiny);
  const zipped = path.join(scratch, 'steps.csv.gz');
  fs.writeFileSync(zipped, zlib.gzipSync(csv_of(3)));
  await it.drop(zipped);
  holds((await agrees(it, scratch, 'gzip')).startsWith('evenkeel balance steps.csv.gz'), 'the name as given');
  const small = small_trace();
  await it.drop(deflated('small.npz', small));
  await agrees(it, scratch, 'a deflated .npz');
  const stat = path.join(data, 'recordings/sglang_stat.pt');
  if (fs.existsSync(stat)) {
    await it.drop(deflated('stat.pt', stat));
    await agrees(it, scratch, 'a deflated .pt');
  }
  const sentences = [];
  const refused = async (file) => {
    await it.drop(file);
    sentences.push(await it.read('trouble'));
    return sentences[sentences.length - 1];
  };
  same(await refused(text_file('a.csv.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2]))), 'a.csv.zst: compressed with zstd, ' +
    'which a page cannot read; decompress it first (zstd -d), or use the command or the playground in a window', 'zstd');
  const cut = 'cut.csv.gz: damaged, or more than one gzip member, which a page cannot read; decompress it first (gzip -d)';
  same(await refused(text_file('cut.csv.gz', fs.readFileSync(zipped).subarray(0, 60))), cut, 'a truncated file');
  const size_at = 24; // of an entry in the directory
  const bomb = deflated('bomb.npz', small, (bytes, at) => bytes.writeUInt32LE(0x7fffffff, at + size_at));
  const without_limit = (sentence) => sentence.replace(/at most \d+ can/, 'at most N can'); // the page's is lower
  same(without_limit(await refused(bomb)), without_limit(refusal(scratch, 'balance', 'bomb.npz')), 'a claim that cannot be true');
  const less = deflated('less.npz', small, (bytes, at) => bytes.writeUInt32LE(bytes.readUInt32LE(at + size_at) - 1, at + size_at));
  holds((await refused(less)).startsWith('less.npz: the entry "loads.npy" holds '), 'more than it claims');
  const broken = deflated('broken.npz', small, (bytes) => bytes.fill(0xff, 60, 90));
  holds((await refused(broken)).startsWith('broken.npz: the entry "loads.npy" holds '), 'damaged');
  holds(sentences.every((sentence) => !sentence.includes('\n')), sentences.join());
  // Without DecompressionStream.
  await it.page.workers()[0].evaluate(() => { self.DecompressionStream = undefined; });
  same(await refused(path.join(scratch, 'small.npz')), 'small.npz: the entry "loads.npy" is compressed, which cannot be read here; ' +
    'save the file without compression', 'an archive');
  holds((await refused(zipped)).startsWith('steps.csv.gz: compressed; decompress it first'), 'gzip');
  await it.close();
});

test('WarnsAboutLoads', async () => {
  for (const [width, theme] of [[1280, 'light'], [390, 'dark']]) {
    const it = await Playground.open(`loads=example:deepseek&strategy=keel&theme=${theme}`, {viewport: {width, height: 844}});
    same(await it.read('warnings'), '[]', 'nothing to warn of');
    const row = (rank) => `${Array.from({length: 32}, (_, e) => (Math.floor(e / 8) === rank ? e + 1 : 0))}\n`;
    await it.drop(text_file('rank0.csv', row(0) + row(0)), text_file('rank0_late.csv', row(0) + row(0)));
    const [warning] = JSON.parse(await it.read('warnings'));
    holds(warning.startsWith('24 of 32 experts have no load in any layer'), warning);
    holds((await it.page.textContent('#summary')).endsWith(` Warning: ${warning}.`), 'for screen readers');
    same(JSON.parse(await it.read('notes')).length > 0, true, 'notes');
    if (process.env.EVENKEEL_SHOTS) await it.page.screenshot({path: `${process.env.EVENKEEL_SHOTS}/warning-${width}.png`});
    const wide = await it.page.evaluate(() => document.documentElement.scrollWidth);
    holds(wide <= width, `nothing sticks out: ${wide} px`);
    await it.close();
  }
});

test('SaysThatItsProgramIsAPage', async () => {
  const it = await Playground.open('loads=example:deepseek', kTiny);
  const page = await it.page.context().newPage();
  await page.route('**/playground.wasm', (route) => route.fulfill({contentType: 'text/html', body: '<!DOCTYPE html><p>Home'}));
  await page.goto(address());
  await page.waitForFunction(() => document.querySelector('#summary').textContent !== 'Loading…', null, {timeout: kPatience});
  same(await page.textContent('#summary'), 'playground.wasm is an HTML page, which this server sends for a missing file; ' +
    'put the built playground.wasm next to index.html.', 'the sentence');
  await page.close();
  await it.close();
});

test('AnswersTheTableOfRequestsAsTheCommandDoes', async () => {
  const it = await Playground.open('loads=example:deepseek&strategy=deepseek&panel=export', kTiny);
  let file = '';
  await check_requests(async ({loads, ask, label, error}) => {
    const is_file = table.files[loads] !== undefined;
    if (is_file && file !== loads) await it.drop(requested_file(loads));
    file = is_file ? loads : '';
    const pairs = [[is_file ? 'file' : 'loads', loads], ...Object.entries(ask ?? {})];
    const link = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
    const refused = await it.page.evaluate((text) => playgroundPage.serve(async (settled) => {
      const sentence = playgroundPage.call('app_change', text);
      await settled(false);
      return sentence || playgroundPage.read('trouble');
    }), link);
    same(refused !== '', error !== undefined, `${link}: ${refused}`);
    if (refused !== '') return null;
    same(await it.read('strategy'), label, `the label of ${link}`);
    return answer_of(JSON.parse(await it.read('result')));
  });
  await it.close();
});

test('SaysWhatItAssumes', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek');
  const notes = async () => JSON.parse(await it.read('notes')).join('; ');
  holds((await notes()).endsWith('as gpt-oss-20b is usually deployed'), await notes());
  await it.drop(small_trace());
  holds(/^assumed 8 GPUs and 24 slots; /.test(await notes()), await notes());
  await it.type('deployment.gpus', '4');
  same(await notes(), '', 'all numbers are said');
  await it.close();
});

test('ItsCommandNamesWhatTheCommandAsksFor', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek&gpus=16');
  for (const step of [null, ['strategy', 'ref']]) {
    if (step) await it.choose(...step);
    same(await it.read('hash'), native_of(await it.read('command')).hash, await it.read('command'));
  }
  await it.choose('loads', 'synth:gpt-oss-20b');
  same(await it.read('command'), 'evenkeel balance synth:gpt-oss-20b --strategy ref', 'the usual one is short');
  await it.close();
});

test('SaysWhatIsWrongWithAFile', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek');
  const hash = await it.read('hash');
  const broken = npy('broken.npy', [4, 2, 8], [1, 2, 3]);
  await it.drop(broken);
  const sentence = refusal(scratch, 'balance', 'broken.npy', '--gpus', '2', '--redundant', '2');
  same(await it.read('trouble'), sentence, 'the sentence');
  same(await it.page.textContent('#summary'), sentence, 'the summary');
  same(await it.read('hash'), hash, 'the old state stays');
  await it.page.setInputFiles('#file', small_trace());
  await it.page.waitForFunction(() => window.playground.read('loads') === 'small.npy', null, {timeout: kPatience});
  await it.close();
});

test('RestoresALink', async () => {
  const link = 'loads=synth:glm-4.7,seed=3,steps=40&steps=10:30&gpus=8&redundant=16&nodes=1&groups=1' +
    '&strategy=ref&pack=copies_apart&layer=5&panel=traffic&theme=dark';
  const it = await Playground.open(link);
  same(await it.read('trouble'), '', 'no trouble');
  const command = await it.read('command');
  same(await it.read('hash'), native_of(command).hash, command);
  same(await it.read('steps'), '10:30', 'steps');
  holds(await it.page.evaluate(() => document.documentElement.classList.contains('dark')), 'the theme');
  const again = await Playground.open(await it.read('link'));
  same(await again.read('link'), await it.read('link'), 'the link of a link');
  same(await again.read('hash'), await it.read('hash'), 'its result');
  await again.close();
  await it.close();
});

// A link without a strategy is from the time when deepseek was the default.
test('SaysOnceWhatAnOldLinkMeansNow', async () => {
  const old = 'loads=synth:gpt-oss-20b&gpus=16';
  const it = await Playground.open(old);
  const says = async () => (await it.page.textContent('#summary')).includes('when deepseek was the default strategy. Now it is keel');
  const finds = async () => await it.page.evaluate(() => window.playground.find('old_default.restore')) !== '';
  const address_now = () => it.page.evaluate(() => location.hash.slice(1));
  same([await it.read('strategy'), await says(), await finds()], ['keel', true, true], 'the result and the sentence');
  same(await address_now(), old + '&strategy=keel', 'the address names the strategy from now on');
  await it.click('old_default.restore');
  same([await it.read('strategy'), await says(), await finds()], ['deepseek', false, false], 'as it was');
  same(await address_now(), old + '&strategy=deepseek', 'and so does its address');
  same(await it.read('hash'), native_of(await it.read('command')).hash, await it.read('command'));
  await it.page.evaluate((text) => { location.hash = text; }, old);
  await it.page.waitForFunction(() => window.playground.find('old_default.keep') !== '', null, {timeout: kPatience});
  await it.click('old_default.keep');
  same([await it.read('strategy'), await says(), await finds()], ['keel', false, false], 'keel stays');
  for (const recent of ['', old + '&strategy=keel', 'strategy=deepseek', old + '&refine=two_lights']) {
    await it.page.evaluate((text) => { location.hash = text; }, recent);
    await it.idle();
    same([await says(), await finds()], [false, false], `nothing to say about "${recent}"`);
  }
  await it.close();
});

test('AwaitsTheFileOfALink', async () => {
  const link = 'file=small.npy&steps=2:8&gpus=4&redundant=4&strategy=ref&layer=1';
  const it = await Playground.open(link);
  const hash = () => it.page.evaluate(() => location.hash.slice(1));
  same(await hash(), link, 'the address stays');
  holds((await it.read('trouble')).includes('small.npy'), 'the sentence names the file');
  await it.click('tab.traffic');
  same(await hash(), link + '&panel=traffic', 'and still sets the panel');
  await it.drop(small_trace());
  same(await hash(), link + '&panel=traffic', 'the link is applied');
  same(await it.read('trouble'), '', 'no trouble');
  same(await it.read('hash'), native_of(await it.read('command'), small_trace()).hash, 'its result');
  await it.close();
});

test('HostileLinksGetSentences', async () => {
  const hostile = ['gpus=-3', 'loads=synth:nope', 'loads=../../etc/passwd', 'steps=9:1', 'layer=99999999999999',
    'strategy=%00%ff', 'redundant=1e9', 'groups=0', '=', '&&&', 'foo=' + 'x'.repeat(20000), 'seed=-1',
    'policy=<script>alert(1)</script>', 'gpus=5&slots=7&redundant=3', 'panel=nope', '%', 'loads=synth:kimi-k3,steps=1000000', 'file=<b>x</b>'];
  for (const link of hostile) {
    const small = link.startsWith('loads=') ? link : 'loads=synth:mixtral-8x7b&' + link;
    const it = await Playground.open(small, kTiny);
    const usable = (await it.read('trouble')) !== '' || (await it.read('hash')) !== '';
    holds(usable, `neither a sentence nor a result for ${link}`);
    holds((await it.page.evaluate(() => document.querySelector('b, #summary script'))) === null, 'no markup');
    await it.close();
  }
  // Values that the loads do not have: one sentence for each, and still a result.
  const outdated = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek');
  for (const [pair, words] of [['layer=99', 'there is no layer 99; these loads have layers 0 to 23'],
    ['step=9999', 'there is no step 9999; this layer has 49 steps'], ['steps=0:999', '0:999 is not within'],
    ['steps=9:1', '9:1 is not within']]) {
    await outdated.page.evaluate((text) => { location.hash = 'loads=synth:gpt-oss-20b&strategy=deepseek&' + text; }, pair);
    await outdated.page.waitForFunction((text) => window.playground.read('trouble').includes(text), words,
      {timeout: kPatience});
    await outdated.idle();
    holds(await outdated.read('hash') !== '', `a result for ${pair}`);
    holds(!(await outdated.read('link')).includes(pair), `${pair} is in the link no more`);
  }
  await outdated.close();
  // A text that would not fit on the program's stack.
  const long = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek&foo=' + 'x'.repeat(400000));
  holds((await long.read('trouble')).includes('longer than 4096 bytes'), await long.read('trouble'));
  await long.page.evaluate(() => { location.hash = 'loads=synth:mixtral-8x7b&foo=' + 'x'.repeat(400000); });
  await long.page.waitForFunction(() => window.playground.read('loads') === 'synth:mixtral-8x7b', null, {timeout: kPatience});
  await long.idle();
  await long.page.evaluate(() => {
    document.querySelector('#canvas').focus();
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', 'x'.repeat(600000));
    document.dispatchEvent(new ClipboardEvent('paste', {clipboardData}));
  });
  await long.idle();
  holds(await long.read('hash') !== '', 'and it goes on');
  await long.close();
  const it = await Playground.open('gpus=-3&strategy=ref');
  holds((await it.read('trouble')).includes('gpus'), 'the sentence names the pair');
  same(await it.read('strategy'), 'ref', 'valid keys apply');
  await it.click('trouble.close');
  same(await it.read('trouble'), '', 'understood');
  await it.close();
});

test('MakesOtherSyntheticTraces', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek&gpus=4&redundant=8&nodes=1&groups=1');
  await it.type('trace.seed', '7');
  await it.type('trace.steps', '40');
  const [x, y] = await it.at('trace.skew');
  await it.page.mouse.move(x, y);
  await it.page.mouse.down();
  await it.page.mouse.move(x - 40, y, {steps: 4});
  await it.page.mouse.up();
  await it.idle();
  const command = await it.read('command');
  holds(/synth:gpt-oss-20b,seed=7,steps=40,skew=\d\.?\d* --gpus 4/.test(command), command);
  same(await it.read('hash'), native_of(command).hash, command);
  await it.type('trace.steps', '900000'); // more than a page keeps
  holds((await it.read('trouble')).includes('MiB'), await it.read('trouble'));
  same(await it.read('command'), command, 'the loads that are there stay');
  await it.close();
});

// What keel does, in words, on wide and narrow screens and in a frame.
test('TellsTheStepsOfKeel', async () => {
  for (const [width, height, theme, more] of [[1280, 900, 'light', ''], [390, 844, 'dark', ''], [600, 640, 'dark', '&embed=1']]) {
    const link = `loads=synth:gpt-oss-20b&gpus=8&redundant=8&strategy=keel&theme=${theme}&panel=placement${more}`;
    const it = await Playground.open(`${link}&step=9`, {viewport: {width, height}});
    let before = null;
    let swaps = 0;
    for (let clicks = 0; clicks < 4; ++clicks) {
      await it.click('step.forward');
      const text = await it.read('step_text');
      const hottest = text.match(/: hottest GPU (?:(\d\.\d+) -> )?(\d\.\d+) \(the mean is 1\)$/);
      holds(hottest, text);
      if (before !== null) holds(Math.abs(hottest[1] - before) < 1e-3, `${text}, after ${before}`);
      before = Number(hottest[2]);
      if (!/^Swap experts? \d+( and \d+)? \(GPU \d\) with experts? \d+( and \d+)? \(GPU \d\)/.test(text)) continue;
      if (++swaps === 1 && process.env.EVENKEEL_SHOTS) await it.page.screenshot({path: `${process.env.EVENKEEL_SHOTS}/keel-${width}.png`});
    }
    holds(swaps > 0, 'swaps');
    const wide = await it.page.evaluate(() => document.documentElement.scrollWidth);
    holds(wide <= width, `nothing sticks out: ${wide} px`);
    await it.close();
  }
  // Hundreds of steps of kicks.
  const it = await Playground.open('loads=synth:gpt-oss-20b&gpus=8&redundant=8&strategy=keel:max&panel=placement&step=60', {viewport: {width: 1280, height: 900}});
  holds(Number(await it.read('steps_of_layer')) > 100, 'steps');
  holds(/^(After kick|Kick) \d+: /.test(await it.read('step_text')), await it.read('step_text'));
  await it.close();
});

test('StepsThroughTheAlgorithm', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek');
  same(await it.read('step'), 'last', 'all steps');
  await it.click('step.back');
  const step = Number(await it.read('step'));
  holds(step > 0, 'one step back');
  await it.click('step.back');
  same(Number(await it.read('step')), step - 1, 'two steps back');
  await it.click('step.forward');
  await it.click('step.forward');
  same(await it.read('step'), 'last', 'at the end once more');
  await it.click('step.slider');
  holds(Number(await it.read('step')) < step, 'the middle of the slider');
  await it.close();
});

test('ComparesOverTimeAndCancels', async () => {
  const it = await Playground.open('loads=synth:deepseek-v3,steps=600&steps=0:1&panel=compare'); // 600 windows
  await it.page.mouse.click(...await it.at('compare.run'), {delay: 40});
  await it.page.waitForFunction(() => Number(window.playground.read('series')) > 1, null, {timeout: kPatience});
  await it.click('compare.cancel');
  const windows = Number(await it.read('series'));
  holds(windows < 600, 'cancelled before the end');
  await it.rests();
  const later = Number(await it.read('series'));
  holds(later <= windows + 1, `nothing goes on after cancelling: ${windows}, then ${later}`);
  await it.click('window.1/4');
  await it.click('compare.run');
  await it.page.waitForFunction(() => window.playground.read('series') === '4', null, {timeout: kPatience});

  // As many windows as steps: lines of thousands of points must not disturb anything else on the canvas.
  const steps = 3000;
  await it.page.evaluate(() => {
    location.hash = 'file=long.npy&steps=0:1&gpus=4&redundant=4&strategy=deepseek&panel=traffic';
  });
  await it.drop(npy('long.npy', [steps, 1, 8], [...Array(steps * 8).keys()].map((i) => (i * i * 31 + 7 * i) % 211)));
  await it.page.waitForFunction(() => window.playground.read('series') === '3000', null, {timeout: kPatience});
  await it.idle();
  const controls = {x: 0, y: 100, width: 336, height: 700};
  const before = await it.pixels(controls);
  await it.click('tab.compare');
  await it.page.mouse.move(2, 2);
  await it.idle();
  holds((await it.pixels(controls)).rgba.equals(before.rgba), 'the rest of the canvas is as before');
  const [x, y] = await it.at('compare.series');
  const chart = await it.pixels({x: x - 400, y: y - 60, width: 800, height: 120});
  const chosen = Playground.columns_with(chart, '#0072b2');
  holds(chosen > 780, `the line of deepseek is in ${chosen} of 800 columns`);
  const dashes = Playground.columns_with(chart, '#009e73');
  holds(dashes > 20 && dashes < 500, `dashes of random are in ${dashes} of 800 columns`);
  await it.close();
});

test('ReplaysTheTraceAndCancels', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b,steps=600&every=5&panel=traffic');
  const replay = async () => JSON.parse(await it.read('replay'));
  await it.page.mouse.click(...await it.at('tab.replay'), {delay: 40});
  await it.page.waitForFunction(() => JSON.parse(window.playground.read('replay')).done > 5, null, {timeout: kPatience});
  await it.click('replay.cancel');
  await it.rests();
  const {done, total} = await replay();
  holds(done < total, `cancelled after ${done} of ${total} steps`);
  await it.idle();
  same((await replay()).done, done, 'nothing goes on after cancelling');

  await it.page.evaluate(() => {
    location.hash = 'loads=synth:gpt-oss-20b,steps=120&every=30&delay=3&strategy=deepseek&panel=replay';
  });
  await it.idle();
  await it.click('replay.run');
  await it.page.waitForFunction(() => JSON.parse(window.playground.read('replay')).hash !== '', null, {timeout: kPatience});
  const {hash, policies} = await replay();
  const copied = await it.copied(() => it.click('replay.copy'));
  same(copied, 'evenkeel replay synth:gpt-oss-20b,steps=120 --strategy deepseek --every 30 --delay 3 ' +
    '--policies last,mean_of_max', 'the command');
  const expected = native(...copied.split(' ').slice(1));
  same(hash, expected.hash, 'the hash of all placements');
  same(policies.map(({policy, step_imbalance}) => [policy, step_imbalance]),
    expected.policies.map(({policy, step_imbalance}) => [policy, step_imbalance]), 'by the step');

  const [x, y] = await it.at('replay.plot');
  await it.page.mouse.move(2, 2);
  await it.idle();
  const plot = await it.pixels({x: x - 350, y: y - 90, width: 700, height: 180});
  for (const colour of ['#e69f00', '#0072b2', '#009e73']) {
    const columns = Playground.columns_with(plot, colour);
    holds(columns > 250, `a line of ${colour} is in ${columns} of 700 columns`);
  }
  const [middle, bar] = await it.at('replay.split.1');
  const split = await it.pixels({x: middle - 450, y: bar - 4, width: 900, height: 3});
  for (const colour of ['#d55e00', '#cc79a7']) { // drift and fast
    const columns = Playground.columns_with(split, colour);
    holds(columns > 10, `the bar has ${columns} columns of ${colour}`);
  }
  await it.close();
});

test('SweepsRedundancy', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek&panel=redundancy');
  await it.page.waitForFunction(() => window.playground.read('swept') === '5', null, {timeout: kPatience});
  await it.idle();
  await it.click('redundancy.plot');
  holds((await it.read('command')).includes('--redundant 16'), await it.read('command'));
  same(await it.read('hash'), native_of(await it.read('command')).hash, 'the chosen point');
  await it.close();
});

test('ExportsWhatTheCommandReads', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&panel=export&strategy=ref');
  const hash = await it.read('hash');
  await it.page.evaluate(() => { // notes disappear after a few seconds
    window.noted = [];
    new MutationObserver((changes) => {
      for (const {addedNodes} of changes) window.noted.push(...[...addedNodes].map((note) => note.textContent));
    }).observe(document.querySelector('#notes'), {childList: true});
  });
  const notes = () => it.page.evaluate(() => window.noted.join('\n'));
  const placement = await it.download(() => it.click('export.placement'));
  same(JSON.parse(fs.readFileSync(placement)).hash, hash, 'the placement');
  same(native('score', 'synth:gpt-oss-20b', placement).hash, hash, 'read by the command');
  const table = await it.download(() => it.choose('export', 'table'));
  same(fs.readFileSync(table, 'utf8').trim().split('\n').length,
    1 + JSON.parse(await it.read('menus')).strategies.length, 'lines of the table');
  const sglang = await it.download(() => it.choose('export', 'sglang'));
  same(Object.keys(JSON.parse(fs.readFileSync(sglang))), ['physical_to_logical_map'], 'SGLang');
  holds((await notes()).includes('sglang-placement.json is offered as a download.'), await notes());
  const start = /start SGLang with: python -m sglang\.launch_server .* --init-expert-location sglang-placement\.json$/m;
  holds(start.test(await notes()) && start.test(await it.read('said')), await it.read('said'));
  const yaml = fs.readFileSync(await it.download(() => it.choose('export', 'tensorrt-llm')), 'utf8');
  await it.type('export.mtp', '2');
  const longer = fs.readFileSync(await it.download(() => it.choose('export', 'tensorrt-llm')), 'utf8');
  same(longer.split('\n').length, yaml.split('\n').length + 2, 'layers for multi-token prediction');
  holds((await it.read('said')).includes('for multi-token prediction'), await it.read('said'));
  const picture = await it.download(() => it.choose('export', 'picture'));
  const png = fs.readFileSync(picture);
  same(png.toString('latin1', 1, 4), 'PNG', 'the picture');
  holds(png.length > 20000, `the picture is not empty: ${png.length} bytes`);
  holds((await notes()).includes('evenkeel.png is offered as a download.'), await notes());
  await it.type('deployment.gpus', '7');
  await it.choose('export', 'placement');
  holds((await notes()).includes('there is no placement yet'), await notes());
  await it.close();
});

test('CopiesAndPastes', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek&panel=export');
  same(await it.copied(() => it.click('export.command')), await it.read('command'), 'the command');
  same(await it.copied(() => it.page.click('#copy-link')), address() + '#' + await it.read('link'), 'the link');
  await it.page.evaluate(() => navigator.clipboard.writeText('16'));
  await it.page.mouse.dblclick(...await it.at('deployment.redundant'), {delay: 40});
  await it.press('Control+A');
  await it.page.evaluate(() => { window.pasted = false; addEventListener('paste', () => { window.pasted = true; }); });
  await it.press('Control+V');
  await it.page.waitForFunction(() => window.pasted, null, {timeout: kPatience});
  await it.idle();
  await it.press('Enter');
  await it.idle();
  holds((await it.read('command')).includes('--redundant 16'), await it.read('command'));
  await it.close();
});

test('WorksByKeyboardAlone', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek');
  const key = async (name, times = 1) => {
    for (let i = 0; i < times; ++i) await it.press(name);
    await it.idle();
  };
  const active = () => it.page.evaluate(() => document.activeElement.id);
  const goes = async (name, control, most = 60) => { // presses the key until a control has the focus
    for (let i = 0; i < most && await it.read('focused') !== control; ++i) await key(name);
    same(await it.read('focused'), control, `${name} goes to ${control}`);
  };
  const reached = [];
  for (let i = 0; i < 9; ++i) {
    await key('Tab');
    reached.push(await active());
  }
  same(reached.slice(1), ['loads', 'open', 'strategy', 'panel', 'copy-link', 'export', 'theme', 'canvas'],
    'Tab goes through the header into the canvas');
  await it.page.focus('#strategy');
  await key('ArrowDown');
  same(await it.read('strategy'), 'k2', 'the strategy below');
  // Every column, using only Tab; a number, a list, a strategy.
  await it.page.focus('#canvas');
  await goes('Tab', 'trace.preset');
  await key('Space');
  await key('ArrowDown', 2);
  await key('Enter');
  const loads = await it.read('loads');
  holds(loads !== 'synth:gpt-oss-20b', `other loads from the list: ${loads}`);
  same(await active(), 'canvas', 'a list does not lose the focus');
  await key('Space');
  await key('Escape');
  same(await active(), 'canvas', 'Escape closes a list first');
  await goes('Tab', 'deployment.redundant');
  await key('Enter');
  await key('Control+A');
  await it.page.keyboard.type('64', {delay: 30});
  await key('Enter');
  holds((await it.read('command')).includes('--redundant 64'), await it.read('command'));
  await goes('Tab', 'strategy.k2');
  await key('ArrowDown');
  await key('Space');
  same(await it.read('strategy'), 'tie', 'the strategy below the chosen one');
  await goes('Tab', 'stage.tail');
  await key('Space');
  await key('ArrowUp');
  await key('Enter');
  holds((await it.read('command')).includes('--tail '), await it.read('command'));
  // The results.
  await goes('Tab', 'window.1/4');
  await key('Space');
  await goes('Tab', 'window.track');
  const window_before = await it.read('steps');
  await key('ArrowRight', 2);
  holds(await it.read('steps') !== window_before, `the window moves: ${window_before}`);
  await goes('Tab', 'placement.layer');
  await key('ArrowRight', 3);
  same(Number(/layer=(\d+)/.exec(await it.read('link'))[1]), 3, 'the third layer from there');
  await goes('Tab', 'step.slider');
  await key('ArrowLeft', 6);
  const step = Number(await it.read('step'));
  holds(step > 0, 'backwards');
  await key('ArrowRight');
  holds(Number(await it.read('step')) > step, 'and forwards');
  await goes('Shift+Tab', 'tab.placement');
  for (let i = 0; i < 4 && await it.read('panel') !== 'compare'; ++i) await key('ArrowRight');
  same(await it.read('panel'), 'compare', 'a panel to the right');
  await goes('Tab', 'compare.by.Moved');
  await key('Space');
  const sorted = await it.read('order');
  await key('Space');
  holds(await it.read('order') !== sorted, `another order than ${sorted}`);
  // The header leads to a panel with an export; then Tab leaves the canvas.
  await it.page.focus('#panel');
  await key('End');
  same(await it.read('panel'), 'export', 'the last panel');
  await it.page.focus('#canvas');
  await goes('Tab', 'export.link', 3);
  same(await it.copied(() => key('Space')), address() + '#' + await it.read('link'), 'the link');
  await goes('Tab', 'export.placement');
  await it.download(() => key('Space'));
  for (let i = 0; i < 40 && await active() === 'canvas'; ++i) await key('Tab');
  holds(await active() !== 'canvas', 'Tab leaves the canvas after its last control');
  await it.page.focus('#canvas');
  await key('Escape');
  same(await active(), '', 'Escape leaves the canvas');
  await it.page.focus('#theme');
  await key('Enter');
  holds(await it.page.evaluate(() => document.documentElement.classList.contains('dark')), 'dark');
  await it.close();
});

test('WorksInANarrowWindowByTouch', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek',
    {viewport: {width: 600, height: 1000}, hasTouch: true, deviceScaleFactor: 2});
  const tap = async (control) => {
    await it.page.touchscreen.tap(...await it.at(control));
    await it.idle();
  };
  await tap('tab.setup');
  await tap('strategy.k2');
  same(await it.read('strategy'), 'k2', 'strategy');
  await tap('tab.traffic');
  same(await it.read('panel'), 'traffic', 'panel');
  await tap('tab.compare');
  await tap('compare.by.Same GPU'); // all columns are there
  const order = await it.read('order');
  await tap('compare.by.Same GPU');
  holds(await it.read('order') !== order, `sorted the other way than ${order}`);
  await it.at('compare.by.Time');
  await tap('tab.setup');
  await it.type('deployment.gpus', '7');
  await tap('tab.placement');
  await tap('suggestion.0');
  same(await it.read('trouble'), '', 'a valid deployment, without going back');
  const wide = await it.page.evaluate(() => document.documentElement.scrollWidth);
  holds(wide <= 600, `nothing sticks out: ${wide} px`);
  await it.close();
});

test('ScrollsByTouch', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek&panel=setup',
    {viewport: {width: 600, height: 1000}, hasTouch: true});
  same(await it.page.evaluate(() => window.playground.find('theme.dark')), '', 'not visible yet');
  const [x, y] = await it.at('strategy.deepseek');
  const session = await it.page.context().newCDPSession(it.page);
  const touch = (type, at) => session.send('Input.dispatchTouchEvent',
    {type, touchPoints: at === null ? [] : [{x, y: at}]});
  for (let swipe = 0; swipe < 6; ++swipe) {
    await touch('touchStart', y);
    for (let way = 0; way <= 200; way += 20) {
      await touch('touchMove', y - way);
      await drawn(it.page, 1);
    }
    await touch('touchEnd', null);
  }
  await it.idle();
  await it.at('theme.dark');
  same(await it.read('strategy'), 'deepseek', 'nothing was pressed on the way');
  await it.close();
});

test('SaysThatThereIsNoWebGL', async () => {
  const without = await launch('--disable-3d-apis');
  const page = await without.newPage();
  await page.goto(address());
  await page.waitForFunction(() => document.querySelector('#summary').textContent.includes('WebGL 2'), null,
    {timeout: kPatience});
  await without.close();
});

test('LaterLoadsWinOverEarlierOnes', async () => {
  const it = await Playground.open('loads=synth:gpt-oss-20b&strategy=deepseek');
  const values = ['synth:kimi-k3', 'synth:deepseek-v3', 'synth:mixtral-8x7b'];
  for (const value of values) {
    for (const strategy of ['k2', 'ref']) await it.page.selectOption('#strategy', strategy);
    await it.page.selectOption('#loads', value);
  }
  await it.idle();
  same(await it.read('loads'), values[2], 'loads');
  same(await it.read('hash'), native('balance', values[2], '--strategy', 'ref').hash, 'hash');
  await it.close();
});

test('DrawsNothingWhileNothingChanges', async () => {
  const it = await Playground.open('panel=placement');
  await it.page.mouse.move(5, 5);
  await it.rests();
  const before = await it.read('frames');
  await drawn(it.page, 90); // by the browser
  same(await it.read('frames'), before, 'frames drawn');
  await it.close();
});

test('Speed', async () => {
  const it = await Playground.open('panel=placement', {locale: 'en-GB'}); // a page that no test has used
  await it.page.evaluate(() => {
    window.stalls = [];
    new PerformanceObserver((list) => window.stalls.push(...list.getEntries().map((e) => e.duration)))
      .observe({type: 'longtask'});
  });
  for (const panel of ['placement', 'traffic', 'compare']) {
    await it.click('tab.' + panel);
    const before = Number(await it.read('frames'));
    const begin = Date.now();
    for (let i = 0; i < 120; ++i) await it.page.mouse.move(400 + i * 5, 500 + (i % 40));
    const drawn = Number(await it.read('frames')) - before;
    const rate = drawn / ((Date.now() - begin) / 1000);
    const ms = (await it.read('frame_ms')).split(' ').map(Number).slice(-drawn).sort((a, b) => a - b);
    const at = (share) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))].toFixed(1);
    console.log(`measured: ${panel}: ${drawn} frames, ${rate.toFixed(0)} a second; main thread ${at(0.5)} ms median, ${at(0.99)} ms 99th percentile`);
    holds(drawn > 10, 'frames follow the mouse');
  }
  await it.choose('strategy', 'ref');
  await it.choose('loads', 'synth:kimi-k3');
  const stalls = await it.page.evaluate(() => window.stalls);
  console.log(`measured: ${stalls.filter((ms) => ms > 100).length} tasks of the main thread over 100 ms, the longest ${Math.max(0, ...stalls)} ms`);
  await it.close();
});

(async () => {
  await start();
  await run('Page', 'tests/browser/run.sh page');
  await stop();
  process.exit(); // a test that failed may have left a browser open
})();
