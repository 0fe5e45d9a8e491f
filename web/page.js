// The page around the canvas: size, files, clipboard, links, the header's controls and the summary.
'use strict';
const playgroundPage = (() => {
  const byId = (id) => document.getElementById(id);
  const canvas = byId('canvas');
  const stage = byId('stage');
  const root = document.documentElement;
  const {inside, compile, makeWorker} = playgroundParts;
  const kLongestPaste = 65536; // characters; no field accepts more, and the text must fit on the program's stack
  let worker = null;
  let program = null;
  let shown = {};
  let drawn = true; // false: WebGL is not available

  // ---- in a frame of another page
  // The program reads 4096 bytes of a link; a longer text would not fit on its stack.
  const kLongestHash = 4100;
  // embed.html is embedded unless its address has embed=0.
  function linkOfAddress() {
    const link = location.hash.slice(0, kLongestHash);
    const pairs = link.slice(1).split('&').filter(Boolean);
    const saysEmbed = (pair) => pair.startsWith('embed=');
    if (!inside || pairs.find(saysEmbed) === 'embed=0') return link;
    return '#' + ['embed=1', ...pairs.filter((pair) => !saysEmbed(pair))].join('&');
  }
  const isEmbedded = () => root.classList.contains('embed');
  root.classList.toggle('embed', /[#&]embed=1(&|$)/.test(linkOfAddress()));

  const call = (name, ...texts) => program.ccall(name, 'string', texts.map(() => 'string'), texts);
  const read = (what) => call('app_read', what);

  // The canvas size in CSS pixels that gives whole physical pixels: text stays sharp.
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

  function resize() {
    const [width, height] = size();
    const pixels = [width, height].map((length) => Math.round(length * (window.devicePixelRatio || 1)));
    if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
    [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
    program._app_resize(width, ...pixels);
  }

  let nextFrame = 0;
  function draw() {
    program._app_frame();
    nextFrame = requestAnimationFrame(draw);
  }

  function toast(text) {
    const note = document.createElement('div');
    note.textContent = text;
    byId('notes').append(note);
    setTimeout(() => note.remove(), 2500 + 40 * text.length);
  }

  function copy(text) {
    const fallback = () => {
      const focused = document.activeElement;
      const field = document.createElement('textarea');
      field.value = text;
      document.body.append(field);
      field.select();
      const done = document.execCommand('copy');
      field.remove();
      focused.focus();
      toast(done ? 'Copied' : 'This browser does not allow the page to copy.');
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => toast('Copied'), fallback);
    else fallback();
  }

  function save(name, bytes) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(bytes instanceof Blob ? bytes : new Blob([bytes]));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // ---- addresses
  const here = location.href.split('#')[0];
  let playground = ''; // address of the whole playground, if the host has set it
  const withoutEmbed = (link) => link.replace(/&?embed=1$/, '');
  // embed.html works everywhere; index.html, which consists of several files, needs its own origin.
  function address(link) {
    const base = playground || (!inside || (self.origin === 'null' && !here.startsWith('about:'))
      ? here : new URL('index.html', document.baseURI).href);
    const state = (base === here && inside ? 'embed=0&' : '') + withoutEmbed(link);
    return base + (state ? '#' + state : '');
  }
  // Browsers do not open local files from a sandbox: then the frame itself becomes the whole playground.
  function opensInPlace() {
    if (!here.startsWith('file:') || playground) return false;
    try {
      return document.cookie === null; // reading it fails in a sandbox
    } catch {
      return true;
    }
  }
  byId('whole').addEventListener('click', (event) => {
    if (!opensInPlace()) return;
    event.preventDefault();
    call('app_restore', byId('whole').hash);
  });
  function embedCode(link) {
    const base = inside && !here.startsWith('about:') ? here : new URL('embed.html', document.baseURI).href;
    const state = withoutEmbed(link);
    const src = `${base}#${state ? state + '&' : ''}embed=1`.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
    const downloads = shown.panel === 'export' ? ' allow-downloads' : '';
    return `<iframe src="${src}" title="Evenkeel: the experts of an MoE model, balanced" loading="lazy" ` +
      `sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox${downloads}" ` +
      'style="width: 100%; height: 560px; border: 0"></iframe>';
  }

  // ---- theme
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (theme) => (theme === 'dark' || theme === 'light' ? theme === 'dark' : system.matches);
  function applyTheme(theme) {
    const dark = isDark(theme);
    if (root.classList.contains('dark') === dark) return;
    root.classList.toggle('dark', dark);
    if (program) program._app_set_dark(dark ? 1 : 0);
  }
  system.addEventListener('change', () => applyTheme(shown.theme));

  // ---- output of the program
  function showSummary(text) {
    if (shown.text === undefined) performance.mark('first-frame');
    shown = JSON.parse(text);
    if (shown.hash && performance.getEntriesByName('first-answer').length === 0) {
      performance.mark('first-answer');
    }
    const trouble = shown.trouble !== '';
    const summary = byId('summary');
    summary.classList.toggle('trouble', trouble);
    const words = shown.text + (trouble || !shown.shape ? '' : ` ${shown.shape}.`) +
      (drawn ? '' : ' This browser has no WebGL 2, so the figures are shown without pictures.');
    const warnings = trouble ? '' : [...shown.warnings.slice(0, 4).map((text) => ` Warning: ${text}.`),
      shown.old_default && ' ' + shown.old_default].join('');
    if (summary.textContent !== words + warnings) {
      summary.textContent = words;
      const aside = document.createElement('span'); // the canvas shows them, too
      aside.textContent = warnings;
      if (warnings) summary.append(aside);
    }
    choose(byId('loads'), shown.loads, shown.title || shown.loads);
    choose(byId('strategy'), shown.strategy, shown.strategy);
    choose(byId('panel'), shown.panel, shown.panel);
    applyTheme(shown.theme);
    root.classList.toggle('embed', shown.embed);
    byId('about').textContent = [shown.title || shown.loads, shown.shape].filter(Boolean).join(': ');
    byId('whole').href = address(shown.link);
    if (!drawn) showFigures();
    if (!shown.embed) {
      const url = here + (inside ? '#embed=0' + (shown.link && '&' + shown.link) : shown.link && '#' + shown.link);
      try {
        if (url !== location.href) history.replaceState(null, '', url);
      } catch { /* not allowed in every sandbox */ }
    }
    heard.forEach((hear) => hear());
  }
  const heard = []; // listeners

  // Without WebGL: the figures of all strategies, as a table.
  function showFigures() {
    const table = byId('figures');
    const {headings, rows: compared} = JSON.parse(read('compared'));
    const rows = compared.map(({cells, hash}) => [...cells, hash]);
    table.tHead.rows[0].replaceChildren(...[...headings, 'Result hash'].map((text) => {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = text;
      return cell;
    }));
    table.tBodies[0].replaceChildren(...rows.map((row) => {
      const line = document.createElement('tr');
      line.append(...row.map((text, column) => {
        const cell = document.createElement(column === 0 ? 'th' : 'td');
        cell.textContent = text;
        return cell;
      }));
      line.classList.toggle('chosen', row[0] === shown.strategy);
      return line;
    }));
    table.hidden = rows.length === 0;
  }

  // Selects a value; adds it to the menu if it is missing.
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
  // Opens what playgroundFiles has found. The worker reads it.
  async function openFiles(found) {
    const {names, files, refusal} = await found;
    if (!names || !program) return;
    const room = 3 * names.length + 1; // so many names may not fit on the program's stack
    const at = program._malloc(room);
    program.stringToUTF8(names, at, room);
    program._app_files_given(at);
    program._free(at);
    worker.postMessage(refusal ? {names, refusal: {of: refusal.of, message: refusal.message}} : {names, files});
  }
  const openBytes = (name, bytes) => openFiles({names: name, files: [{name, file: new Blob([bytes])}]});
  let given = null; // collects files while the host requests them

  function giveKeysAway() {
    if (document.activeElement !== canvas) return;
    canvas.blur();
    if (isEmbedded()) window.parent.focus();
  }

  const options = {
    canvas, giveKeysAway,
    toWorker: (bytes) => worker.postMessage(bytes, [bytes]),
    chooseFile: () => byId('file').click(),
    save: (name, bytes) => (given ? given.push({name, bytes: bytes.buffer}) : save(name, bytes)),
    copy, showSummary, address, embedCode,
    savePicture: () => canvas.toBlob((blob) => {
      save('evenkeel.png', blob);
      toast(read('said'));
    }),
  };

  async function start() {
    worker = makeWorker();
    worker.onerror = (event) => {
      broken = new Error(`the engine has stopped (${event.message}); reload the page`);
      byId('summary').textContent = broken.message;
      byId('summary').classList.add('trouble');
      waiting.splice(0).forEach((wake) => wake());
    };
    const compiled = compile();
    options.instantiateWasm = (imports, done) => {
      compiled.then((module) => WebAssembly.instantiate(module, imports)).then(done);
      return {};
    };
    const started = createPlayground(options);
    worker.postMessage({module: await compiled});
    program = await started;
    window.playground = {read, find: (control) => call('app_find', control)};
    worker.onmessage = (event) => {
      const bytes = new Uint8Array(event.data);
      const at = program._malloc(bytes.length);
      program.HEAPU8.set(bytes, at);
      program._app_receive(at, bytes.length);
      program._free(at);
      if (!isDrawing) program._app_update();
      waiting.splice(0).forEach((wake) => wake());
    };
    const menus = JSON.parse(read('menus'));
    fill(byId('loads'), menus.loads);
    fill(byId('strategy'), menus.strategies);
    fill(byId('panel'), menus.panels);
    fill(byId('export'), [...menus.exports,
      {value: 'picture', title: 'Picture (PNG)', sentence: 'the visible panels'},
      {value: 'embed', title: 'Copy embed code', sentence: 'a frame with this view for your page'}]);
    resize();
    const failed = program.ccall('app_start', 'string', ['number', 'string'], [isDark('') ? 1 : 0, linkOfAddress()]);
    root.classList.toggle('dark', isDark(''));
    drawn = failed === '';
    root.classList.toggle('undrawn', !drawn);
    new ResizeObserver(resize).observe(stage);
    window.addEventListener('resize', resize); // the ratio of pixels may have changed
    playgroundInput(canvas, program);
    nextFrame = requestAnimationFrame(draw);
    window.addEventListener('hashchange', () => call('app_restore', linkOfAddress()));
    watch();

    byId('loads').addEventListener('change', (event) => call('app_open', event.target.value));
    byId('strategy').addEventListener('change', (event) => call('app_choose_strategy', event.target.value));
    byId('panel').addEventListener('change', (event) => call('app_show_panel', event.target.value));
    byId('open').addEventListener('click', options.chooseFile);
    byId('file').addEventListener('change', (event) => {
      openFiles(playgroundFiles.ofList(event.target.files));
      event.target.value = '';
    });
    byId('copy-link').addEventListener('click', () => copy(address(read('link'))));
    byId('export').addEventListener('change', (event) => {
      if (event.target.value === 'picture') program._app_save_picture();
      else if (event.target.value === 'embed') copy(embedCode(read('link')));
      else toast(call('app_export', event.target.value));
      event.target.value = '';
    });
    byId('theme').addEventListener('click', () => call('app_set_theme', isDark(shown.theme) ? 'light' : 'dark'));
  }

  // ---- visibility and requests of the host: a frame starts when it is first visible and pauses when hidden
  let begun = null;
  const begin = () => (begun ??= start().catch((error) => {
    byId('summary').textContent = error.isWhole ? error.message
      : `The playground cannot start here (${error.message}). ` + (inside ? ''
        : 'From a local folder or in a sandbox use embed.html, the same page in one file.');
    root.classList.add('undrawn');
    throw error;
  }));
  const waiting = []; // callbacks for the engine's next answer
  let broken = null; // an error after which there are no more answers
  let isSeen = false;
  let isDrawing = true;
  let requests = 0; // of the host, in progress
  function watch() {
    const active = !isEmbedded() || (isSeen && !document.hidden);
    if (active) begin().catch(() => {});
    if (!program) return;
    if (active !== isDrawing) {
      cancelAnimationFrame(nextFrame);
      if (active) nextFrame = requestAnimationFrame(draw);
      program._app_touch();
    }
    isDrawing = active;
    worker.postMessage({run: active || requests > 0});
  }
  new IntersectionObserver((entries) => {
    isSeen = entries[entries.length - 1].isIntersecting;
    watch();
  }).observe(document.body);
  document.addEventListener('visibilitychange', watch);
  watch();

  // Runs a request of the host, even if the frame is hidden. all: also waits for the comparison.
  async function serve(work) {
    ++requests;
    try {
      await begin();
      watch();
      const settled = async (all) => {
        for (let left = 1; left === 1 || (all && left !== 0);) {
          left = program._app_update();
          if (left === 1 || (all && left !== 0)) {
            await new Promise((wake) => (broken ? wake() : waiting.push(wake)));
          }
          if (broken) throw broken;
        }
      };
      return await work(settled);
    } finally {
      --requests;
      watch();
    }
  }

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
    openFiles(playgroundFiles.ofDrop(event.dataTransfer));
  });

  // ---- keys, wheel and clipboard. In a frame wheel and touch go to the host until the canvas is clicked.
  for (const kind of ['wheel', 'touchstart', 'touchmove', 'touchend', 'touchcancel']) {
    stage.addEventListener(kind, (event) => {
      if (isEmbedded() && document.activeElement !== canvas) event.stopPropagation();
    }, {capture: true, passive: true});
  }
  // Tab leaves the canvas after its last control. In a frame Tab goes
  // to the host until the reader has used the canvas.
  let isUsed = false;
  canvas.addEventListener('mousedown', () => {
    canvas.focus();
    isUsed = true;
  });
  document.addEventListener('keydown', (event) => {
    if (document.activeElement !== canvas) return;
    const pastes = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'v';
    const tabs = event.key === 'Tab' && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!tabs && !['Shift', 'Escape'].includes(event.key)) isUsed = true;
    const walks = tabs && program && (isUsed || !isEmbedded());
    if (walks && program._app_tab(event.shiftKey ? 1 : 0)) event.preventDefault();
    if (pastes || event.key === 'Tab') event.stopPropagation(); // the program must not see them
    // Where nothing is drawn, nothing can use Escape; else the program decides, once it has seen what came before.
    if (event.key === 'Escape' && !(program && drawn && isDrawing)) giveKeysAway();
  }, true);
  canvas.addEventListener('blur', () => {
    isUsed = false;
    if (program) program._app_leave();
  });
  document.addEventListener('paste', (event) => {
    if (document.activeElement !== canvas || !program) return;
    call('app_paste', event.clipboardData.getData('text').slice(0, kLongestPaste));
  });

  return {
    serve, call, read, openBytes, address,
    listen: (hear) => heard.push(hear),
    // Returns the files of an export, or an error sentence.
    files: (format) => {
      given = [];
      const sentence = call('app_give', format);
      const files = given;
      given = null;
      return {sentence, files};
    },
    setPlayground: (url) => {
      playground = url;
      byId('whole').href = address(shown.link || '');
    },
  };
})();
