/**
 * Evenkeel balances the experts of Mixture-of-Experts models that are served with expert parallelism: which
 * experts to copy, which GPU slot each copy goes to, how good that is, and how good it could possibly be.
 *
 * Load the module once, then all functions are synchronous:
 *
 * ```js
 * import init, {balance, synth} from 'evenkeel';
 * await init();
 * const result = balance(synth('deepseek-v3'), {gpus: 32, redundant: 32, nodes: 4, groups: 8});
 * console.log(result.hash, result.metrics.balancedness);
 * ```
 *
 * Names of fields are those of the JSON that the command `evenkeel` prints with `--json`. Arrays are flat, row
 * by row: `[layers, experts]` says that the value of layer `l`, expert `x` stands at `l * experts + x`. What is
 * returned is a copy; nothing has to be freed.
 *
 * @packageDocumentation
 */

/**
 * What is wrong, in one sentence: which argument, which place, which number, and what would be right. Where
 * the command refuses the same, the sentence is the same, with names as they are here (`gpus` for `--gpus`).
 * Every function throws it, and the module stays usable. Only an error that comes from what is passed, a getter
 * that throws, reaches the caller as it is.
 */
export class EvenkeelError extends Error {
  name: 'EvenkeelError';
}

/** Where the compiled module comes from. */
export type WasmSource = string | URL | Response | ArrayBuffer | ArrayBufferView | WebAssembly.Module;

/**
 * Loads the module; a second call waits for the first. Without an argument it takes `evenkeel-core.wasm` from
 * where `evenkeel.js` is: by `fetch` in a page or worker, from the disk in node. Errors: it cannot be loaded.
 */
export default function init(source?: WasmSource | Promise<Response>): Promise<void>;

// ---- what goes in

/** Recorded traffic of one window: how many tokens each expert of each layer received. */
export interface Loads {
  /** 1 to 128. */
  layers: number;
  /** Logical experts a layer, 1 to 1,024. */
  experts: number;
  /** `[layers, experts]` tokens, rounded to binary32; finite, at least 0. */
  values: Float32Array;
  /** The number of the first layer in what was recorded, 0 to 65,535. */
  first_layer: number;
  /** How many recorded steps were summed, at least 1. */
  steps: number;
  /** What errors call them: the name of a file, `synth:...`, or nothing. */
  source: string;
}

/** A list of numbers: an array or any typed array. */
export type Numbers =
  | readonly number[] | readonly bigint[] | Float32Array | Float64Array | Int8Array | Uint8Array | Uint8ClampedArray
  | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array;

/** Loads as functions take them: an array of layers, each a list of tokens by expert; or {@link Loads}, of
 * which what has a default may be left out. */
export type LoadsInput =
  | readonly Numbers[]
  | {
      layers?: number; experts: number; values: Numbers; first_layer?: number; steps?: number; source?: string;
    }
  | {values: readonly Numbers[]; first_layer?: number; steps?: number; source?: string};

/** A deployment of one model, as results say it: after the policy, with all its numbers. */
export interface Shape {
  layers: number;
  /** Logical experts a layer. */
  experts: number;
  /** Slots (physical experts) a layer, all GPUs together: experts and redundant experts. At most 4,096. */
  slots: number;
  /** GPUs that share the experts (EP size). At most 1,024; slots are a multiple of them. */
  gpus: number;
  /** Nodes that share the GPUs. */
  nodes: number;
  /** Expert groups of the model, as in the routing of DeepSeek-V3. */
  groups: number;
}

/** A deployment as it is asked for. What is missing is completed to the nearest valid deployment, by the same rules
 * as in the command, and the result's `note` says what was assumed. For loads made by {@link synth} that is how their
 * model is usually deployed. Layers and experts may be there; they must be those of the loads. */
export interface ShapeInput {
  layers?: number;
  experts?: number;
  /** Where it is missing: the usual number of a synthetic model, else 8. */
  gpus?: number;
  /** At most one of slots and redundant. Where both are missing: near the usual number of a synthetic model, else a
   * redundant expert on each GPU. */
  slots?: number;
  /** Redundant experts a layer: slots minus experts. */
  redundant?: number;
  /** Where it is missing: with the usual GPUs of a synthetic model its usual number, else 1. */
  nodes?: number;
  /** Where it is missing: with the usual GPUs of a synthetic model, or with nodes, the model's number, else 1. */
  groups?: number;
}

/**
 * How nodes and groups count. `auto`: groups stay whole on a node where they are a multiple of the nodes, else
 * nodes and groups are ignored, and the result's `note` says so. `hierarchical`: that mismatch is an error.
 * `global`: nodes and groups are ignored.
 */
