// The core as a program in wasm, with requests and answers as bytes in its memory; value.hpp describes them.
import {number_text} from './number_text.js';

const kNumbers = [Float64Array, Float32Array, Int32Array, Uint8Array]; // from kind 2 on
const [kText, kFloat64, kList, kObject, kNumber] = [1, 2, 6, 7, 8];
const kMostBytes = 2 ** 30; // of a request: sizes have 32 bits
const padded = (bytes) => Math.ceil(bytes / 8) * 8;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Appends the parts of a value; returns its size in bytes.
function pack(value, parts) {
  if (Array.isArray(value) && typeof value[0] === 'number') value = Float64Array.from(value);
  const head = new Uint32Array(4);
  parts.push(head);
  let [kind, count, bytes] = [kObject, 0, 0];
  if (typeof value === 'string' || ArrayBuffer.isView(value)) {
    kind = typeof value === 'string' ? kText : kFloat64 + kNumbers.findIndex((Type) => value instanceof Type);
    const part = kind === kText ? encoder.encode(value) : value;
    parts.push(part);
    [count, bytes] = [part.length, padded(part.byteLength)];
  } else {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    if (Array.isArray(value)) kind = kList;
    for (const [name, member] of members) bytes += (kind === kList ? 0 : pack(name, parts)) + pack(member, parts);
    count = members.length;
  }
  head.set([kind, count, bytes]);
  return 16 + bytes;
}

// The value at an address, and the address after it.
function unpack(buffer, at) {
  const [kind, count, bytes, address] = new Uint32Array(buffer, at, 4);
  at += 16;
  const end = at + bytes;
  if (kind === 0) return [null, end];
  if (kind === kText) return [decoder.decode(new Uint8Array(buffer, at, count)), end];
  if (kind === kNumber) return [new Float64Array(buffer, at, 1)[0], end];
  if (kind > kNumber) return [count === 1, end];
  const Type = kNumbers[kind - kFloat64];
  const start = address || at;
  if (Type) return [new Type(buffer.slice(start, start + count * Type.BYTES_PER_ELEMENT)), end];
  const values = kind === kList ? [] : {};
  for (let i = 0; i < count; ++i) {
    let name = i;
    if (kind === kObject) [name, at] = unpack(buffer, at);
    [values[name], at] = unpack(buffer, at);
  }
  return [values, end];
}

// The exports of the core, started with what it imports.
export async function instance_of(module) {
  let core = null;
  const imports = {
    env: {
      write_number(value, at) {
        return encoder.encodeInto(number_text(value), new Uint8Array(core.memory.buffer, at, 32)).written;
      },
      emscripten_notify_memory_growth() {},
    },
    wasi_snapshot_preview1: {
      clock_time_get(clock, precision, at) {
        new DataView(core.memory.buffer).setBigUint64(at, BigInt(Math.round(performance.now() * 1e6)), true);
        return 0;
      },
      proc_exit() { throw new WebAssembly.RuntimeError('aborted'); },
    },
  };
  core = (await WebAssembly.instantiate(module, imports)).exports;
  core._initialize();
  return core;
}

// Calls the core's function of this number.
function call(core, number, request) {
  const parts = [];
  const size = pack(request, parts);
  if (size > kMostBytes) throw new WebAssembly.RuntimeError('the request does not fit');
  let at = core.evenkeel_room(size);
  const memory = new Uint8Array(core.memory.buffer);
  for (const part of parts) {
    memory.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += padded(part.byteLength);
  }
  const answer = core.evenkeel_ask(number);
  return unpack(core.memory.buffer, answer)[0];
}

// In the order of kFunctions in bindings.cpp.
const kFunctions = ['balance', 'score', 'compare', 'lowerBound', 'synth', 'exportPlacement', 'checkSizes', 'strategies',
  'stages', 'figures', 'presets', 'formats', 'hash', 'map_hash'];
export const functions_of = (core) => Object.fromEntries(kFunctions.map((name, number) =>
  [name, (request = {}) => call(core, number, request)]));
