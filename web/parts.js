// Provides the page's program, worker and wasm: from files next to index.html, or from elements inside
// embed.html.
'use strict';
const playgroundParts = (() => {
  const byId = (id) => document.getElementById(id);
  const inside = byId('wasm') !== null;

  // The wasm of embed.html: one character per byte, with the escapes that make_embed.py describes.
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
  // A function type with a result of 128 bits.
  const kVectors = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123);
  // Compiled once, for both the page and its worker.
  async function compile() {
    if (!WebAssembly.validate(kVectors)) {
      throw Object.assign(new Error('This browser is too old for the playground, which needs Chrome 91, Firefox 113 or ' +
        'Safari 16.4.'), {isWhole: true});
    }
    if (inside) return WebAssembly.compile(unpacked(byId('wasm').textContent));
    return WebAssembly.compileStreaming(fetch('playground.wasm')).catch(async () => {
      const bytes = await (await fetch('playground.wasm')).arrayBuffer();
      const isPage = /^\s*</.test(new TextDecoder().decode(bytes.slice(0, 64)));
      if (!isPage) return WebAssembly.compile(bytes);
      throw Object.assign(new Error('playground.wasm is an HTML page, which this server sends for a missing file; put ' +
        'the built playground.wasm next to index.html.'), {isWhole: true});
    });
  }
  function makeWorker() {
    if (!inside) return new Worker('worker.js');
    const text = new Blob([byId('program').textContent, byId('worker').textContent], {type: 'text/javascript'});
    return new Worker(URL.createObjectURL(text));
  }

  return {inside, compile, makeWorker};
})();
