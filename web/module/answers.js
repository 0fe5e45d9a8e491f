// Converts the core's answers to objects with the names and the order of the command's JSON. The core sends
// numbers as flat lists; values.hpp describes them.

const named = (names, values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
// NaN: not known.
const figures_of = (names, values) => Object.fromEntries(names.map((name, i) =>
  [name, Number.isNaN(values[i]) ? null : values[i]]));

const kShape = ['layers', 'experts', 'slots', 'gpus', 'nodes', 'groups'];
const kStages = ['replicate', 'tail', 'fixup', 'pack', 'refine', 'apart'];

// The names of the figures, of a layer and overall, in the core's order. evenkeel.js asks the core for them once.
let layer_names = [];
let overall_names = [];
export function take_figures(figures) {
  layer_names = figures.filter(({per_layer}) => per_layer).map(({name}) => name);
  overall_names = figures.filter(({in_metrics}) => in_metrics).map(({name}) => name);
}

export const shape_of = (numbers) => named(kShape, numbers);
export const stages_of = (rules) => rules && named(kStages, rules);

export function loads_of({sizes, values, source}) {
  const [layers, experts, first_layer, steps] = sizes;
  return {layers, experts, values, first_layer, steps, source};
}

// Adds a property that is made when it is first read, because making it takes longer than the call. It is the object's
// own and enumerable: JSON, copies and comparisons have its value.
function lazy(object, name, make) {
  let value;
  // Refused if the object is frozen.
  const set = (made) => Reflect.defineProperty(object, name, {value: made, writable: true});
  const get = () => {
    if (value === undefined) set(value = make());
    return value;
  };
  return Object.defineProperty(object, name, {get, set, enumerable: true, configurable: true});
}

const kNextExpert = 2 ** 30; // values.hpp describes what is packed

// [layers, experts, most_copies], -1 after an expert's last copy.
function unpacked(packed, rows, most_copies) {
  const log2phy = new Int32Array(rows * most_copies).fill(-1);
  let [row, at] = [0, 0];
  for (const slot of packed) {
    if (slot >= kNextExpert) at = row++ * most_copies;
    log2phy[at++] = slot & (kNextExpert - 1);
  }
  return log2phy;
}

function placement_of({sizes, phy2log, logcnt}, {packed}) {
  const placement = {...named([...kShape, 'first_layer', 'most_copies'], sizes), phy2log, logcnt};
  return lazy(placement, 'log2phy', () => unpacked(packed, logcnt.length, sizes[7]));
}

function metrics_of({first_layer, layers, all}) {
  const width = layer_names.length;
  return lazy(figures_of(overall_names, all), 'layers', () => Array.from({length: layers.length / width}, (_, i) =>
    ({layer: first_layer + i, ...figures_of(layer_names, layers.subarray(i * width, (i + 1) * width))})));
}

// seed: null for a placement that was not made here. hash_of(name, packed): the hash of that name.
export function result_of({format, shape, strategy, rules, backend, metrics, note, placement, packed}, seed, hash_of) {
  const result = {format, shape: shape_of(shape), first_layer: metrics.first_layer, strategy: strategy ?? null,
    stages: rules ? stages_of(rules) : null, seed, backend};
  for (const name of ['hash', 'map_hash']) lazy(result, name, () => hash_of(name, packed));
  Object.assign(result, {metrics: metrics_of(metrics), note});
  if (placement) result.placement = placement_of(placement, packed);
  return result;
}

export function comparison_of({format, shape, backend, strategies, note}, seed) {
  return {format, shape: shape_of(shape), seed, backend, note,
    strategies: strategies.map(({strategy, rules, hash, us_per_layer, metrics}) =>
      ({strategy, stages: stages_of(rules), hash, us_per_layer, metrics: metrics_of(metrics)}))};
}

export function bound_of({shape, lower_bound, mean_gpu_load, note}) {
  const shares = mean_gpu_load.map((mean, i) => (lower_bound[i] > 0 ? mean / lower_bound[i] : 1));
  return {shape: shape_of(shape), lower_bound, mean_gpu_load,
    best_balancedness: shares.reduce((sum, share) => sum + share, 0) / shares.length, note};
}
