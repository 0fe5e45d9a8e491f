// The engine beside the page: the same program as the page's, without a canvas. Works in slices, so that
// newer messages are heard between them.
'use strict';
importScripts('playground.js');

let engine = null;
const early = []; // messages from before the program is there: the page sends it, compiled
let working = false;
const channel = new MessageChannel();
channel.port1.onmessage = () => {
  working = engine._engine_advance() !== 0;
  if (working) channel.port2.postMessage(0);
};

function withBytes(buffer, use) {
  const bytes = new Uint8Array(buffer);
  const at = engine._malloc(bytes.length || 1);
  if (at === 0) return false;
  engine.HEAPU8.set(bytes, at);
  use(at, bytes.length);
  return true;
}

function take(data) {
  if (data instanceof ArrayBuffer) {
    withBytes(data, (at, size) => {
      engine._engine_receive(at, size);
      engine._free(at);
    });
  } else {
    engine.ccall('engine_open_file', null, ['string', 'number', 'number'], [data.name, ...kept(data.bytes)]);
  }
  if (!working) {
    working = true;
    channel.port2.postMessage(0);
  }
}

// Bytes that the engine takes over.
function kept(buffer) {
  let place = [0, 0];
  withBytes(buffer, (at, size) => { place = [at, size]; });
  return place;
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
  else if (engine) take(data);
  else early.push(data);
};
