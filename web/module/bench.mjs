// Compares the module in node with calls of the native library (build/native/evenkeel_speed), in turn:
//
//   node web/module/bench.mjs ../shared/loads/W58x256.npy
//
// us a layer, as median and as lowest eighth of all runs (on a busy machine only the latter means something): the core
// inside the module (placement and figures, as compare() reports it), a call of balance() from JavaScript, and the
// native call, which also places and measures. 288 slots on 32 GPUs, one thread.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import init, {balance, compare} from '../../build/page/page/module/evenkeel.js';

const file = process.argv[2];
const bytes = readFileSync(file);
const text = bytes.subarray(10, 10 + bytes.readUInt16LE(8)).toString();
const [layers, experts] = /\((\d+), (\d+)\)/.exec(text).slice(1).map(Number);
if (!text.includes("'<i4'")) throw new Error('expected loads as int32');
const at = bytes.byteOffset + 10 + text.length;
const values = Float32Array.from(new Int32Array(bytes.buffer.slice(at, at + 4 * layers * experts)));
const loads = {layers, experts, values};
const shape = {gpus: 32, slots: 288};
const names = ['deepseek', 'keel'];
await init();

const times = {};
const add = (what, time) => (times[what] ??= []).push(time);
for (let round = 0; round < 6; ++round) { // the first one warms up
  if (round === 1) Object.keys(times).forEach((what) => delete times[what]);
  for (const strategy of names) {
    for (let i = 0; i < 60; ++i) {
      const begin = performance.now();
      balance(loads, shape, {strategy});
      add(`${strategy}, call of the module`, (performance.now() - begin) * 1000 / layers);
      add(`${strategy}, core in the module`, compare(loads, shape, {strategies: [strategy]}).strategies[0].us_per_layer);
    }
  }
  for (const line of execFileSync('build/native/evenkeel_speed', [file], {encoding: 'utf8'}).trim().split('\n')) {
    const [strategy, median, low] = line.split(' ');
    (times[`${strategy}, native call`] ??= []).push([Number(median), Number(low)]);
  }
}
const sorted = (list) => list.sort((a, b) => a - b);
for (const [what, list] of Object.entries(times)) {
  const pairs = Array.isArray(list[0]);
  const median = sorted(pairs ? list.map(([time]) => time) : [...list])[list.length >> 1];
  const low = pairs ? Math.min(...list.map(([, time]) => time)) : sorted([...list])[list.length >> 3];
  console.log(`${what.padEnd(30)} ${median.toFixed(2).padStart(8)} ${low.toFixed(2).padStart(8)}`);
}
