// Uses all types of the module, strictly; lines that must not compile are marked. Compiled, never run.
import init, {
  balance, compare, EvenkeelError, exportPlacement, formats, lowerBound, presets, score,
  stages, strategies, synth,
} from 'evenkeel';
import type {
  BalanceOptions, BalanceResult, ComparedStrategy, CompareOptions, Comparison, EngineFormat, LayerMetrics, Loads, LoadsInput,
  LowerBound, Metrics, Numbers, Placement, PlacementFields, PlacementInput, Policy, Preset, Score, Shape, ShapeInput, Stage, Stages,
  Strategy, SynthOptions, WasmSource,
} from 'evenkeel';

const source: WasmSource = new URL('evenkeel-core.wasm', 'https://example.org/');
await init();
await init(source);
await init(fetch('evenkeel-core.wasm'));
await init(await WebAssembly.compile(new ArrayBuffer(8)));
// @ts-expect-error: one source
await init(source, source);

// Loads
const how: SynthOptions = {window: [0, 10], layers: [3, 58], seed: 7n, steps: 20, skew: 1.5};
const loads: Loads = synth('deepseek-v3', how);
const tokens: number = loads.values[0] + loads.layers + loads.experts + loads.first_layer + loads.steps + loads.source.length;
const numbers: Numbers = new Uint16Array([1, 2]);
const inputs: LoadsInput[] = [loads, [[1, 2], [3, 4]], [numbers, [3, 4]], {experts: 2, values: [1, 2]},
  {experts: 2, values: new BigInt64Array(2), source: 'x'}, {values: [[1, 2]]}];
// @ts-expect-error: texts are not numbers
balance([['1', '2']], {gpus: 1, slots: 2});
// @ts-expect-error: a flat list needs experts
balance({values: [1, 2]}, {gpus: 1, slots: 2});
// @ts-expect-error: a range has an end
synth('glm-5', {window: [3]});

// Results
const shape: ShapeInput = {gpus: 8, redundant: 8};
const policy: Policy = 'auto';
const parts: Partial<Stages> = {tail: 'sainte_lague'};
const searched: BalanceOptions = {effort: 'max', seed: 2};
balance(loads, {}, {...searched, effort: 25});
const options: BalanceOptions = {strategy: 'ref', stages: parts, seed: 1, policy};
const result: BalanceResult = balance(inputs[0], shape, options);
const counted: Shape = result.shape;
balance(loads, counted);
balance(loads);
const placement: Placement = result.placement;
const slot: number = placement.phy2log[0] + placement.logcnt[0] + placement.log2phy[0] + placement.most_copies;
const metrics: Metrics = result.metrics;
const layer: LayerMetrics = metrics.layers[0];
const figure: number = metrics.balancedness + metrics.gap_to_bound + metrics.worst_balancedness + metrics.worst_layer + layer.max_gpu_load;
const seeds: (number | bigint)[] = [result.seed, compare(loads).seed];
// @ts-expect-error: a large seed is a bigint
const seed: number = result.seed;
const text: string = result.hash + result.strategy + (result.stages?.pack ?? "") + result.note + result.backend;
// @ts-expect-error: moved slots may be null
const moved: number = metrics.moved_slots;
// @ts-expect-error: no such policy
balance(loads, shape, {policy: 'best'});
// @ts-expect-error: no such option
balance(loads, shape, {strategie: 'ref'});
// @ts-expect-error: no such number
balance(loads, {gpu: 8, slots: 40});
// @ts-expect-error: numbers, not texts
balance(loads, {gpus: '8', slots: 40});
// @ts-expect-error: no such stage
balance(loads, shape, {stages: {cook: 'greedy'}});

const earlier: PlacementInput[] = [placement, [[0, 1]], {phy2log: [0, 1], slots: 2}, {phy2log: [new Int32Array(2)]}];
const scored: Score = score(loads, earlier[0], {gpus: 8}, {previous: placement, policy: 'global'});
const nobody: string | null = scored.strategy;
// @ts-expect-error: a result is not a placement, but has one
score(loads, result);
// @ts-expect-error: a placement is scored unchanged
score(loads, placement, shape, {strategy: 'ref'});

const which: CompareOptions = {strategies: ['ref', 'ada'], previous: placement};
const comparison: Comparison = compare(loads, shape, which);
const row: ComparedStrategy = comparison.strategies[0];
const microseconds: number = row.us_per_layer + row.metrics.imbalance;
const bound: LowerBound = lowerBound(loads, shape, {policy: 'hierarchical'});
const best: number = bound.best_balancedness + bound.lower_bound[0] + bound.mean_gpu_load[0];

const format: EngineFormat['name'] = formats()[0].name;
const file: string | Uint8Array = exportPlacement(placement, format, {mtp: 1, dense_layers: [0, 1, 2]});
const text_file: string = exportPlacement(placement, 'vllm-ascend');
const array_file: Uint8Array = exportPlacement(placement, 'sglang-jax');
const bare: PlacementFields = {phy2log: [[0, 1]]};
exportPlacement({...bare, experts: 2}, 'sglang');
exportPlacement({...bare, experts: 2, gpus: 1}, format);
// @ts-expect-error: slots alone do not give the number of experts
exportPlacement([[0, 1]], 'sglang');
// @ts-expect-error: nor as a field
exportPlacement(bare, 'sglang');
// @ts-expect-error: this file lists GPUs
exportPlacement({...bare, experts: 2}, 'vllm-ascend');
// @ts-expect-error: no such engine
exportPlacement(placement, 'pytorch');

const strategy: Strategy = strategies()[0];
const stage: Stage = stages()[0];
const preset: Preset = presets()[0];
balance(loads, preset.shape, {strategy: strategy.alias ?? strategy.name, stages: {[stage.name]: stage.rules[0].name}});

try {
  await init();
} catch (error) {
  if (error instanceof EvenkeelError) console.log(error.message, error.name satisfies 'EvenkeelError');
}
export {array_file, best, figure, file, microseconds, moved, nobody, seed, seeds, slot, text, text_file, tokens};
