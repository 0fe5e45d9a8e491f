// Tests the JavaScript module in node, in a page and in a module worker, as a package and in its example
// page, against the native command.
'use strict';
const {execFileSync} = require('child_process');
const fs = require('fs');
const path = require('path');
const {pathToFileURL} = require('url');
const zlib = require('zlib');
const {folder, kPatience, launch} = require('./playground.js');
const {answer_of, check_requests, command, holds, native: strongly, recorded, refusal, requested_rows, root, run, same, scratch, serve, table, test} =
  require('./support.js');
// The module shows cheap bounds where nothing else is asked for.
const native = (subcommand, ...words) =>
  strongly(subcommand, ...words, ...(['balance', 'compare', 'score'].includes(subcommand) ? ['--bounds', 'cheap'] : []));

const module_folder = path.join(folder, 'module');
const address_of = (name) => pathToFileURL(path.join(module_folder, name)).href;
let evenkeel, server, browser;

const rows_of = (numbers, width) =>
  Array.from({length: numbers.length / width}, (_, i) => [...numbers.slice(i * width, (i + 1) * width)]);
// A result without the members that the command's JSON does not have.
const figures = ({note, placement, ...rest}) => rest;
// The placement file of a run of the command.
function placed(name, ...words) {
  const file = path.join(scratch, name);
  execFileSync(command, ['balance', ...words, '--out', file, '--force', '--quiet']);
  return file;
}
// The error message of a call.
function sentence_of(call) {
  try {
    call();
  } catch (error) {
    holds(error instanceof evenkeel.EvenkeelError && error instanceof Error, `not an EvenkeelError: ${error.stack}`);
    same(error.name, 'EvenkeelError', 'its name');
    return error.message;
  }
  throw new Error(`not refused: ${call}`);
}

test('FitsItsBudget', async () => {
  const {files} = JSON.parse(fs.readFileSync(path.join(module_folder, 'package.json')));
  const options = {params: {[zlib.constants.BROTLI_PARAM_QUALITY]: 11}};
  let sum = 0;
  for (const name of files.filter((file) => /\.(js|wasm)$/.test(file))) {
    const bytes = fs.readFileSync(path.join(module_folder, name));
    const size = zlib.brotliCompressSync(bytes, options).length;
    console.log(`${name}: ${bytes.length} bytes, ${size} brotli-11`);
    sum += size;
  }
  console.log(`measured: the module has ${sum} bytes brotli-11`);
  holds(sum <= 90000, `the module has ${sum} bytes brotli-11; at most 90000 are allowed`);
});

// The command's answers to the battery's questions, computed once for all three.
let natively = null;
function expected_battery() {
  natively ??= evenkeel.presets().map(({name}) => {
    const {strategies, ...all} = native('compare', `synth:${name},seed=7,steps=30`);
    return {name, ...all, placed: strategies.map(({hash}) => hash),
      strategies: strategies.map(({us_per_layer, ...row}) => row), us: strategies.map(({us_per_layer}) => us_per_layer)};
  });
  return natively;
}
function check_battery(answers, where) {
  const expected = expected_battery();
  same(answers.length, expected.length, 'presets');
  answers.forEach(({us, note, ...answer}, i) => {
    const {us: native_us, ...wanted} = expected[i];
    holds(note.startsWith('assumed ') && note.endsWith(`, as ${answer.name} is usually deployed`), note);
    same(answer, wanted, `${where}: ${answer.name}`);
    if (answer.name === 'deepseek-v3') {
      console.log(`measured: ${where}: deepseek ${us[0].toFixed(1)} us/layer, natively ${native_us[0].toFixed(1)}`);
    }
  });
}

test('AgreesForAllStrategiesAndPresetsInNode', async () => {
  const {battery} = await import(pathToFileURL(path.join(__dirname, 'module_battery.mjs')).href);
  check_battery(await battery(address_of('evenkeel.js')), 'node');
});

// An empty page with a content security policy that forbids eval.
const kPolicy = `default-src 'none'; script-src 'self' 'nonce-one' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'`;
async function open_host(policy) {
  const page = await browser.newPage();
  await page.route('**/host.html', (route) => route.fulfill({contentType: 'text/html',
    headers: {'content-security-policy': policy}, body: '<!DOCTYPE html><title>host</title>'}));
  await page.goto(server.url + 'host.html');
  return page;
}

test('AgreesForAllStrategiesAndPresetsInAPage', async () => {
  const page = await open_host(kPolicy);
  check_battery(await page.evaluate(async () => {
    const {battery} = await import('./module_battery.mjs');
    return battery('./module/evenkeel.js');
  }), 'page');
  await page.close();
});

test('AgreesForAllStrategiesAndPresetsInAModuleWorker', async () => {
  const page = await open_host(kPolicy);
  check_battery(await page.evaluate(() => new Promise((done, failed) => {
    const worker = new Worker('battery_worker.mjs', {type: 'module'});
    worker.onmessage = ({data}) => (data.error ? failed(new Error(data.error)) : done(data.answers));
    worker.onerror = (event) => failed(new Error(event.message));
  })), 'module worker');
  await page.close();
});

test('SaysWhyItCannotBeLoaded', async () => {
  const page = await open_host(kPolicy.replace(`'wasm-unsafe-eval'`, ''));
  const refused = await page.evaluate(async () => {
    const {default: init, EvenkeelError} = await import('./module/evenkeel.js');
    try { await init(); } catch (error) { return error instanceof EvenkeelError && error.message; }
    return 'loaded';
  });
  holds(/^evenkeel-core.wasm could not be loaded: .*Content Security Policy/.test(refused), refused);
  await page.close();

  const fresh = await import(address_of('evenkeel.js') + '?fresh');
  try {
    fresh.strategies();
    holds(false, 'works before it is loaded');
  } catch (error) {
    same(error.message, 'the module is not loaded yet: await init() first', 'before init');
  }
  const page_of_server = () => new Response('\n<!DOCTYPE html><p>Home', {headers: {'content-type': 'text/html'}});
  for (const [source, words] of [[page_of_server(), 'it is an HTML page, which the server sends for a missing file; give init() the right address'],
    [page_of_server().arrayBuffer(), 'it is an HTML page'], [address_of('nothing.wasm'), 'ENOENT'], [server.url + 'nothing.wasm', 'answers 404'],
    [new Uint8Array(8), 'magic'], [address_of('package.json'), 'magic'], ['not an address', 'not']]) {
    const refused_here = await fresh.default(source).then(() => 'loaded', (error) => error.message);
    holds(refused_here.startsWith('evenkeel-core.wasm could not be loaded: ') && refused_here.includes(words),
      `${source}: ${refused_here}`);
  }
  await fresh.default(fetch(server.url + 'module/evenkeel-core.wasm'));
  same(fresh.strategies(), evenkeel.strategies(), 'loaded from a server after all');
  const compiled = await WebAssembly.compile(fs.readFileSync(path.join(module_folder, 'evenkeel-core.wasm')));
  await (await import(address_of('evenkeel.js') + '?compiled')).default(compiled);
});

