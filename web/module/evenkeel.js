// Evenkeel's core as an ES module, for pages, module workers and node. evenkeel.d.ts documents it.
import {bound_of, comparison_of, loads_of, result_of, shape_of, stages_of, take_figures} from './answers.js';
import {functions_of, instance_of} from './memory.js';
import {EvenkeelError, export_request, loads_request, options_request, own, placement_request, shape_request,
  synth_request} from './requests.js';

export {EvenkeelError};

let core = null;
let loading = null;

// ---- loading

async function bytes_of(source) {
  const given = await source;
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return given;
  if (typeof Response === 'function' && given instanceof Response) {
    if (!given.ok) throw new Error(`the server answers ${given.status}`);
    return given.arrayBuffer();
  }
  const address = String(given);
  if (address.startsWith('file:') && globalThis.process?.versions?.node) {
    const {readFile} = await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:fs/promises');
    return readFile(new URL(address));
  }
  return bytes_of(fetch(address));
}

// Compiles the program; a page is what some servers send for a missing file.
async function compiled(source) {
  const bytes = await bytes_of(source);
  const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  if (!/^\s*</.test(new TextDecoder().decode(view.subarray(0, 64)))) return WebAssembly.compile(bytes);
  throw new Error('it is an HTML page, which the server sends for a missing file; give init() the right address');
}

// A function type with a result of 128 bits.
const kVectors = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123);

async function start(source) {
  if (!WebAssembly.validate(kVectors)) {
    throw new Error('this browser is too old; Chrome 91, Firefox 113 or Safari 16.4 is needed');
  }
  const module = source instanceof WebAssembly.Module ? source : await compiled(source);
  return functions_of(await instance_of(module));
}

export default async function init(source = new URL('evenkeel-core.wasm', import.meta.url)) {
  loading ??= start(source);
  try {
    core = await loading;
    take_figures(figures());
  } catch (error) {
    loading = null;
    throw new EvenkeelError(`evenkeel-core.wasm could not be loaded: ${error.message}`);
  }
}

// ---- calls

function loaded() {
  if (core === null) throw new EvenkeelError('the module is not loaded yet: await init() first');
  return core;
}

// The core's answer; a string is an error message.
function ask(name, request) {
  let answer;
  try {
    answer = core[name](request);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    core = loading = null; // its memory may be in any state
    throw new EvenkeelError('the module ran out of memory; await init() loads it anew');
  }
  if (typeof answer === 'string') throw new EvenkeelError(answer);
  return own(answer);
}

const problem = (loads, shape, options, names) => ({
  loads: loads_request(loaded(), loads), shape: shape_request(shape), ...options_request(core, options, names)});

// As a number if that is exact.
const seed_of = ({seed}) => (Number.isSafeInteger(Number(seed)) ? Number(seed) : BigInt(seed));

// name: 'hash' or 'map_hash'.
const hash_of = (name, packed) => loaded() && ask(name, packed).hash;

const kRules = ['stages', 'seed', 'policy', 'previous', 'bounds'];

export function balance(loads, shape, options) {
  const request = problem(loads, shape, options, ['strategy', 'effort', ...kRules]);
  return result_of(ask('balance', request), seed_of(request), hash_of);
}

export function score(loads, placement, shape, options) {
  const request = problem(loads, shape, options, ['policy', 'previous', 'seed', 'bounds']);
  request.placement = placement_request(core, 'the placement', placement);
  return result_of(ask('score', request), null, hash_of);
}

export function compare(loads, shape, options) {
  const request = problem(loads, shape, options, ['strategies', ...kRules]);
  return comparison_of(ask('compare', request), seed_of(request));
}

export const lowerBound = (loads, shape, options) =>
  bound_of(ask('lowerBound', problem(loads, shape, options, ['policy', 'seed', 'bounds'])));

export function synth(preset, options) {
  loaded();
  return loads_of(ask('synth', synth_request(preset, options)));
}

export const exportPlacement = (placement, format, options) =>
  ask('exportPlacement', export_request(loaded(), placement, format, options)).file;

export const strategies = () => loaded().strategies().map(([name, sentence, alias, label, source, rules]) =>
  ({name, alias: alias === '' ? null : alias, label, sentence, source, stages: stages_of(rules)}));

export const stages = () => loaded().stages().map(([name, sentence, rules]) =>
  ({name, sentence, rules: rules.map(([rule, what]) => ({name: rule, sentence: what}))}));

export const figures = () => loaded().figures().map(
  ([name, sentence, label, unit, better, formula, engines, overall, more]) =>
    ({name, label, unit, better, formula, sentence, engines, overall, ...more}));

export const presets = () => loaded().presets().map(([name, sentence, {shape, traffic}]) =>
  ({name, sentence, shape: shape_of(shape), top_k: traffic[0], tokens: traffic[1]}));

export const formats = () => loaded().formats().map(([name, sentence, extension, source, layers]) =>
  ({name, sentence, extension, source, layers}));
