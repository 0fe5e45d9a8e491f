// The page numbers.html: controls, a table and two charts of the figures that its worker computes with the
// module.
import {draw_layer, draw_sweep} from './numbers-charts.js';

const at = (id) => document.getElementById(id);
const worker = new Worker('numbers-worker.js', {type: 'module'});
const percent = (share, places = 2) => `${(100 * share).toFixed(places)} %`;

let presets = [];
let question = 0; // the newest; older answers are ignored
let shown = null; // its answers so far

const preset = () => presets.find(({name}) => name === at('preset').value);

function fill(select, values, chosen) {
  select.replaceChildren(...values.map(([value, text]) => new Option(text, value, false, String(value) === String(chosen))));
}

// Groups matter only for models that route by groups; for those a node has the usual eight GPUs.
function nodes_of({shape}, gpus) {
  return shape.groups > 1 ? Math.max(1, gpus / 8) : 1;
}

function offer_gpus() {
  const {shape} = preset();
  const counts = [4, 8, 16, 32, 64, 128].filter((gpus) => gpus <= shape.experts);
  fill(at('gpus'), counts.map((gpus) => [gpus, String(gpus)]), shape.gpus);
}

// Offers the numbers of redundant experts for which all GPUs get the same number of slots, up to one per
// expert; selects the one nearest to `wanted`.
function offer_redundant(wanted) {
  const {shape: {experts}} = preset();
  const gpus = Number(at('gpus').value);
  const counts = [];
  for (let slots = Math.ceil(experts / gpus) * gpus; slots <= Math.min(2 * experts, 4096); slots += gpus) {
    counts.push(slots - experts);
  }
  const nearest = counts.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a));
  fill(at('redundant'), counts.map((count) => [count, `${count} (${(experts + count) / gpus} slots per GPU)`]), nearest);
}

const redundant_counts = () => [...at('redundant').options].map(({value}) => Number(value));

function ask() {
  const gpus = Number(at('gpus').value);
  shown = {rows: [], points: [], strategy: at('strategy').selectedOptions[0].text,
    redundant: Number(at('redundant').value)};
  at('status').textContent = 'Computing…';
  at('figures').setAttribute('aria-busy', 'true');
  worker.postMessage({id: ++question, preset: at('preset').value, gpus, redundant: shown.redundant,
    redundant_counts: redundant_counts(), strategy: at('strategy').value, nodes: nodes_of(preset(), gpus),
    groups: preset().shape.groups});
}

function cell(text, kind = 'td') {
  const element = document.createElement(kind);
  element.textContent = text;
  if (kind === 'th') element.scope = 'row';
  return element;
}

function show_table() {
  const rows = shown.rows.map(({name, label, hash, metrics, kept, slots}) => {
    const row = document.createElement('tr');
    row.dataset.strategy = name;
    row.className = label === shown.strategy ? 'chosen' : '';
    row.append(cell(label, 'th'), cell(metrics.balancedness.toFixed(4)), cell(metrics.worst_balancedness.toFixed(4)),
      cell(percent(metrics.imbalance)), cell(percent(metrics.gap_to_bound)), cell(String(metrics.same_gpu_copies)),
      cell(kept.toFixed(4)), cell(percent(metrics.moved_slots / slots, 0)), cell(hash));
    row.lastChild.className = 'hash';
    return row;
  });
  const bound = document.createElement('tr');
  bound.className = 'bound';
  bound.append(cell('at best', 'th'), cell(shown.best.toFixed(4)), ...Array.from({length: 7}, () => cell('')));
  at('rows').replaceChildren(...rows, bound);
}

function show_sentence() {
  const chosen = shown.rows.find(({label}) => label === shown.strategy).metrics;
  const without = shown.rows.find(({name}) => name === 'contiguous').metrics;
  const {layers, experts, slots, gpus} = shown.shape;
  at('status').textContent =
    `${layers} layers of ${experts} experts in ${slots} slots on ${gpus} GPUs. Without a balancer the hottest GPU of a ` +
    `layer carries ${(1 + without.imbalance).toFixed(2)} times the mean, with ${shown.strategy} ` +
    `${(1 + chosen.imbalance).toFixed(2)} times; no placement could be more than ${percent(chosen.gap_to_bound)} ` +
    `lower.${shown.note ? ` (${shown.note}.)` : ''}`;
}

function show_points() {
  draw_sweep(at('sweep'), shown.points, shown);
  at('points').replaceChildren(...shown.points.map(({redundant, without, chosen, best}) => {
    const row = document.createElement('tr');
    row.append(cell(String(redundant), 'th'), ...[without, chosen, best].map((value) => cell(value.toFixed(4))));
    return row;
  }));
}

function show_error(sentence) {
  at('status').textContent = sentence;
  at('figures').setAttribute('aria-busy', 'false');
}

const answers = {
  bound: (data) => Object.assign(shown, data),
  row(data) {
    shown.rows.push(data);
    show_table();
  },
  layer(data) {
    show_sentence();
    draw_layer(at('layer'), data, shown);
    at('layer-number').textContent = data.layer;
  },
  point(data) {
    shown.points.push(data);
    show_points();
  },
  error: ({sentence}) => show_error(sentence),
  done: () => at('figures').setAttribute('aria-busy', 'false'),
};

worker.onmessage = ({data}) => {
  if (data.kind === 'ready') {
    presets = data.presets;
    fill(at('preset'), presets.map(({name, sentence}) => [name, `${name}: ${sentence}`]), 'deepseek-v3');
    fill(at('strategy'), data.strategies.map(({name, label}) => [name, label]), 'keel');
    offer_gpus();
    offer_redundant(preset().shape.slots - preset().shape.experts);
    ask();
  } else if (data.id === question) {
    answers[data.kind](data);
  }
};
worker.onerror = () =>
  show_error('This page needs a browser with module workers and WebAssembly, and a web server that serves its files.');

at('preset').onchange = () => {
  offer_gpus();
  offer_redundant(preset().shape.slots - preset().shape.experts);
  ask();
};
at('gpus').onchange = () => {
  offer_redundant(Number(at('redundant').value));
  ask();
};
at('redundant').onchange = at('strategy').onchange = ask;