test('BalancesAsTheCommandDoes', async () => {
  const kModel = 'synth:deepseek-v3,steps=40';
  const loads = evenkeel.synth('deepseek-v3', {steps: 40, window: [10, 30], by_step: true});
  const shape = {gpus: 16, redundant: 32, nodes: 2, groups: 8};
  const words = ['balance', kModel, '--steps', '10:30', '--gpus', '16', '--redundant', '32', '--nodes', '2',
    '--groups', '8'];
  const file = placed('previous.json', ...words.slice(1), '--strategy', 'ref');
  const written = JSON.parse(fs.readFileSync(file));
  const earlier = evenkeel.balance(loads, shape, {strategy: 'ref'});
  const {placement} = earlier;
  same([placement.phy2log, placement.logcnt, placement.log2phy].map((array) => array.constructor.name),
    ['Int32Array', 'Int32Array', 'Int32Array'], 'types');
  same(rows_of(placement.phy2log, placement.slots), written.phy2log, 'phy2log');
  same(rows_of(placement.logcnt, placement.experts), written.logcnt, 'logcnt');
  same(rows_of([...rows_of(placement.log2phy, placement.most_copies)], placement.experts), written.log2phy, 'log2phy');

  for (const [options, more] of [
    [{}, []],
    [{strategy: 'ref', policy: 'global'}, ['--strategy', 'ref', '--policy', 'global']],
    [{strategy: 'random', seed: 12345678901234567890n}, ['--strategy', 'random', '--seed', '12345678901234567890']],
    [{strategy: 'baseline', stages: {tail: 'sainte_lague', refine: 'two_lights'}},
      ['--strategy', 'baseline', '--tail', 'sainte_lague', '--refine', 'two_lights']],
    [{effort: 'max', seed: 5}, ['--effort', 'max', '--seed', '5']],
    [{strategy: 'keel', effort: 25}, ['--strategy', 'keel', '--effort', '25']],
    [{strategy: 'tie', previous: placement}, ['--strategy', 'tie', '--previous', file]],
    [{strategy: 'k2', previous: written.phy2log, seed: 3}, ['--strategy', 'k2', '--previous', file, '--seed', '3']],
  ]) {
    const result = evenkeel.balance(loads, shape, options);
    // JSON.parse rounds the command's number.
    same({...figures(result), seed: Number(result.seed)}, native(...words, ...more), more.join(' '));
    if (options.previous) holds(result.metrics.moved_slots > 0, 'slots moved');
  }
  const compared = evenkeel.compare(loads, shape, {strategies: ['ref', 'deepseek'], stages: {pack: 'copies_apart'},
    previous: placement});
  same(compared.strategies.map(({strategy, hash, metrics}) => [strategy, hash, metrics]),
    native('compare', ...words.slice(1), '--strategies', 'ref,deepseek', '--pack', 'copies_apart', '--previous', file)
      .strategies.map(({strategy, hash, metrics}) => [strategy, hash, metrics]), 'compare');
  for (const [seed, given_back] of [[2n ** 64n - 1n, 2n ** 64n - 1n], [2n ** 53n, 2n ** 53n], [2n ** 53n - 1n, 2 ** 53 - 1], [5n, 5]]) {
    const {seed: balanced} = evenkeel.balance(loads, shape, {seed});
    const {seed: compared_with} = evenkeel.compare(loads, shape, {strategies: ['random'], seed});
    holds(balanced === given_back && compared_with === given_back, `seed ${seed}: ${balanced}, ${compared_with}`);
  }
  const note = evenkeel.balance(loads, {...shape, nodes: 16}).note;
  same(note, '8 groups cannot be shared equally by 16 nodes: nodes and groups are ignored, as with policy global', 'note');
});

// Hashes, log2phy and the list of layers are made when they are first read, and nobody notices.
test('MakesHashesAndListsWhenTheyAreRead', async () => {
  const loads = evenkeel.synth('gpt-oss-20b', {steps: 5});
  const fresh = () => evenkeel.balance(loads, {gpus: 8, redundant: 8});
  const expected = JSON.stringify(fresh());
  const keys = Object.keys(JSON.parse(expected));
  same(keys.slice(6, 9), ['backend', 'hash', 'map_hash'], 'the order of the command');
  same({...fresh()}, JSON.parse(expected), 'spread');
  same(structuredClone(fresh()), JSON.parse(expected), 'cloned');
  require('assert').deepStrictEqual(fresh(), fresh());

  const {hash, placement: {log2phy}} = fresh();
  const changed = fresh();
  for (const array of [changed.placement.phy2log, changed.placement.logcnt]) array.fill(0);
  same(changed.hash, hash, 'the hash is that of the result, whatever becomes of its copies');
  same(changed.placement.log2phy, log2phy, 'and so is log2phy');
  holds(changed.placement.log2phy === changed.placement.log2phy && changed.metrics.layers === changed.metrics.layers, 'made once');

  const frozen = Object.freeze(fresh());
  same([frozen.hash, frozen.hash], [hash, hash], 'frozen');
  const other = fresh();
  other.hash = 'mine';
  same([other.hash, JSON.parse(JSON.stringify(other)).hash, other.map_hash], ['mine', 'mine', frozen.map_hash], 'assigned');

  const scored = evenkeel.score(loads, frozen.placement);
  same([scored.hash, scored.map_hash], [hash, frozen.map_hash], 'of a score');
});

test('ScoresAsTheCommandDoes', async () => {
  const loads = evenkeel.synth('deepseek-v3', {steps: 40, window: [20, 40], by_step: true});
  const words = ['synth:deepseek-v3,steps=40', '--steps', '20:40'];
  const files = [placed('earlier.json', words[0], '--steps', '0:20', '--strategy', 'tie'),
    placed('split.json', words[0], '--steps', '0:20', '--strategy', 'ref', '--policy', 'global')];
  // An unchanged file of the command, except for log2phy, which is flat here.
  const read = files.map((file) => {
    const {phy2log, log2phy, shape} = JSON.parse(fs.readFileSync(file));
    return {phy2log, log2phy: log2phy.flat(2), gpus: shape.gpus, nodes: shape.nodes, groups: shape.groups};
  });
  read.forEach((placement, i) => {
    same(figures(evenkeel.score(loads, placement)), native('score', ...words, files[i]), files[i]);
    same(figures(evenkeel.score(loads, placement, {nodes: 4, groups: 8}, {previous: read[1 - i]})),
      native('score', ...words, files[i], '--nodes', '4', '--groups', '8', '--previous', files[1 - i]), 'moved');
  });
  holds(evenkeel.score(loads, read[1], {nodes: 4, groups: 8}).note.endsWith('scored against the global lower bound'), 'note');
  // Only slots, in rows: copies are numbered again.
  const bare = path.join(scratch, 'bare.json');
  const rows = read[0].phy2log;
  fs.writeFileSync(bare, JSON.stringify(rows));
  same(figures(evenkeel.score(loads, rows, {gpus: 32})), native('score', ...words, bare, '--gpus', '32'), 'rows');

  const bound = evenkeel.lowerBound(loads);
  const {metrics} = native('balance', ...words);
  metrics.layers.forEach((layer, i) => {
    const near = (a, b) => Math.abs(a - b) <= 1e-12 * b;
    holds(near(bound.lower_bound[i], layer.lower_bound), `bound of layer ${i}: ${bound.lower_bound[i]}`);
    holds(near(bound.mean_gpu_load[i], layer.mean_gpu_load), `mean of layer ${i}: ${bound.mean_gpu_load[i]}`);
  });
  const swept = native('sweep', ...words, '--least', '32', '--most', '32').points[0];
  holds(Math.abs(bound.best_balancedness - swept.best_balancedness) < 1e-12, `at best ${bound.best_balancedness}`);
});