export type Policy = 'auto' | 'hierarchical' | 'global';

/** The rule of each stage, by name; {@link stages} lists them. */
export interface Stages {
  /** How many copies each expert gets. */
  replicate: string;
  /** Who gets the last tenth of the extra copies. */
  tail: string;
  /** A copy that changes hands afterwards. */
  fixup: string;
  /** Groups to nodes, slots to GPUs. */
  pack: string;
  /** Swaps after packing. */
  refine: string;
}

export interface PolicyOption {
  /** `auto` where it is missing. */
  policy?: Policy;
}
export interface PreviousOption {
  /** What runs today: figures then count the slots that would have to move. It may have another number of slots. */
  previous?: PlacementInput;
}
export interface RulesOptions extends PolicyOption, PreviousOption {
  /** Rules in place of a strategy's own. */
  stages?: Partial<Stages>;
  /** Of the random rules; 0 to 2^64 - 1, 0 where it is missing. */
  seed?: number | bigint;
}
export interface BalanceOptions extends RulesOptions {
  /** A name or alias of {@link strategies}; `deepseek` where it is missing. */
  strategy?: string;
}
export interface CompareOptions extends RulesOptions {
  /** Names or aliases; all strategies where it is missing. With stages also each of these with them (`deepseek`
   * with them where none is named). */
  strategies?: readonly string[];
}

// ---- what comes out

/** Which expert sits in which slot. Slot `p` is on GPU `floor(p / (slots / gpus))`. */
export interface Placement {
  layers: number;
  experts: number;
  slots: number;
  gpus: number;
  nodes: number;
  groups: number;
  /** The number of its first layer in the loads, 0 to 65,535. */
  first_layer: number;
  /** Copies of the expert that has most of them: the last axis of log2phy. */
  most_copies: number;
  /** `[layers, slots]` the expert in each slot. */
  phy2log: Int32Array;
  /** `[layers, experts]` copies of each expert, at least 1. */
  logcnt: Int32Array;
  /** `[layers, experts, most_copies]` the slots of each expert's copies, then -1. */
  log2phy: Int32Array;
}

/** {@link Placement}, of which phy2log, and, where that is flat, slots are needed. Without log2phy copies are
 * numbered by ascending slot. */
export interface PlacementFields {
  phy2log: Numbers | readonly Numbers[];
  layers?: number;
  experts?: number;
  slots?: number;
  gpus?: number;
  nodes?: number;
  groups?: number;
  first_layer?: number;
  most_copies?: number;
  logcnt?: Numbers;
  log2phy?: Numbers;
}

/** A placement as functions take it: phy2log as an array of layers, or {@link PlacementFields}. The lists of layers
 * in the files of engines are such arrays: SGLang's `JSON.parse(text).physical_to_logical_map`, the command's
 * `.phy2log`, vLLM's whole file. */
export type PlacementInput = readonly Numbers[] | PlacementFields;

/** The figures of one layer. A copy carries its expert's load divided by the number of copies. */
export interface LayerMetrics {
  /** The layer's number in what was recorded. */
  layer: number;
  // figures of a layer, written by evenkeel_tests --rebase
  /** Mean GPU load / max GPU load. 1 is perfect; at 0.8 GPUs idle 20 % of the time of an expert layer that
   * waits for its hottest GPU. SGLang and ROCm ATOM report it of single passes, with dense layers as 1. */
  balancedness: number;
  /** (max − mean) / mean GPU load. 0 is perfect; at 86 % the hottest GPU carries 1.86 times the mean.
   * TensorRT-LLM reports it as a mean over iterations; vllm-ascend reports max / mean, which is 1 more. */
  imbalance: number;
  /** Max GPU load / lower bound − 1. The most that another placement of this shape could still gain; 0
   * proves that none is better. */
  gap_to_bound: number;
  /** Mean GPU load / lower bound. The balancedness at the lower bound: no placement of this shape exceeds it. */
  best_balancedness: number;
  /** Sum of GPU loads / GPUs. A copy carries its expert's load divided by the number of copies, a GPU what
   * its slots carry. */
  mean_gpu_load: number;
  /** Load of the hottest GPU. The load that all other GPUs wait for. */
  max_gpu_load: number;
  /** Max of: mean GPU load; largest copy; heaviest node / its GPUs. No placement of this shape has a smaller
   * max GPU load. The largest copy is that of the best replication, the heaviest node that of the best
   * assignment of whole groups to nodes. The bound may be out of reach. */
  lower_bound: number;
  /** First GPU with the max GPU load. Its number, counted from 0. */
  hottest_gpu: number;
  /** Slots − distinct experts of each GPU. Copies on a GPU that has another copy of their expert: they take
   * memory and spread no load. */
  same_gpu_copies: number;
  /** Slots whose expert was not on that GPU before. Weights to transfer; known where a previous placement is
   * given. */
  moved_slots: number | null;
  // end of the figures
}

