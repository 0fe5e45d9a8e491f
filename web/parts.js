// Where the page's program, worker and wasm come from: files beside index.html, or elements inside embed.html.
'use strict';
const playgroundParts = (() => {
  const byId = (id) => document.getElementById(id);
  const inside = byId('wasm') !== null;

  // embed.html's wasm: a byte a character, as make_embed.py says.
  function unpacked(text) {
    const bytes = new Uint8Array(text.length);
    let size = 0;
    for (let i = 0; i < text.length; ++i) {
      let code = text.charCodeAt(i);
      if (code === 0x5c) code = text.charCodeAt(++i) - 0x30; // a backslash
      bytes[size++] = code;
    }
    return bytes.subarray(0, size);
  }
  // Compiled once, for the page and for its worker.
  async function compile() {
    if (inside) return WebAssembly.compile(unpacked(byId('wasm').textContent));
    return WebAssembly.compileStreaming(fetch('playground.wasm')).catch(
      async () => WebAssembly.compile(await (await fetch('playground.wasm')).arrayBuffer()));
  }
  function makeWorker() {
    if (!inside) return new Worker('worker.js');
    const text = new Blob([byId('program').textContent, byId('worker').textContent], {type: 'text/javascript'});
    return new Worker(URL.createObjectURL(text));
  }

  return {inside, compile, makeWorker};
})();