test('TakesNumbersInEveryFormAndWritesEngineFiles', async () => {
  const {layers, experts, values} = evenkeel.synth('gpt-oss-20b', {steps: 9});
  const rows = rows_of(values, experts);
  const file = path.join(scratch, 'rows.json');
  fs.writeFileSync(file, JSON.stringify(rows));
  const shape = {gpus: 4, redundant: 8};
  const words = ['balance', file, '--gpus', '4', '--redundant', '8'];
  const result = evenkeel.balance(rows, shape);
  same(figures(result), native(...words), 'rows');
  for (const loads of [rows.map((row) => Uint16Array.from(row)), {values: rows}, {experts, values},
    {layers, experts, values: [...values]}, {experts, values: BigInt64Array.from([...values], BigInt)},
    {experts, values: Float64Array.from(values)}]) {
    same(evenkeel.balance(loads, shape).hash, result.hash, 'the hash of the same numbers');
  }
  const slice = evenkeel.synth('deepseek-v3', {steps: 20, window: [5, 15], layers: [3, 9], by_step: true});
  same(figures(evenkeel.balance(slice, {gpus: 8, slots: 264})), native('balance', 'synth:deepseek-v3,steps=20', '--steps', '5:15',
    '--layers', '3:9', '--gpus', '8', '--slots', '264'), 'a slice');
  if (fs.existsSync(recorded)) {
    // The recorded trace may have any type, and the command does not print its sums, so the file is parsed here.
    const bytes = fs.readFileSync(recorded);
    const header = bytes.toString('latin1', 10, 10 + bytes.readUInt16LE(8));
    const [steps, L, E] = /'shape': \((\d+), (\d+), (\d+)\)/.exec(header).slice(1).map(Number);
    const Type = {'<u2': Uint16Array, '<i4': Int32Array, '<u4': Uint32Array, '<f4': Float32Array, '<i8': BigInt64Array}[/'descr': '(...)'/.exec(header)[1]];
    const numbers = new Type(bytes.buffer.slice(bytes.byteOffset + 10 + bytes.readUInt16LE(8), bytes.byteOffset + bytes.length));
    const sums = new Float64Array(L * E);
    for (let i = 0; i < steps * L * E; ++i) sums[i % (L * E)] += Number(numbers[i]);
    same(evenkeel.balance({experts: E, values: sums}, {gpus: 8, slots: 40}).hash,
      native('balance', recorded, '--gpus', '8', '--slots', '40').hash, 'the recorded trace');
    same(figures(evenkeel.balance({layers: L, experts: E, steps, values: numbers}, {gpus: 8, slots: 40})),
      native('balance', recorded, '--gpus', '8', '--slots', '40'), 'its single steps');
  } else {
    console.log(`EXTERNAL DATA ${recorded} is absent`);
    holds(process.env.EVENKEEL_REQUIRE_DATA !== '1', 'external data are required');
  }
  // Single steps, nested or flat, are summed, and give figures by step.
  const nested = [[[19, 0, 1, 0]], [[1, 0, 19, 0]]];
  const contiguous = (given) => evenkeel.balance(given, {gpus: 2, slots: 4}, {strategy: 'contiguous'}).metrics;
  const by_step = contiguous(nested);
  same([by_step.imbalance, by_step.step_imbalance, by_step.layers[0].step_imbalance_p95], [0, 0.9, 0.9], 'by step');
  same(contiguous({layers: 1, experts: 4, steps: 2, values: nested.flat(2)}), by_step, 'flat');
  same(contiguous([[20, 0, 20, 0]]).step_imbalance, null, 'the sum alone');
  same(sentence_of(() => contiguous([[[1, 2]], [[3, -4]]])), 'loads: step 1, layer 0, expert 1: load -4 is negative (a counter ' +
    'may have wrapped); loads must be finite and at least 0', 'a negative count');
  same(sentence_of(() => contiguous([[[1, 2]], [[3]]])), 'loads: step 1 has 1 layers of 1 experts, but the first has 1 of 2', 'widths');
  // No copies, so none on one GPU.
  const spread = evenkeel.balance(rows, {gpus: 4, slots: experts}).placement;
  const spread_words = ['balance', file, '--gpus', '4', '--slots', String(experts), '--quiet', '--force'];
  for (const {name, extension, layers: which} of evenkeel.formats()) {
    const out = path.join(scratch, name + extension);
    const mtp = name === 'tensorrt-llm' ? 2 : 0;
    execFileSync(command, [...spread_words, '--export', `${name}:${out}`, '--mtp', String(mtp)]);
    const exported = evenkeel.exportPlacement(spread, name, {mtp});
    same(typeof exported, extension === '.npy' ? 'object' : 'string', name);
    holds(Buffer.from(exported).equals(fs.readFileSync(out)), `${name} is not the file of the command`);
    holds(['all', 'numbered', 'moe'].includes(which), `${name}: ${which}`);
  }
  const plan = JSON.parse(evenkeel.exportPlacement(result.placement, 'sglang')).physical_to_logical_map;
  same(plan, rows_of(result.placement.phy2log, 40), 'read back');
  same(evenkeel.exportPlacement({phy2log: rows_of(spread.phy2log, experts), experts, gpus: 4}, 'vllm-ascend'),
    evenkeel.exportPlacement(spread, 'vllm-ascend'), 'slots alone, with what they lack');
  // Dense layers are left out, and explain why a placement begins later.
  const later = {...spread, first_layer: 3};
  same(evenkeel.exportPlacement(later, 'vllm', {dense_layers: [0, 1, 2]}), evenkeel.exportPlacement(spread, 'vllm'), 'later');
  same(JSON.parse(evenkeel.exportPlacement(spread, 'vllm', {dense_layers: Int8Array.of(0, 1)})).length, layers - 2, 'dense rows');
  // The last layer that has a number.
  const {metrics} = evenkeel.balance({values: rows, first_layer: 65535}, shape);
  same(metrics.layers.map(({layer}) => layer), rows.map((_, i) => 65535 + i), 'numbers of layers');
  holds(metrics.worst_layer >= 65535, `worst layer ${metrics.worst_layer}`);
});

