// The page around the canvas: size, files, clipboard, links, the header's controls and the summary.
'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const canvas = byId('canvas');
  const stage = byId('stage');
  const worker = new Worker('worker.js');
  // Compiled once, for the page and for its worker.
  const compiled = WebAssembly.compileStreaming(fetch('playground.wasm')).catch(
    async () => WebAssembly.compile(await (await fetch('playground.wasm')).arrayBuffer()));
  compiled.then((module) => worker.postMessage({module}));
  let program = null;
  let shown = {};

  const call = (name, ...texts) => program.ccall(name, 'string', texts.map(() => 'string'), texts);
  const read = (what) => call('app_read', what);

  // The canvas in CSS pixels such that it has whole physical ones: text stays sharp.
  function size() {
    const ratio = window.devicePixelRatio || 1;
    const whole = (length) => {
      let fit = Math.floor(length);
      for (let less = 0; less < 8; ++less) {
        if (Math.abs((fit - less) * ratio - Math.round((fit - less) * ratio)) < 0.01) return fit - less;
      }
      return fit;
    };
    return [Math.max(whole(stage.clientWidth), 320), Math.max(whole(stage.clientHeight), 200)];
  }

  function toast(text) {
    const note = document.createElement('div');
    note.textContent = text;
    byId('notes').append(note);
    setTimeout(() => note.remove(), 2500 + 40 * text.length);
  }

  function copy(text) {
    const fallback = () => {
      const field = document.createElement('textarea');
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand('copy');
      field.remove();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).catch(fallback);
    else fallback();
    toast('Copied');
  }

  function save(name, bytes) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(bytes instanceof Blob ? bytes : new Blob([bytes]));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  const address = (link) => location.href.split('#')[0] + (link ? '#' + link : '');

  // ---- theme
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (theme) => (theme === 'dark' || theme === 'light' ? theme === 'dark' : system.matches);
  function applyTheme(theme) {
    const dark = isDark(theme);
    if (document.documentElement.classList.contains('dark') === dark) return;
    document.documentElement.classList.toggle('dark', dark);
    if (program) program._app_set_dark(dark ? 1 : 0);
  }
  system.addEventListener('change', () => applyTheme(shown.theme));

  // ---- what the program says
  function showSummary(text) {
    if (shown.text === undefined) performance.mark('first-frame');
    shown = JSON.parse(text);
    if (shown.hash && performance.getEntriesByName('first-answer').length === 0) {
      performance.mark('first-answer');
    }
    const trouble = shown.trouble !== '';
    const summary = byId('summary');
    summary.classList.toggle('trouble', trouble);
    const words = shown.text + (trouble || !shown.shape ? '' : ` ${shown.shape}.`);
    if (summary.textContent !== words) summary.textContent = words;
    choose(byId('loads'), shown.loads, shown.file || shown.loads);
    choose(byId('strategy'), shown.strategy, shown.strategy);
    choose(byId('panel'), shown.panel, shown.panel);
    applyTheme(shown.theme);
    const url = address(shown.link);
    if (url !== location.href) history.replaceState(null, '', url);
  }

  // Shows a value that may not be among the menu's own.
  function choose(select, value, title) {
    select.querySelector('[data-other]')?.remove();
    if (![...select.options].some((option) => option.value === value)) {
      const other = new Option(title, value, true, true);
      other.dataset.other = '';
      select.add(other);
    }
    select.value = value;
  }

  function fill(select, items) {
    for (const item of items) {
      const option = new Option(item.title, item.value);
      option.title = item.sentence;
      select.add(option);
    }
  }

  // ---- files
  async function openFile(file) {
    if (!file) return;
    const {name, size} = file;
    call('app_file_given', name);
    const bytes = await file.arrayBuffer().catch(() => null); // null: the browser has no room for it
    worker.postMessage({name, bytes, size}, bytes ? [bytes] : []);
  }

  const options = {
    canvas,
    instantiateWasm: (imports, done) => {
      compiled.then((module) => WebAssembly.instantiate(module, imports)).then(done);
      return {};
    },
    toWorker: (bytes) => worker.postMessage(bytes, [bytes]),
    chooseFile: () => byId('file').click(),
    copy, save, showSummary, address,
    savePicture: () => canvas.toBlob((blob) => {
      save('evenkeel.png', blob);
      toast(read('said'));
    }),
  };

  createPlayground(options).then((started) => {
    program = started;
    window.playground = {read, find: (control) => call('app_find', control)};
    worker.onmessage = (event) => {
      const bytes = new Uint8Array(event.data);
      const at = program._malloc(bytes.length);
      program.HEAPU8.set(bytes, at);
      program._app_receive(at, bytes.length);
      program._free(at);
    };
    const menus = JSON.parse(read('menus'));
    fill(byId('loads'), menus.loads);
    fill(byId('strategy'), menus.strategies);
    fill(byId('panel'), menus.panels);
    fill(byId('export'), [...menus.exports,
      {value: 'picture', title: 'Picture (PNG)', sentence: 'the panels as you see them'}]);
    const [width, height] = size();
    const failed = program.ccall('app_start', 'string', ['number', 'number', 'number', 'string'],
      [width, height, isDark('') ? 1 : 0, location.hash]);
    document.documentElement.classList.toggle('dark', isDark(''));
    if (failed) {
      byId('summary').textContent = `This browser shows no WebGL 2 (${failed}). The command evenkeel needs none.`;
      byId('summary').classList.add('trouble');
      return;
    }
    new ResizeObserver(() => program._app_resize(...size())).observe(stage);
    window.addEventListener('hashchange', () => call('app_restore', location.hash));

    byId('loads').addEventListener('change', (event) => call('app_open', event.target.value));
    byId('strategy').addEventListener('change', (event) => call('app_choose_strategy', event.target.value));
    byId('panel').addEventListener('change', (event) => call('app_show_panel', event.target.value));
    byId('open').addEventListener('click', options.chooseFile);
    byId('file').addEventListener('change', (event) => {
      openFile(event.target.files[0]);
      event.target.value = '';
    });
    byId('copy-link').addEventListener('click', () => copy(address(read('link'))));
    byId('export').addEventListener('change', (event) => {
      if (event.target.value === 'picture') program._app_save_picture();
      else toast(call('app_export', event.target.value));
      event.target.value = '';
    });
    byId('theme').addEventListener('click', () => call('app_set_theme', isDark(shown.theme) ? 'light' : 'dark'));
  });

  // ---- drag and drop
  for (const kind of ['dragenter', 'dragover']) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      stage.classList.add('drop');
    });
  }
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) stage.classList.remove('drop');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    stage.classList.remove('drop');
    openFile(event.dataTransfer.files[0]);
  });

  // ---- keys and clipboard: SDL would swallow Ctrl+V, and Tab would stay in the canvas behind its last control
  canvas.addEventListener('mousedown', () => canvas.focus());
  document.addEventListener('keydown', (event) => {
    if (document.activeElement !== canvas) return;
    const pastes = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'v';
    const tabs = event.key === 'Tab' && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (tabs && program && program._app_tab(event.shiftKey ? 1 : 0)) event.preventDefault();
    if (pastes || event.key === 'Tab') event.stopPropagation();
    if (event.key === 'Escape' && read('takes_escape') !== '1') canvas.blur();
  }, true);
  canvas.addEventListener('blur', () => program && program._app_leave());
  document.addEventListener('paste', (event) => {
    if (document.activeElement === canvas) call('app_paste', event.clipboardData.getData('text'));
  });
})();
