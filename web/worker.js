// Runs the engine in a worker: the same program as the page's, without a canvas. It works in slices, so that
// newer messages are received in between.
'use strict';
if (!self.createPlayground) importScripts('playground.js'); // in embed.html it precedes this script

let engine = null;
let paused = false; // the page is not visible
let working = false;
const channel = new MessageChannel();
channel.port1.onmessage = () => {
  working = !paused && engine._engine_advance() !== 0;
  if (working) channel.port2.postMessage(0);
};
function wake() {
  if (working || !engine) return;
  working = true;
  channel.port2.postMessage(0);
}

// ---- texts and bytes for the engine
// Calls with texts, which may be too long for the program's stack, and numbers.
function call(name, ...values) {
  const texts = [];
  const words = values.map((value) => {
    if (typeof value !== 'string') return value;
    const room = 3 * value.length + 1;
    const at = engine._malloc(room);
    engine.stringToUTF8(value, at, room);
    texts.push(at);
    return at;
  });
  engine[`_engine_${name}`](...words);
  texts.forEach((at) => engine._free(at));
}

// A sentence about a file.
class Refusal extends Error {
  constructor(of, sentence) {
    super(sentence);
    this.of = of;
  }
}
const kMostBytes = 1.5e9; // of all files
const megabytes = (size) => `${Math.floor(size / 1e6)} MB`;
const kElsewhere = 'the playground in a window and the command can read it';

function room(name, size) {
  const at = engine._malloc(size || 1);
  if (at === 0) throw new Refusal(name, `${megabytes(size)} are too much for a page; ${kElsewhere}`);
  return at;
}
// Copies the parts of one content into the engine's memory, where the engine then owns it.
function copied(name, parts, size) {
  const at = room(name, size);
  let end = at;
  for (let i = 0; i < parts.length; ++i) {
    engine.HEAPU8.set(parts[i], end);
    end += parts[i].length;
    parts[i] = null;
  }
  return at;
}

// ---- compressed content
const expands = (format) => {
  try {
    return new DecompressionStream(format);
  } catch { // missing, or without this format
    return null;
  }
};

const kSlice = 1 << 24;

// What comes out, at most `most` bytes and one more chunk; `error` where it is damaged.
async function expanded(blob, expander, most) {
  const parts = [];
  let size = 0;
  let told = 0;
  const reader = blob.stream().pipeThrough(expander).getReader();
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return {parts, size};
      parts.push(value);
      size += value.length;
      if (size > most) break;
      if (size - told >= kSlice) call('tell_busy', 'decompressing', told = size, Math.max(size, 4 * blob.size));
    }
    reader.cancel().catch(() => {});
    return {parts, size};
  } catch (error) {
    return {parts, size, error};
  }
}

const begins = (head, ...magic) => magic.every((byte, i) => head[i] === byte);

// Reads a file, and returns the bytes that are then taken.
async function addFile(name, blob, left) {
  const head = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  if (begins(head, 0x28, 0xb5, 0x2f, 0xfd)) {
    throw new Refusal(name, 'compressed with zstd, which a page cannot read; decompress it first (zstd -d), or use ' +
      'the command or the playground in a window');
  }
  const expander = begins(head, 0x1f, 0x8b) ? expands('gzip') : null;
  if (expander) {
    const {parts, size, error} = await expanded(blob, expander, left);
    if (error) {
      throw new Refusal(name, 'damaged, or more than one gzip member, which a page cannot read; decompress it first ' +
        '(gzip -d)');
    }
    if (size > left) throw new Refusal(name, `decompresses to more than ${megabytes(left)}, too much for a page; ${kElsewhere}`);
    call('add_file', name, copied(name, parts, size), size);
    return size;
  }
  const at = room(name, blob.size);
  for (let done = 0; done < blob.size; done += kSlice) {
    engine.HEAPU8.set(new Uint8Array(await blob.slice(done, done + kSlice).arrayBuffer()), at + done);
  }
  call('add_file', name, at, blob.size);
  return blob.size;
}

// Inflates the compressed parts of archives, for readers that need them at once. Each is in memory twice while it is
// read. What does not fit, or where nothing can inflate, is left out: the reader says so.
async function addInflated(left) {
  const lines = engine.UTF8ToString(engine._engine_deflated()).split('\n').filter(Boolean);
  for (const [at, stored, size] of lines.map((line) => line.split(' ').map(Number))) {
    const expander = expands('deflate-raw');
    if (!expander) return;
    if (2 * size > left) continue;
    const blob = new Blob([engine.HEAPU8.slice(at, at + stored)]);
    const {parts, size: out} = await expanded(blob, expander, size);
    // If it is damaged or has another size, the reader compares the sizes.
    call('add_inflated', at, copied('archive', parts, out), out);
    left -= 2 * out;
  }
}

async function open({names, files, refusal}) {
  try {
    if (refusal) throw refusal;
    let left = kMostBytes;
    for (const {name, file} of files) left -= await addFile(name, file, left);
    await addInflated(left);
    call('open', names);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    const {of, message} = error.of ? error : {of: names.split('\n')[0], message: `it cannot be read: ${error.message}`};
    call('refuse', names, of, message);
  }
}

// ---- messages, in order: one that opens files ends before the next one is taken
async function take(data) {
  if (data instanceof ArrayBuffer) {
    const at = engine._malloc(data.byteLength);
    engine.HEAPU8.set(new Uint8Array(data), at);
    engine._engine_receive(at, data.byteLength);
    engine._free(at);
  } else {
    await open(data);
  }
  wake();
}

let started = null;
let line = new Promise((ok) => { started = ok; });

function start(module) {
  const instantiateWasm = (imports, done) => {
    WebAssembly.instantiate(module, imports).then(done);
    return {};
  };
  createPlayground({instantiateWasm}).then((program) => {
    engine = program;
    started();
  });
}

onmessage = ({data}) => {
  if (data.module) start(data.module);
  else if (data.run !== undefined) {
    paused = !data.run;
    wake();
  }
  else line = line.then(() => take(data)).catch((error) => setTimeout(() => { throw error; })); // to the page's onerror
};