test('ListsWhatThereIs', async () => {
  const listed = execFileSync(command, ['strategies'], {encoding: 'utf8'});
  for (const {name, alias, sentence, source} of evenkeel.strategies()) {
    for (const words of [alias === null ? name : `${name} (also ${alias})`, sentence, source]) {
      holds(listed.includes(words), words);
    }
  }
  const parts = execFileSync(command, ['strategies', '--stages'], {encoding: 'utf8'});
  for (const {name, sentence, rules} of evenkeel.stages()) {
    holds(parts.includes(`--${name}: ${sentence}`), name);
    for (const rule of rules) holds(parts.includes(rule.name) && parts.includes(rule.sentence), rule.name);
  }
  const presets = execFileSync(command, ['synth'], {encoding: 'utf8'});
  for (const {name, sentence, top_k, tokens} of evenkeel.presets()) {
    holds(presets.includes(`${name}: ${sentence}`) && presets.includes(`top-${top_k}, ${tokens} tokens`), name);
  }
});

// A request of the table as arguments.
function arguments_of({loads, ask}) {
  const whole = (text) => (/^-?\d+$/.test(text) ? Number(text) : text);
  const shape = {}, stages = {}, options = {stages}, trace = {};
  for (const [name, value] of Object.entries(ask ?? {})) {
    if (['gpus', 'slots', 'redundant', 'nodes', 'groups'].includes(name)) shape[name] = whole(value);
    else if (name === 'steps') trace.window = /:/.test(value) ? steps_of(value) : value;
    else if (name === 'seed') options.seed = /^-?\d+$/.test(value) ? BigInt(value) : value;
    else if (['strategy', 'effort', 'policy'].includes(name)) options[name] = value;
    else stages[name] = value;
  }
  if (table.files[loads]) return [{values: requested_rows(loads), source: loads}, shape, options];
  if (!loads.startsWith('synth:')) {
    return [{values: [[90, 132, 40, 61, 104, 165, 39, 4, 73, 56, 183, 86],
      [20, 107, 104, 64, 19, 197, 187, 157, 172, 86, 16, 27]], source: loads}, shape, options];
  }
  const [preset, ...more] = loads.split(',');
  for (const [name, value] of more.map((pair) => pair.split('='))) trace[name] = Number(value);
  return [evenkeel.synth(preset, trace), shape, options];
}
const steps_of = (range) => range.split(':').map((bound, i) => (bound === '' ? [0, 1e6][i] : Number(bound)));
test('AnswersTheTableOfRequestsAsTheCommandDoes', () => check_requests((asked) => {
  const in_words = (sentence) => sentence.replace(/[<>]/g, '');
  try {
    const result = evenkeel.balance(...arguments_of(asked));
    same(result.note, (asked.notes ?? []).map(in_words).join('; '), JSON.stringify(asked));
    return answer_of(result);
  } catch (error) {
    holds(error instanceof evenkeel.EvenkeelError, error.stack);
    holds(!error.message.includes('--'), `a sentence for JavaScript: ${error.message}`);
    if (/nearest/.test(asked.error)) holds(error.message.includes(in_words(asked.error)), error.message);
    return null;
  }
}));

test('RefusesInTheCommandsWords', async () => {
  fs.writeFileSync(path.join(scratch, 'l.csv'), '90,132,40,61\n20,107,104,64\n');
  const loads = {values: [[90, 132, 40, 61], [20, 107, 104, 64]], source: 'l.csv'};
  const shape = {gpus: 2, slots: 6};
  const usual = ['--gpus', '2', '--slots', '6'];
  // The command's sentence with the names of the module, without its word about its help.
  const refused = (...words) => refusal(scratch, ...words).replace(/; see evenkeel --help$/, '').replace(/--([a-z-]+)/g, (_, name) => name.replace(/-/g, '_'))
    .replace(/(nearest valid: )(.*)$/, '$1...');
  const said = (call) => sentence_of(call).replace(/(nearest valid: )(.*)$/, '$1...');
  const cases = [
    [{gpus: 0, slots: 6}, {}, ['--gpus', '0', '--slots', '6']],
    [{gpus: 99999999999, slots: 6}, {}, ['--gpus', '99999999999', '--slots', '6']],
    [{gpus: 2, redundant: -1}, {}, ['--gpus', '2', '--redundant', '-1']],
    [{gpus: 1, slots: 5000}, {}, ['--gpus', '1', '--slots', '5000']],
    [{gpus: 2, slots: 2}, {}, ['--gpus', '2', '--slots', '2']],
    [{gpus: 4, slots: 6}, {}, ['--gpus', '4', '--slots', '6']],
    [{...shape, nodes: 2, groups: 3}, {policy: 'hierarchical'}, [...usual, '--nodes', '2', '--groups', '3', '--policy', 'hierarchical']],
    [{...shape, groups: 3}, {}, [...usual, '--groups', '3']],
    [{...shape, nodes: 3, groups: 3}, {}, [...usual, '--nodes', '3', '--groups', '3']],
    [shape, {strategy: 'best'}, [...usual, '--strategy', 'best']],
    [shape, {strategy: 'ref', effort: 'max'}, [...usual, '--strategy', 'ref', '--effort', 'max']],
    [shape, {effort: 0}, [...usual, '--effort', '0']],
    [shape, {strategy: '__proto__'}, [...usual, '--strategy', '__proto__']],
    [shape, {stages: {tail: 'nope'}}, [...usual, '--tail', 'nope']],
    [shape, {strategy: 'k2', stages: {tail: 'lower_peak'}}, [...usual, '--strategy', 'k2', '--tail', 'lower_peak']],
  ];
  for (const [asked, options, words] of cases) {
    same(said(() => evenkeel.balance(loads, asked, options)), refused('balance', 'l.csv', ...words), words.join(' '));
  }
  // The parser of the command's options has words of its own for this.
  same(sentence_of(() => evenkeel.balance(loads, {...shape, redundant: 2})),
    'slots excludes redundant; give one of them', 'slots and redundant');
  for (const [options, more] of [[{steps: 0}, 'steps=0'], [{skew: 9}, 'skew=9'], [{skew: 1e-7}, 'skew=1e-7'], [{seed: -1}, 'seed=-1']]) {
    same(sentence_of(() => evenkeel.synth('glm-5', options)), refusal(scratch, 'balance', `synth:glm-5,${more}`), more);
  }
  same(sentence_of(() => evenkeel.synth('gpt')), refusal(scratch, 'balance', 'synth:gpt'), 'preset');
  same(sentence_of(() => evenkeel.synth('glm-5', {steps: 30, window: [20, 40]})),
    refusal(scratch, 'balance', 'synth:glm-5,steps=30', '--steps', '20:40'), 'window');
  fs.writeFileSync(path.join(scratch, 'huge.csv'), '3e38,3e38\n1,2\n');
  same(sentence_of(() => evenkeel.balance({values: [[3e38, 3e38], [1, 2]], source: 'huge.csv'}, {gpus: 1, slots: 2})),
    refusal(scratch, 'balance', 'huge.csv', '--gpus', '1', '--slots', '2'), 'huge');
});

