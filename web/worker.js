// Runs the engine in a worker: the same program as the page's, without a canvas. It works in slices, so that
// newer messages are received in between.
'use strict';
if (!self.createPlayground) importScripts('playground.js'); // in embed.html it precedes this script

let engine = null;
let paused = false; // the page is not visible
const early = []; // messages that arrive before the program, which the page sends in compiled form
let working = false;
const channel = new MessageChannel();
channel.port1.onmessage = () => {
  working = !paused && engine._engine_advance() !== 0;
  if (working) channel.port2.postMessage(0);
};

const kMostBytes = 1.5e9; // of a file

// Copies the buffer into the engine's memory; returns the address, or 0 if there is not enough memory.
function copied(buffer) {
  const at = buffer.byteLength > kMostBytes ? 0 : engine._malloc(buffer.byteLength || 1);
  if (at !== 0) engine.HEAPU8.set(new Uint8Array(buffer), at);
  return at;
}

function take(data) {
  if (data instanceof ArrayBuffer) {
    const at = copied(data);
    engine._engine_receive(at, data.byteLength);
    engine._free(at);
  } else {
    const {name, bytes, size} = data;
    const at = bytes ? copied(bytes) : 0;
    if (at === 0) engine.ccall('engine_refuse_file', null, ['string', 'number'], [name, size]);
    else engine.ccall('engine_open_file', null, ['string', 'number', 'number'], [name, at, size]); // takes ownership
  }
  wake();
}

function wake() {
  if (working || !engine) return;
  working = true;
  channel.port2.postMessage(0);
}

function start(module) {
  const instantiateWasm = (imports, done) => {
    WebAssembly.instantiate(module, imports).then(done);
    return {};
  };
  createPlayground({instantiateWasm}).then((program) => {
    engine = program;
    early.forEach(take);
  });
}

onmessage = ({data}) => {
  if (data.module) start(data.module);
  else if (data.run !== undefined) {
    paused = !data.run;
    wake();
  }
  else if (engine) take(data);
  else early.push(data);
};
