// Computes the figures of numbers.html outside the main thread: one question at a time, in slices, so that a
// newer question can interrupt it.
import init, {balance, lowerBound, presets, score, strategies, synth} from '../module/evenkeel.js';

const kWindow = 100; // steps
const kMostPoints = 12;
let newest = 0; // the id of the current question
let trace = {name: '', before: null, now: null};

const heard = () => new Promise((resolve) => setTimeout(resolve));

// Two consecutive windows of traffic, kept for the next question.
function open_trace(name) {
  if (trace.name === name) return;
  const steps = 2 * kWindow;
  trace = {
    name,
    before: synth(name, {steps, window: [0, kWindow]}),
    now: synth(name, {steps, window: [kWindow, steps]}),
  };
}

// At most kMostPoints of the counts, evenly spaced, including the first and the last.
function thinned(counts) {
  if (counts.length <= kMostPoints) return counts;
  const at = (i) => counts[Math.round(i * (counts.length - 1) / (kMostPoints - 1))];
  return Array.from({length: kMostPoints}, (_, i) => at(i));
}

// The load of each GPU in one layer: the load of a copy is its expert's load divided by the number of copies.
function gpu_loads({values, experts}, {phy2log, logcnt, slots, gpus}, layer) {
  const loads = new Float64Array(gpus);
  for (let slot = 0; slot < slots; ++slot) {
    const expert = phy2log[layer * slots + slot];
    loads[Math.floor(slot / (slots / gpus))] += values[layer * experts + expert] / logcnt[layer * experts + expert];
  }
  return loads;
}

// redundant_counts: the numbers that the page offers, ascending.
async function answer({id, preset, gpus, redundant, redundant_counts, strategy, nodes, groups}) {
  const say = (kind, data) => postMessage({id, kind, ...data});
  const stale = async () => { await heard(); return id !== newest; };
  open_trace(preset);
  if (await stale()) return;
  const {before, now} = trace;
  const shape = {gpus, redundant, nodes, groups};

  const bound = lowerBound(now, shape);
  say('bound', {shape: bound.shape, best: bound.best_balancedness, note: bound.note});
  const placed = {};
  for (const {name, label} of strategies()) {
    const earlier = balance(before, shape, {strategy: name});
    const result = balance(now, shape, {strategy: name, previous: earlier.placement});
    const kept = score(now, earlier.placement);
    say('row', {name, label, hash: result.hash, metrics: result.metrics, kept: kept.metrics.balancedness,
      slots: result.shape.slots * result.shape.layers});
    placed[name] = result;
    if (await stale()) return;
  }

  // The worst layer with contiguous.
  const without = placed.contiguous;
  const worst = without.metrics.worst_layer;
  const chosen = placed[strategy];
  say('layer', {layer: worst, without: gpu_loads(now, without.placement, worst),
    balanced: gpu_loads(now, chosen.placement, worst), figures: chosen.metrics.layers[worst],
    without_figures: without.metrics.layers[worst]});

  for (const count of thinned(redundant_counts)) {
    const at = {...shape, redundant: count};
    const of = (name) => balance(now, at, {strategy: name}).metrics.balancedness;
    const point = {redundant: count, best: lowerBound(now, at).best_balancedness, without: of('contiguous'),
      chosen: of(strategy)};
    say('point', point);
    if (await stale()) return;
  }
  say('done', {});
}

onmessage = async ({data}) => {
  newest = data.id;
  try {
    await ready;
    if (data.id === newest) await answer(data);
  } catch (error) {
    postMessage({id: data.id, kind: 'error', sentence: error.message});
  }
};

const ready = init();
ready.then(
  () => postMessage({kind: 'ready', presets: presets(), strategies: strategies()}),
  (error) => postMessage({id: newest, kind: 'error', sentence: error.message}));