test('WritesNumbersAsTheCommandDoes', async () => {
  // The sum of a layer: the command and the module both print it if it is too large.
  for (const [a, b] of [[3e38, 3e38], [2.5e38, 1e38], [3.4e38, 123456789e30], [2.0000001e38, 2.0000002e38]]) {
    fs.writeFileSync(path.join(scratch, 'sum.csv'), `${a},${b}\n`);
    same(sentence_of(() => evenkeel.balance({values: [[a, b]], source: 'sum.csv'}, {gpus: 1, slots: 2})),
      refusal(scratch, 'balance', 'sum.csv', '--gpus', '1', '--slots', '2'), `${a} + ${b}`);
  }
  // "%.*g" with the smallest of 6, 9, 15, 17 digits that reads back as the same binary32.
  for (const [load, text] of [[-1, '-1'], [-0.1, '-0.1'], [-1e6, '-1e+06'], [-123456, '-123456'], [-1234567, '-1234567'],
    [-0.00012, '-0.00012'], [-1.2e-5, '-1.2e-05'], [-1048576.125, '-1048576.12'], [-1e-45, '-1.4013e-45'], [NaN, 'nan'], [-Infinity, '-inf']]) {
    same(sentence_of(() => evenkeel.balance([[load, 1]], {gpus: 1, slots: 2})),
      `loads: layer 0, expert 0: load ${text}; loads must be finite and at least 0`, text);
  }
});

