// The engine beside the page: the same program as the page's, without a canvas. Works in slices, so that
// newer messages are heard between them.
'use strict';
if (!self.createPlayground) importScripts('playground.js'); // in embed.html it stands before this text

let engine = null;
let paused = false; // the page is out of sight
const early = []; // messages from before the program is there: the page sends it, compiled
let working = false;
const channel = new MessageChannel();
channel.port1.onmessage = () => {
  working = !paused && engine._engine_advance() !== 0;
  if (working) channel.port2.postMessage(0);
};

const kMostBytes = 1.5e9; // of a file

// The address of a copy in the engine's memory; 0 where there is no room.
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
    else engine.ccall('engine_open_file', null, ['string', 'number', 'number'], [name, at, size]); // takes it over
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
