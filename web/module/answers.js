// The core's answers under the names that the command's JSON has, in its order. The core sends numbers as flat
// lists; values.hpp says what stands where.

const named = (names, values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));

const kShape = ['layers', 'experts', 'slots', 'gpus', 'nodes', 'groups'];
const kStages = ['replicate', 'tail', 'fixup', 'pack', 'refine'];
const kLayer = ['balancedness', 'imbalance', 'mean_gpu_load', 'max_gpu_load', 'lower_bound', 'hottest_gpu',
  'same_gpu_copies', 'moved_slots'];

export const shape_of = (numbers) => named(kShape, numbers);
export const stages_of = (rules) => named(kStages, rules);
const moved_of = (slots) => (slots < 0 ? null : slots); // no previous placement

export function loads_of({sizes, values, source}) {
  const [layers, experts, first_layer, steps] = sizes;
  return {layers, experts, values, first_layer, steps, source};
}

export const placement_of = ({sizes, ...arrays}) => ({...named([...kShape, 'first_layer', 'most_copies'], sizes), ...arrays});

function metrics_of({layers, all}) {
  const [first_layer, balancedness, imbalance, gap_to_bound, worst, worst_balancedness, same_gpu_copies, moved_slots,
    empty_layers] = all;
  return {balancedness, imbalance, gap_to_bound, worst_layer: {layer: worst, balancedness: worst_balancedness},
    same_gpu_copies, moved_slots: moved_of(moved_slots), empty_layers,
    layers: Array.from({length: layers.length / kLayer.length}, (_, i) => {
      const figures = named(kLayer, layers.subarray(i * kLayer.length, (i + 1) * kLayer.length));
      return {layer: first_layer + i, ...figures, moved_slots: moved_of(figures.moved_slots)};
    })};
}

// seed: null for a placement that came from elsewhere.
export function result_of({shape, strategy, rules, backend, hash, metrics, note, placement}, seed) {
  const result = {shape: shape_of(shape), first_layer: metrics.all[0], strategy: strategy ?? null,
    stages: rules ? stages_of(rules) : null, seed, backend, hash, metrics: metrics_of(metrics), note};
  return placement ? {...result, placement: placement_of(placement)} : result;
}

export function comparison_of({shape, backend, strategies, note}, seed) {
  return {shape: shape_of(shape), seed, backend, note,
    strategies: strategies.map(({strategy, rules, hash, us_per_layer, metrics}) =>
      ({strategy, stages: stages_of(rules), hash, us_per_layer, metrics: metrics_of(metrics)}))};
}

export function bound_of({shape, lower_bound, mean_gpu_load, note}) {
  const shares = mean_gpu_load.map((mean, i) => (lower_bound[i] > 0 ? mean / lower_bound[i] : 1));
  return {shape: shape_of(shape), lower_bound, mean_gpu_load,
    best_balancedness: shares.reduce((sum, share) => sum + share, 0) / shares.length, note};
}