test('SurvivesWhateverIsPassed', async () => {
  const {balance, compare, exportPlacement, lowerBound, score, synth} = evenkeel;
  const rows = [[90, 132, 40, 61], [20, 107, 104, 64]];
  const shape = {gpus: 2, slots: 6};
  const good = balance(rows, shape);
  const {placement} = good;
  const values = Float32Array.from(rows.flat());
  const detached = Float32Array.from(rows.flat());
  structuredClone(detached.buffer, {transfer: [detached.buffer]});
  const endless = {};
  endless.self = endless;
  const cases = [
    [() => balance(), /^loads: nothing; expected a list of layers/],
    [() => balance(null, shape), /^loads: null; expected an object/],
    [() => balance(7, shape), /^loads: 7; expected/],
    [() => balance('[[1,2]]', shape), /^loads: "\[\[1,2\]\]"; expected/],
    [() => balance([], shape), /^loads: an array; expected a list of layers/],
    [() => balance([[]], shape), /^loads: 0 experts; expected 1 to 1024$/],
    [() => balance([1, 2], shape), /^loads: an array; expected a list of layers/],
    [() => balance([[1, 2], [3]], shape), /^loads: layer 1 has 1 numbers, but the first has 2$/],
    [() => balance([[1, 2], null], shape), /^loads: layer 1: null; expected a list of numbers$/],
    [() => balance([[1, '2']], shape), /^loads: layer 0, expert 1: "2"; expected a number$/],
    [() => balance([[1, undefined]], shape), /^loads: layer 0, expert 1: nothing; expected a number$/],
    [() => balance([[1, {valueOf: () => 3}]], shape), /^loads: layer 0, expert 1: an object; expected a number$/],
    [() => balance([[1, 2n ** 60n]], shape), /^loads: layer 0, expert 1: 1152921504606846976 is out of range$/],
    [() => balance([[1, NaN]], {gpus: 1, slots: 2}), /^loads: layer 0, expert 1: load nan; loads must be finite and at least 0$/],
    [() => balance([[1, Infinity]], {gpus: 1, slots: 2}), /^loads: layer 0, expert 1: load inf; /],
    [() => balance([[1, -1]], {gpus: 1, slots: 2}), /^loads: layer 0, expert 1: load -1; /],
    [() => balance([[3e38, 3e38]], {gpus: 1, slots: 2}), /^loads: layer 0: the sum of the loads is 6\.0*.*e\+38, above/],
    [() => balance(Array(129).fill([1, 2]), shape), /^loads: 129 layers; expected 1 to 128$/],
    [() => balance([new Float32Array(1025)], shape), /^loads: 1025 experts; expected 1 to 1024$/],
    [() => balance({layers: 1e9, experts: 1e9, values}, shape), /^loads: 1000000000 layers; expected 1 to 128$/],
    [() => balance({layers: 2 ** 32 + 2, experts: 4, values}, shape), /^loads: 4294967298 layers; expected 1 to 128$/],
    [() => balance({layers: 2.5, experts: 4, values}, shape), /^loads\.layers: 2\.5; expected a whole number$/],
    [() => balance({experts: 3, values}, shape), /^loads: 8 numbers; 2 layers of 3 experts are 6$/],
    [() => balance({layers: 2, experts: 4, values: detached}, shape), /^loads: 0 numbers; 2 layers of 4 experts are 8$/],
    [() => balance({experts: 4, values: new DataView(values.buffer)}, shape), /^loads: an object; expected a list/],
    [() => balance({experts: 4, values, weight: 1}, shape), /^loads: unknown "weight"; there are layers, experts/],
    [() => balance({experts: 4, values, source: 5}, shape), /^loads\.source: 5; expected a text$/],
    [() => balance({experts: 4, values, source: 'a\nb\u0000c.csv'}, {gpus: 4, slots: 6}), /^a\?b\?c\.csv: 2 layers of 4 experts: /],
    [() => balance({experts: 4, values, first_layer: 2 ** 40}, shape), /^loads\.first_layer: 1099511627776; expected a whole number from 0 to 65535$/],
    [() => balance({experts: 4, values, first_layer: 65536}, shape), /^loads\.first_layer: 65536; expected a whole number from 0 to 65535$/],
    [() => balance({experts: 4, values, first_layer: -1}, shape), /^loads\.first_layer: -1; expected a whole number from 0/],
    [() => balance({experts: 4, values, steps: -5}, shape), /^loads\.steps: -5; expected a whole number of at least 1$/],
    [() => balance({experts: 4, values, steps: 0}, shape), /^loads\.steps: 0; expected a whole number of at least 1$/],
    [() => balance({experts: -2, values}, shape), /^loads: -2 experts; expected 1 to 1024$/],
    [() => balance({experts: 0, values}, shape), /^loads: 0 experts; expected 1 to 1024$/],
    [() => balance({experts: 2 ** 53 - 1, values}, shape), /^loads: 9007199254740991 experts; expected 1 to 1024$/],
    [() => balance({experts: 16, values}, shape), /^loads: 8 numbers; 1 layers of 16 experts are 16$/],
    [() => balance({experts: 1, values: new Float32Array(129)}, shape), /^loads: 129 layers; expected 1 to 128$/],
    [() => balance(endless, shape), /^loads: unknown "self"/],
    [() => balance(rows, 8), /^shape: 8; expected an object with gpus/],
    [() => balance(rows, {gpu: 2, slots: 6}), /^shape: unknown "gpu"; there are gpus, slots/],
    [() => balance(rows, {gpus: '2', slots: 6}), /^shape\.gpus: "2"; expected a whole number$/],
    [() => balance(rows, {gpus: NaN, slots: 6}), /^shape\.gpus: NaN; expected a whole number$/],
    [() => balance(rows, {...shape, experts: 8}), /^loads: 4 experts, but the shape says 8$/],
    [() => balance(rows, JSON.parse('{"__proto__": {"gpus": 2}, "slots": 6}')), /^shape: unknown "__proto__"/],
    [() => balance(rows, shape, 'ref'), /^options: "ref"; expected an object with strategy/],
    [() => balance(rows, shape, {strategie: 'ref'}), /^options: unknown "strategie"; there are strategy, effort, stages/],
    [() => balance(rows, shape, {strategy: 5}), /^options\.strategy: 5; expected a text$/],
    [() => balance(rows, shape, {strategy: 'x'.repeat(1e6)}), /^unknown strategy "x{40}\.\.\."; known: deepseek/],
    [() => balance(rows, shape, {stages: {cook: 'greedy'}}), /^unknown stage "cook"; known: replicate/],
    [() => balance(rows, shape, {stages: 'greedy'}), /^options\.stages: "greedy"; expected an object/],
    [() => balance(rows, shape, {seed: 1.5}), /^options\.seed: 1\.5; expected a whole number$/],
    [() => balance(rows, shape, {seed: -1}), /^seed is "-1"; expected a whole number from 0 to 18446744073709551615$/],
    [() => balance(rows, shape, {seed: 2n ** 64n}), /^seed is "18446744073709551616"; expected/],
    [() => balance(rows, shape, {policy: 'any'}), /^unknown policy "any"; known: auto, hierarchical, global$/],
    [() => compare(rows, shape, {strategies: 'ref'}), /^options\.strategies: "ref"; expected an array of names$/],
    [() => compare(rows, shape, {strategies: ['ref', 'x']}), /^unknown strategy "x"; known:/],
    [() => lowerBound(rows, shape, {strategy: 'ref'}), /^options: unknown "strategy"; there are policy, seed, bounds$/],
    [() => score(rows), /^the placement: no phy2log/],
    [() => score(rows, good), /^the placement: unknown "format"; there are layers/],
    [() => score(rows, {...placement, gpus: 0}), /^the placement does not contain the number of GPUs; add gpus$/],
    [() => score(rows, placement, {gpus: 3}), /^the placement is for 2 GPUs, but gpus is 3$/],
    [() => score(rows, {...placement, slots: 5}), /^the placement: 12 numbers; 2 layers of 5 slots are 10$/],
    [() => score(rows, {...placement, slots: 1e9}), /^the placement: 1000000000 slots; expected 1 to 4096$/],
    [() => score(rows, {...placement, gpus: 2 ** 32 + 2}), /^the placement\.gpus: 4294967298 is out of range$/],
    [() => score(rows, {...placement, layers: undefined, slots: -6}), /^the placement: -6 slots; expected 1 to 4096$/],
    [() => score(rows, {...placement, first_layer: 2 ** 31 - 1}), /^the placement\.first_layer: 2147483647; expected a whole number from 0 to 65535$/],
    [() => score(rows, {...placement, nodes: -1}), /nodes is -1; expected 1 to 1024$/],
    [() => score(rows, {...placement, phy2log: placement.phy2log.map(() => 9)}), /^the placement: layer 0, slot 0: expert 9 does not exist; expected 0 to 3$/],
    [() => score(rows, {...placement, phy2log: [...placement.phy2log].fill(1e300)}), /^the placement: layer 0, slot 0: expert 2147483647 does not exist/],
    [() => score(rows, {...placement, phy2log: placement.phy2log.map(() => 0)}), /^the placement: layer 0: expert 1 is in no slot/],
    [() => score(rows, {...placement, phy2log: Float32Array.from(placement.phy2log, (x) => x + 0.5)}), /expected a whole number$/],
    [() => score(rows, {...placement, log2phy: placement.log2phy.map(() => 0)}), /^the placement: layer 0, expert \d, copy \d: log2phy has 0/],
    [() => score(rows, {...placement, log2phy: placement.log2phy.slice(1)}), /^the placement: log2phy has \d+ numbers; expected a multiple of 8, /],
    [() => score(rows, {...placement, log2phy: []}), /^the placement: layer 0, expert 0, copy 0: log2phy has -1, but phy2log has/],
    [() => score(rows, {...placement, logcnt: placement.logcnt.map((n) => n + 1)}), /^the placement: layer 0, expert 0: logcnt is \d, but phy2log has \d cop/],
    [() => score(rows, {...placement, logcnt: placement.logcnt.slice(1)}), /^the placement: logcnt has 7 numbers; expected 8, /],
    [() => score(rows, {...placement, experts: 5}), /^the placement: experts is 5, but the loads have 4$/],
    [() => score(rows, {...placement, most_copies: 9}), /^the placement: most_copies is 9, but phy2log has \d cop(y|ies) of an expert at most$/],
    [() => compare(rows, shape, {strategies: Array(1e6).fill('ref')}), /^options\.strategies: 1000000 names; expected at most 64$/],
    [() => compare(rows, shape, {stages: Object.fromEntries(Array.from(Array(65), (_, i) => [`s${i}`, 'x']))}),
      /^options\.stages: 65 entries; expected at most 64$/],
    [() => score([rows[0]], placement), /^the placement: 2 layers, but the loads and options say 1$/],
    [() => balance(rows, shape, {previous: [[0, 1, 2, 3]]}), /^the previous placement: 1 layer, but the loads and options say 2$/],
    [() => synth(), /^preset: nothing; expected a text$/],
    [() => synth('glm-5,steps=3', {steps: 4}), /^synthetic trace: steps is given twice/],
    [() => synth('glm-5', {steps: '3'}), /^options\.steps: "3"; expected a number$/],
    [() => synth('glm-5', {window: [3, 1.5]}), /^options\.window: an array; expected \[begin, end\]/],
    [() => exportPlacement(placement, 'pytorch'), /^unknown .*"pytorch"/],
    [() => exportPlacement(placement, 'tensorrt-llm', {mtp: 999}), /^mtp is 999; expected 0 to 128$/],
    [() => exportPlacement(placement, 'sglang', {mtp: 1}), /^sglang: a file of this format has no layers for multi-token prediction$/],
    [() => exportPlacement(placement, 'vllm', {dense_layers: 3}), /^options\.dense_layers: 3; expected a list of at most 256 numbers$/],
    [() => exportPlacement(placement, 'vllm', {dense_layers: ['3']}), /^options\.dense_layers, number 0: "3"; expected a number$/],
    [() => exportPlacement({...placement, first_layer: 3}, 'vllm'), /lacks layer 0; place all layers, or name those without experts in dense_layers$/],
    [() => exportPlacement({phy2log: [[0, 0, 1, 1]], experts: 2, gpus: 2}, 'vllm-ascend'), /layer 0: GPU 0 has two copies of expert 0, .*; use the stage "apart"$/],
    [() => synth('glm-5', {steps: -5}), /^synthetic trace: steps="-5"; expected a whole number from 1 to 1000000$/],
    [() => exportPlacement([[0, 1]], 'sglang'), /^the placement: no experts; add how many each layer has, as in \{phy2log, experts: 256\}$/],
    [() => exportPlacement({phy2log: [[0, 1]], experts: 2}, 'vllm-ascend'), /^vllm-ascend: a file of this format depends on the number of GPUs, but the placement does not say how many there are$/],
    [() => exportPlacement({...placement, experts: 2 ** 20}, 'sglang'), /^the placement: 1048576 experts; expected 1 to 1024$/],
  ];
  const wrong = [];
  for (const [call, words] of cases) {
    const sentence = sentence_of(call);
    if (!words.test(sentence)) wrong.push(`${call}: ${sentence}`);
    same(balance(rows, shape).hash, good.hash, 'the module is still usable');
  }
  same(wrong, [], 'sentences');
  // An exception from a getter of an argument is passed on and does no harm.
  const trap = {get gpus() { throw new RangeError('mine'); }};
  let thrown = null;
  try { balance(rows, trap); } catch (error) { thrown = error; }
  same(thrown.message, 'mine', 'an error of a getter');
  // What a page adds to all objects is nobody's argument, and in no result.
  const added = {seed: 7, gpus: 1, source: 'x', first_layer: 5, log2phy: [1], strategy: 'ref', placement: {}, note: 1};
  for (const [name, value] of Object.entries(added)) {
    Object.defineProperty(Object.prototype, name, {value, configurable: true, writable: true});
  }
  try {
    same(balance(rows, shape).hash, good.hash, 'with fields of all objects');
    same(score(rows, {phy2log: [...placement.phy2log], layers: 2, slots: 6}, {gpus: 2}).hash.length, 16, 'score with them');
    same(Object.hasOwn(score(rows, placement), 'placement'), false, 'a result of score');
  } finally {
    for (const name of Object.keys(added)) delete Object.prototype[name];
  }
  // Results are not shared.
  good.placement.phy2log.fill(3);
  same(balance(rows, shape).hash, good.hash, 'after changing a result');
});

