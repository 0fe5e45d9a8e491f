// Shared by the tests of page and window: a small runner with the output format of GoogleTest, the native
// command, and a page that is operated through the controls that it reports.
'use strict';
const {execFileSync, spawnSync} = require('child_process');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const root = path.resolve(__dirname, '../..');
const command = process.env.EVENKEEL_COMMAND || path.join(root, 'build/native/evenkeel');
const data = process.env.EVENKEEL_DATA || path.join(root, '../shared');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'evenkeel-'));
process.on('exit', () => fs.rmSync(scratch, {recursive: true, force: true}));

// ---- the runner
const tests = [];
const test = (name, body) => tests.push({name, body});

function same(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, expected ${b}`);
}
function holds(condition, what) {
  if (!condition) throw new Error(what);
}

// Runs the tests whose names contain the first argument. `again`: the command that runs one of them.
async function run(suite, again) {
  const chosen = tests.filter(({name}) => name.includes(process.argv[2] || ''));
  const failed = [];
  for (const {name, body} of chosen) {
    console.log(`[ RUN      ] ${suite}.${name}`);
    const begin = Date.now();
    try {
      await body();
      console.log(`[       OK ] ${suite}.${name} (${Date.now() - begin} ms)`);
    } catch (error) {
      console.log(`Failure\n${error.stack}\nagain: ${again} '${name}'`);
      console.log(`[  FAILED  ] ${suite}.${name} (${Date.now() - begin} ms)`);
      failed.push(name);
    }
  }
  console.log(`[  PASSED  ] ${chosen.length - failed.length} tests.`);
  if (failed.length > 0) {
    console.log(`[  FAILED  ] ${failed.length} tests, listed below:`);
    for (const name of failed) console.log(`[  FAILED  ] ${suite}.${name}`);
  }
  process.exitCode = failed.length > 0 || chosen.length === 0 ? 1 : 0;
}

// ---- the native command
const native = (...words) => JSON.parse(execFileSync(command, [...words, '--json', '--quiet'], {
  encoding: 'utf8', maxBuffer: 1 << 28}));
// Its error message, without its name.
function refusal(folder, ...words) {
  const result = spawnSync(command, words, {cwd: folder, encoding: 'utf8'});
  return result.stderr.replace(/^evenkeel: /, '').trim();
}

// ---- the table of requests that every interface answers alike: tests/data/requests.json
const table = JSON.parse(fs.readFileSync(path.join(root, 'tests/data/requests.json'), 'utf8'));
const requested_rows = (name) => Array.from({length: table.files[name][0]}, (_, layer) =>
  Array.from({length: table.files[name][1]}, (_, expert) => (37 * expert + 11 * layer) % 101 + 1));
function requested_file(name) {
  const at = path.join(scratch, name);
  fs.writeFileSync(at, requested_rows(name).map((row) => row.join(',') + '\n').join(''));
  return at;
}
// What a result in the command's JSON says of a request.
function answer_of({shape, strategy, hash, metrics}) {
  const {slots, gpus, nodes, groups} = shape;
  return {shape: [slots, gpus, nodes, groups], strategy, hash, balancedness: metrics.balancedness};
}
// ask: a case's answer, or null where it is refused. Each is compared with the command's.
async function check_requests(ask) {
  for (const asked of table.cases) {
    const {loads, shape, error} = asked;
    const what = `${loads} ${JSON.stringify(asked.ask)}`;
    const words = Object.entries(asked.ask ?? {}).flatMap(([name, value]) =>
      name === 'apart' ? [`--${name}=${value}`] : [`--${name}`, value]); // a flag
    const run = spawnSync(command, ['balance', table.files[loads] ? requested_file(loads) : loads, ...words,
      '--json', '--quiet'], {encoding: 'utf8', maxBuffer: 1 << 28});
    const answer = await ask(asked);
    same(answer, run.status === 0 ? answer_of(JSON.parse(run.stdout)) : null, what);
    same(answer?.shape, error === undefined ? shape : undefined, what);
  }
}

// ---- files of loads
function npy(name, shape, values) {
  const literal = `{'descr': '<u2', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = literal.padEnd(Math.ceil((literal.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  const body = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => body.writeUInt16LE(value, i * 2));
  const at = path.join(scratch, name);
  fs.writeFileSync(at, Buffer.concat([head, Buffer.from(header, 'latin1'), body]));
  return at;
}
// A small trace of skewed loads, always the same.
function small_trace() {
  const shape = [12, 3, 16];
  const count = shape.reduce((a, b) => a * b);
  return npy('small.npy', shape, [...Array(count).keys()].map((i) => (i * i * 31 + 7 * i) % 211));
}
const recorded = path.join(data, 'traces/gptoss20b_b64_steps.npy');

// ---- a static server, like any host of the page
const kTypes = {'.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm'};
function serve(folder) {
  const server = http.createServer((request, response) => {
    const name = new URL(request.url, 'http://host').pathname;
    const file = path.join(folder, name === '/' ? 'index.html' : path.normalize(name));
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, {'content-type': kTypes[path.extname(file)] || 'application/octet-stream'});
    fs.createReadStream(file).pipe(response);
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready({
    url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close()})));
}

module.exports = {answer_of, check_requests, command, data, holds, native, npy, recorded, refusal, requested_file, requested_rows, root, run, same, scratch, serve,
  small_trace, table, test};