/** The figures of all layers together, and of each. */
export interface Metrics {
  // figures of all layers, written by evenkeel_tests --rebase
  /** Mean GPU load / max GPU load. 1 is perfect; at 0.8 GPUs idle 20 % of the time of an expert layer that
   * waits for its hottest GPU. Here: mean over layers. SGLang and ROCm ATOM report it of single passes, with
   * dense layers as 1. */
  balancedness: number;
  /** Mean GPU load / max GPU load. How balanced the layer is that is balanced worst. Here: of the worst
   * layer. */
  worst_balancedness: number;
  /** First layer with the smallest balancedness. Its number, counted as in the file of loads. Here: of all
   * layers. */
  worst_layer: number;
  /** Sum of mean GPU loads / sum of max GPU loads. Balancedness in which a layer counts by the load of its
   * hottest GPU. Here: over layers. vLLM logs it, of single steps. */
  balancedness_by_load: number;
  /** (max − mean) / mean GPU load. 0 is perfect; at 86 % the hottest GPU carries 1.86 times the mean. Here:
   * mean over layers. TensorRT-LLM reports it as a mean over iterations; vllm-ascend reports max / mean,
   * which is 1 more. */
  imbalance: number;
  /** Max GPU load / lower bound − 1. The most that another placement of this shape could still gain; 0
   * proves that none is better. Here: mean over layers. */
  gap_to_bound: number;
  /** Mean GPU load / lower bound. The balancedness at the lower bound: no placement of this shape exceeds it.
   * Here: mean over layers. */
  best_balancedness: number;
  /** Slots − distinct experts of each GPU. Copies on a GPU that has another copy of their expert: they take
   * memory and spread no load. Here: sum over layers. */
  same_gpu_copies: number;
  /** Slots whose expert was not on that GPU before. Weights to transfer; known where a previous placement is
   * given. Here: sum over layers. */
  moved_slots: number | null;
  /** Layers without any load. Any placement of them is as good as another; they count as balanced. Here: of
   * all layers. */
  empty_layers: number;
  // end of the figures
  layers: LayerMetrics[];
}

export interface Score {
  /** Goes up when a field is renamed or removed, as in the command's JSON. */
  format: number;
  /** What counted, after the policy. */
  shape: Shape;
  first_layer: number;
  strategy: string | null;
  stages: Stages | null;
  seed: number | bigint | null;
  /** Who computed: `cpu`, one thread. */
  backend: string;
  /** 16 hexadecimal digits over sizes and the whole placement: equal ones have placed every copy alike. */
  hash: string;
  metrics: Metrics;
  /** What was assumed for missing numbers, and what the policy ignores; empty where nothing was. */
  note: string;
}

export interface BalanceResult extends Score {
  /** The strategy's name; its rules joined by `+` where stages make it one without a name. */
  strategy: string;
  stages: Stages;
  /** A bigint where it is above 2^53 - 1; `JSON.stringify` does not take those. */
  seed: number | bigint;
  placement: Placement;
}

export interface ComparedStrategy {
  strategy: string;
  stages: Stages;
  hash: string;
  /** Microseconds to place and measure a layer, the best of three runs; as coarse as the clock of the page is. */
  us_per_layer: number;
  metrics: Metrics;
}

export interface Comparison {
  /** Goes up when a field is renamed or removed, as in the command's JSON. */
  format: number;
  shape: Shape;
  /** A bigint where it is above 2^53 - 1; `JSON.stringify` does not take those. */
  seed: number | bigint;
  backend: string;
  /** In the order of {@link strategies}, or as they were named. */
  strategies: ComparedStrategy[];
  note: string;
}

export interface LowerBound {
  shape: Shape;
  /** `[layers]` tokens of the window: no placement of this shape has a smaller max_gpu_load. */
  lower_bound: Float64Array;
  /** `[layers]` tokens of the window, mean over GPUs. */
  mean_gpu_load: Float64Array;
  /** Mean over layers of mean_gpu_load / lower_bound: no placement of this shape is better balanced. */
  best_balancedness: number;
  note: string;
}

export interface Strategy {
  name: string;
  /** Another name that finds it. */
  alias: string | null;
  /** The shorter of its names, for tables. */
  label: string;
  /** What it does. */
  sentence: string;
  /** Whose it is. */
  source: string;
  stages: Stages;
}