test('HoldsItsMemory', async () => {
  // The core itself, to observe its memory.
  const {functions_of, instance_of} = await import(address_of('memory.js'));
  const requests = await import(address_of('requests.js'));
  const program = await WebAssembly.compile(fs.readFileSync(path.join(module_folder, 'evenkeel-core.wasm')));
  const exports = await instance_of(program);
  const core = functions_of(exports);
  // Large loads (a quarter of a MB) and fast strategies: a leak in one of seven calls becomes visible soon.
  const loads = requests.loads_request(core, {layers: 64, experts: 1024, values: new Float32Array(64 * 1024).fill(1)});
  const request = {loads, shape: requests.shape_request({gpus: 2, slots: 1024}),
    ...requests.options_request(core, {strategy: 'contiguous', strategies: ['contiguous', 'random']}, ['strategy', 'strategies'])};
  const wrong = {...request, shape: requests.shape_request({gpus: 7, slots: 1024})};
  const {placement} = evenkeel.balance(Array(64).fill(new Float32Array(1024)), {gpus: 2, slots: 1024}, {strategy: 'random'});
  const placed_there = requests.placement_request(core, 'it', placement);
  const calls = [
    () => core.balance({...request, previous: placed_there}),
    () => core.balance(wrong),
    () => core.score({...request, placement: placed_there}),
    () => core.compare(request),
    () => core.lowerBound(request),
    () => core.exportPlacement(requests.export_request(core, placement, 'sglang')),
    () => core.synth(requests.synth_request('mixtral-8x7b', {steps: 1})),
  ];
  const after = (count) => {
    for (let i = 0; i < count; ++i) calls[i % calls.length]();
    return [exports.memory.buffer.byteLength]; // there are no handles
  };
  const before = after(2 * calls.length);
  same(after(1000), before, 'bytes of memory');
  console.log(`measured: ${before[0]} bytes of memory`);
});

// ---- the package

const installed = path.join(scratch, 'installed');
function install() {
  if (fs.existsSync(installed)) return;
  fs.mkdirSync(installed);
  const packed = execFileSync('npm', ['pack', module_folder, '--pack-destination', scratch, '--loglevel=error'], {encoding: 'utf8'}).trim();
  fs.writeFileSync(path.join(installed, 'package.json'), '{"private": true, "type": "module"}');
  execFileSync('npm', ['install', path.join(scratch, packed), '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {cwd: installed});
}
function in_node(text) {
  fs.writeFileSync(path.join(installed, 'run.js'), text);
  return execFileSync('node', ['run.js'], {cwd: installed, encoding: 'utf8'});
}

test('InstallsFromItsTarball', async () => {
  install();
  const at = path.join(installed, 'node_modules/evenkeel');
  same(fs.readdirSync(at).sort(), ['LICENSE', 'README.md', 'answers.js', 'evenkeel-core.wasm', 'evenkeel.d.ts',
    'evenkeel.js', 'memory.js', 'number_text.js', 'package.json', 'requests.js'], 'files');
  const version = /project\(evenkeel VERSION (\S+)/.exec(fs.readFileSync(path.join(root, 'CMakeLists.txt'), 'utf8'))[1];
  same(JSON.parse(fs.readFileSync(path.join(at, 'package.json'))).version, version, 'version');
  // Also in a worker thread of node.
  fs.writeFileSync(path.join(installed, 'thread.js'), `import init, {balance, synth} from 'evenkeel';
    import {parentPort} from 'node:worker_threads';
    await init();
    parentPort.postMessage(balance(synth('mixtral-8x7b')).hash);`);
  const said = in_node(`import {Worker} from 'node:worker_threads';
    new Worker('./thread.js').on('message', (hash) => console.log(hash));`);
  same(said.trim(), native('balance', 'synth:mixtral-8x7b').hash, 'a worker thread');
});

test('ExamplesOfItsReadmeRun', async () => {
  install();
  const text = fs.readFileSync(path.join(module_folder, 'README.md'), 'utf8');
  const examples = [...text.matchAll(/```js\n([^]*?)```/g)].map((match) => match[1]);
  same(examples.length, 4, 'examples');
  const said = examples.map(in_node);
  holds(said[0].startsWith(native('balance', 'synth:deepseek-v3').hash + ' 0.9'), said[0]);
  holds(said[1].startsWith('true\n{"physical_to_logical_map"') || said[1].startsWith('true\n{\n'), said[1]);
  holds(/^0\.\d+ 0\.\d+ \d+\n(0\.\d+|1)\n$/.test(said[2]), said[2]);
  const promised = examples[3].split('\n').filter((line) => line.startsWith('  // ')).map((line) => line.slice(5)).join(' ');
  same(said[3].trim(), promised, 'the error');
});

test('HasTypesThatHold', async () => {
  install();
  fs.copyFileSync(path.join(__dirname, 'module_types.ts'), path.join(installed, 'types.ts'));
  for (const [module, moduleResolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    fs.writeFileSync(path.join(installed, 'tsconfig.json'), JSON.stringify({files: ['types.ts'], compilerOptions: {
      strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], types: [],
      module, moduleResolution}}));
    try {
      execFileSync('node', [require.resolve('typescript/bin/tsc'), '-p', '.'], {cwd: installed, encoding: 'utf8'});
    } catch (error) {
      throw new Error(`${moduleResolution}: ${error.stdout}`);
    }
  }
  // The types match the exports.
  const exported = [...fs.readFileSync(path.join(module_folder, 'evenkeel.d.ts'), 'utf8')
    .matchAll(/^export (?:default )?(?:function|class) (\w+)/gm)].map((match) => (match[1] === 'init' ? 'default' : match[1]));
  same(Object.keys(evenkeel).sort(), [...new Set(exported)].sort(), 'exports');
});

// ---- the example page

async function open_numbers(options = {}) {
  const page = await browser.newPage({viewport: {width: 1280, height: 800}, ...options});
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error') page.complaints.push(message.text()); });
  await page.addInitScript(() => {
    window.stalls = [];
    new PerformanceObserver((list) => window.stalls.push(...list.getEntries().map((entry) => entry.duration)))
      .observe({type: 'longtask', buffered: true});
    window.Worker = class extends Worker {
      constructor(...all) {
        super(...all);
        window.worker = this;
      }
    };
  });
  await page.goto(server.url + 'docs/numbers.html');
  await idle(page);
  return page;
}
const idle = (page) => page.waitForFunction(() => document.querySelector('#figures[aria-busy=false]'), null, {timeout: kPatience});

// Compares the rows of the table with the command's figures of the same windows.
async function check_table(page, preset, ...words) {
  const rows = await page.$$eval('#rows tr[data-strategy]', (all) =>
    all.map((row) => [row.dataset.strategy, ...[...row.cells].map((cell) => cell.textContent)]));
  const expected = native('compare', `synth:${preset},steps=200`, '--steps', '100:200', ...words).strategies;
  same(rows.map(([name, , balanced, worst, imbalance, gap, same_gpu, , , hash]) => [name, balanced, worst, imbalance, gap, same_gpu, hash]),
    expected.map(({strategy, hash, metrics}) => [strategy, metrics.balancedness.toFixed(4), metrics.worst_balancedness.toFixed(4),
      `${(100 * metrics.imbalance).toFixed(2)} %`, `${(100 * metrics.gap_to_bound).toFixed(2)} %`, String(metrics.same_gpu_copies), hash]), preset);
  const before = placed('before.json', `synth:${preset},steps=200`, '--steps', '0:100', ...words, '--strategy', 'ref');
  const later = native('balance', `synth:${preset},steps=200`, '--steps', '100:200', ...words, '--strategy', 'ref', '--previous', before);
  const kept = native('score', `synth:${preset},steps=200`, '--steps', '100:200', before);
  const {layers, slots} = later.shape;
  const row = rows.find(([name]) => name === later.strategy);
  same(row.slice(7, 9), [kept.metrics.balancedness.toFixed(4), `${(100 * later.metrics.moved_slots / layers / slots).toFixed(0)} %`], 'kept, moved');
}

test('ExamplePageShowsTheCommandsFigures', async () => {
  const page = await open_numbers();
  await check_table(page, 'deepseek-v3');
  await page.selectOption('#preset', 'gpt-oss-20b');
  await idle(page);
  await page.focus('#gpus');
  await page.keyboard.press('ArrowUp'); // with the keyboard: 4 GPUs
  await idle(page);
  same(await page.inputValue('#gpus'), '4', 'GPUs');
  await check_table(page, 'gpt-oss-20b', '--gpus', '4', '--redundant', await page.inputValue('#redundant'), '--nodes', '1', '--groups', '1');
  holds((await page.textContent('#status')).startsWith('24 layers of 32 experts in 40 slots on 4 GPUs.'), await page.textContent('#status'));
  same(await page.$$eval('#layer rect', (bars) => bars.length), 4, 'bars');
  holds(await page.$$eval('#sweep circle', (dots) => dots.length) > 3, 'dots');
  const stalls = await page.evaluate(() => window.stalls);
  console.log(`measured: ${stalls.length} tasks over 50 ms, the longest ${Math.max(0, ...stalls)} ms`);
  same(page.complaints, [], 'complaints of the page');
  await page.close();
});

test('ExamplePageShowsErrorsOfItsNewestQuestionOnly', async () => {
  const page = await open_numbers(); // that was question 1
  const seen = await page.evaluate(() => {
    const after = (id) => {
      window.worker.onmessage({data: {id, kind: 'error', sentence: `what is wrong with ${id}`}});
      return [document.getElementById('status').textContent, document.getElementById('figures').getAttribute('aria-busy')];
    };
    document.getElementById('strategy').dispatchEvent(new Event('change')); // question 2
    return [after(1), after(2)];
  });
  same(seen, [['Computing…', 'true'], ['what is wrong with 2', 'false']], 'status, busy');
  // A question to the worker that the page does not offer: GPUs that cannot share the slots equally.
  await page.evaluate(() => {
    document.getElementById('gpus').selectedOptions[0].value = '7';
    document.getElementById('strategy').dispatchEvent(new Event('change'));
  });
  await idle(page);
  holds(/cannot be shared equally by 7 GPUs/.test(await page.textContent('#status')), await page.textContent('#status'));
  same(page.complaints, [], 'complaints of the page');
  await page.close();
});

test('ExamplePageFitsNarrowScreens', async () => {
  for (const width of [600, 360]) {
    const page = await open_numbers({viewport: {width, height: 800}, colorScheme: 'dark'});
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    holds(wide <= width, `nothing sticks out: ${wide} of ${width} px`);
    same(page.complaints, [], 'complaints of the page');
    await page.close();
  }
});

(async () => {
  // The folder of the page, and in it the files of the tests.
  const hosted = path.join(scratch, 'hosted');
  fs.mkdirSync(hosted);
  for (const name of fs.readdirSync(folder)) fs.symlinkSync(path.join(folder, name), path.join(hosted, name));
  fs.symlinkSync(path.join(__dirname, 'module_battery.mjs'), path.join(hosted, 'module_battery.mjs'));
  fs.writeFileSync(path.join(hosted, 'battery_worker.mjs'), `import {battery} from './module_battery.mjs';
    battery('./module/evenkeel.js').then((answers) => postMessage({answers}), (error) => postMessage({error: error.message}));`);
  server = await serve(hosted);
  browser = await launch();
  evenkeel = await import(address_of('evenkeel.js'));
  await evenkeel.default();
  await run('Module', 'tests/browser/run.sh module');
  await browser.close();
  server.close();
  process.exit(); // a test that failed may have left a browser open
})();