/** What a figure is. */
export interface Figure {
  /** Of the field in {@link LayerMetrics} and {@link Metrics}. */
  name: string;
  /** For people, as tables say it. */
  label: string;
  /** `gpu` and `layer` are numbers of one; a percentage is given as a part of 1. */
  unit: 'ratio' | 'percent' | 'tokens' | 'count' | 'gpu' | 'layer' | 'microseconds';
  /** Which values are better. */
  better: 'higher' | 'lower' | 'neither';
  formula: string;
  /** What it says. */
  sentence: string;
  /** Which engines report it, and how; may be empty. */
  engines: string;
  /** How the figure of all layers is made of theirs; empty where there is none. */
  overall: string;
  /** {@link LayerMetrics} has it. */
  per_layer: boolean;
  /** {@link Metrics} has it. */
  in_metrics: boolean;
}

export interface Stage {
  name: keyof Stages;
  sentence: string;
  rules: {name: string; sentence: string}[];
}

/** A kind of synthetic trace. */
export interface Preset {
  name: string;
  /** Which model, which traffic. */
  sentence: string;
  /** The model's layers and experts, and a usual deployment of it. */
  shape: Shape;
  /** Experts that a token chooses in each layer. */
  top_k: number;
  /** Tokens in the batch of each step, all GPUs together. */
  tokens: number;
}

/** A file that a serving engine loads. */
export interface EngineFormat {
  name: 'sglang' | 'tensorrt-llm' | 'vllm-ascend' | 'vllm';
  sentence: string;
  /** What its files end in. */
  extension: string;
  /** Where the engine reads it. */
  source: string;
  /** Layers are counted as the model does, so that first_moe_layer matters. */
  counts_dense_layers: boolean;
}

// ---- the functions

/** Places one window with one strategy. Errors: what is wrong with loads, shape or options. */
export function balance(loads: LoadsInput, shape?: ShapeInput, options?: BalanceOptions): BalanceResult;

/**
 * The figures of a placement that was made elsewhere, or earlier, on these loads. Its slots count; GPUs, nodes
 * and groups are its own where the shape leaves them out. Where it splits a group over nodes it is scored
 * against the global lower bound, and `note` says so. Errors: what is wrong with the arguments; with the policy
 * `hierarchical` a group that is split.
 */
export function score(
  loads: LoadsInput, placement: PlacementInput, shape?: ShapeInput, options?: PolicyOption & PreviousOption): Score;

/** All strategies, or some, side by side on the same window. Errors: as of {@link balance}. */
export function compare(loads: LoadsInput, shape?: ShapeInput, options?: CompareOptions): Comparison;

/** How good any placement could be, without making one. Errors: as of {@link balance}. */
export function lowerBound(loads: LoadsInput, shape?: ShapeInput, options?: PolicyOption): LowerBound;

/** Ranges are `[begin, end]`, counted from 0, the end excluded. */
export interface SynthOptions {
  /** Steps to sum; all where it is missing. */
  window?: readonly [begin: number, end: number];
  /** Layers to keep; all where it is missing. */
  layers?: readonly [begin: number, end: number];
  /** Another trace of the same kind; 0 to 2^64 - 1, 0 where it is missing. */
  seed?: number | bigint;
  /** Steps of the trace, 1 to 1,000,000; 300 where it is missing. */
  steps?: number;
  /** Factor on all skew and drift, 0 to 4, with at most 6 decimals; 1 where it is missing. */
  skew?: number;
}

/**
 * A window of a synthetic trace, the same numbers on every platform. preset: a name of {@link presets}.
 * Takes about 0.5 ms a step for large models, so do long traces in a worker. Errors: an unknown preset, numbers
 * and ranges out of range.
 */
export function synth(preset: string, options?: SynthOptions): Loads;

/**
 * The text of the file that an engine loads, a name of {@link formats}. first_moe_layer: the model's number of
 * layer 0 of the loads, 3 for a recording of DeepSeek-V3's 58 MoE layers; 0 where it is missing. A placement that
 * comes from elsewhere, as slots alone, needs its number of experts, and for vllm-ascend that of GPUs, whose experts
 * the file lists: `{phy2log, experts: 256, gpus: 32}`. Errors: an unknown format, and what the format cannot say.
 */
export function exportPlacement(
  placement: PlacementFields & {experts: number; gpus: number}, format: EngineFormat['name'],
  options?: {first_moe_layer?: number}): string;
export function exportPlacement(
  placement: PlacementFields & {experts: number}, format: Exclude<EngineFormat['name'], 'vllm-ascend'>,
  options?: {first_moe_layer?: number}): string;

/** The strategies, the stages they are composed of, the figures, the synthetic traces and the engines' files there
 * are. */
export function strategies(): Strategy[];
export function stages(): Stage[];
export function figures(): Figure[];
export function presets(): Preset[];
export function formats(): EngineFormat[];
