/**
 * Evenkeel balances the experts of Mixture-of-Experts models that are served with expert parallelism: which
 * experts to copy, on which GPU slot to place each copy, how good the result is, and how good it could possibly be.
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
 * Fields have the names of the JSON that the command `evenkeel` prints with `--json`. Arrays are flat, row by
 * row: `[layers, experts]` means that the value of layer `l`, expert `x` is at index `l * experts + x`. Results are
 * copies; nothing has to be freed. What takes longer than the call (hashes, `log2phy`, the list of layers) is made when it is
 * first read; it is part of the object like everything else, for `JSON.stringify`, spreading and cloning too.
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

/** The source of the compiled module. */
export type WasmSource = string | URL | Response | ArrayBuffer | ArrayBufferView | WebAssembly.Module;

/**
 * Loads the module; a second call waits for the first. Without an argument it loads `evenkeel-core.wasm` from the
 * folder of `evenkeel.js`: with `fetch` in a page or worker, from the disk in node. Errors: it cannot be loaded.
 */
export default function init(source?: WasmSource | Promise<Response>): Promise<void>;

// ---- inputs

/** Recorded traffic of one window: the number of tokens that each expert of each layer received. */
export interface Loads {
  /** 1 to 128. */
  layers: number;
  /** Logical experts per layer, 1 to 1,024. */
  experts: number;
  /** `[layers, experts]` tokens, rounded to binary32; finite, at least 0; or those of each step. */
  values: Float32Array;
  /** The number of the first layer in the recording, 0 to 65,535. */
  first_layer: number;
  /** The number of recorded steps that were summed, at least 1. */
  steps: number;
  /** Their name in errors: the name of a file, `synth:...`, or empty. */
  source: string;
}

/** A list of numbers: an array or any typed array. */
export type Numbers =
  | readonly number[] | readonly bigint[] | Float32Array | Float64Array | Int8Array | Uint8Array | Uint8ClampedArray
  | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array;

/** Loads as arguments: an array of layers, each a list of tokens by expert; an array of steps, each such an array; or
 * {@link Loads}, where members with defaults are optional, and `values` may be `[steps, layers, experts]`. Steps are
 * summed, and figures by step are known; elsewhere they are null. */
export type LoadsInput =
  | readonly Numbers[]
  | readonly (readonly Numbers[])[]
  | {
      layers?: number; experts: number; values: Numbers; first_layer?: number; steps?: number; source?: string;
    }
  | {values: readonly Numbers[] | readonly (readonly Numbers[])[]; first_layer?: number; steps?: number; source?: string};

/** A deployment of one model in results: complete, after the policy. */
export interface Shape {
  layers: number;
  /** Logical experts per layer. */
  experts: number;
  /** Slots (physical experts) per layer on all GPUs: experts and redundant experts. At most 4,096. */
  slots: number;
  /** GPUs that share the experts (EP size). At most 1,024; `slots` is a multiple of it. */
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
  /** Redundant experts per layer: slots minus experts. */
  redundant?: number;
  /** Where it is missing: with the usual GPUs of a synthetic model its usual number, else 1. */
  nodes?: number;
  /** Where it is missing: with the usual GPUs of a synthetic model, or with nodes, the model's number, else 1. */
  groups?: number;
}

/**
 * How nodes and groups are used. `auto`: all experts of a group stay on one node if the number of groups is a
 * multiple of the number of nodes; otherwise nodes and groups are ignored, and the result's `note` says so.
 * `hierarchical`: this mismatch is an error. `global`: nodes and groups are ignored.
 */
export type Policy = 'auto' | 'hierarchical' | 'global';

/** The rule of each stage, by name; {@link stages} lists them. null for keel, which has none. */
export interface Stages {
  /** The number of copies of each expert. */
  replicate: string;
  /** The rule for the last tenth of the extra copies. */
  tail: string;
  /** Moves a copy to another expert afterwards. */
  fixup: string;
  /** Groups to nodes, slots to GPUs. */
  pack: string;
  /** Swaps after packing. */
  refine: string;
  /** No two copies of an expert on one GPU. */
  apart: string;
}

export interface PolicyOption {
  /** Default: `auto`. */
  policy?: Policy;
}
export interface PreviousOption {
  /** The current placement: figures then count the slots that would have to move. It may have a different number of
   * slots. */
  previous?: PlacementInput;
}
export interface BoundsOption {
  /** `strong` lower bounds take about a millisecond a layer; `auto` means `strong` here. Default: `cheap`. */
  bounds?: 'cheap' | 'strong' | 'auto';
}
export interface RulesOptions extends PolicyOption, PreviousOption, BoundsOption {
  /** Rules that replace those of the strategy. */
  stages?: Partial<Stages>;
  /** Seed of the random rules, 0 to 2^64 - 1. Default: 0. */
  seed?: number | bigint;
}
export interface BalanceOptions extends RulesOptions {
  /** A name or alias of {@link strategies}. Default: `keel`; where `stages` are given: `deepseek`. */
  strategy?: string;
  /** Of `keel`. `fast`: exchanges of one copy for one alone. `max`: 300 kicks, random changes that are each refined.
   * A number: so many kicks. */
  effort?: 'fast' | 'default' | 'max' | number;
}
export interface CompareOptions extends RulesOptions {
  /** Names or aliases. Default: all strategies. With `stages`, each named strategy is also run with these rules
   * (`deepseek` if none is named). */
  strategies?: readonly string[];
}

// ---- results

/** The expert in each slot. Slot `p` is on GPU `floor(p / (slots / gpus))`. */
export interface Placement {
  layers: number;
  experts: number;
  slots: number;
  gpus: number;
  nodes: number;
  groups: number;
  /** The number of its first layer in the loads, 0 to 65,535. */
  first_layer: number;
  /** The largest number of copies of an expert: the last axis of log2phy. */
  most_copies: number;
  /** `[layers, slots]` the expert in each slot. */
  phy2log: Int32Array;
  /** `[layers, experts]` copies of each expert, at least 1. */
  logcnt: Int32Array;
  /** `[layers, experts, most_copies]` the slots of each expert's copies, padded with -1. */
  log2phy: Int32Array;
}

/** {@link Placement} as an argument: phy2log is required, and slots if phy2log is flat. Without log2phy, copies
 * are numbered by ascending slot. */
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

/** A placement as an argument: phy2log as an array of layers, or {@link PlacementFields}. The lists of layers in
 * files of engines are such arrays: SGLang's `JSON.parse(text).physical_to_logical_map`, the command's `.phy2log`,
 * vLLM's whole file. */
export type PlacementInput = readonly Numbers[] | PlacementFields;

/** The figures of one layer. The load of a copy is the load of its expert divided by the number of copies. */
export interface LayerMetrics {
  /** The layer's number in the recording. */
  layer: number;
  // figures of a layer, written by evenkeel_tests --rebase
  /** Mean GPU load / max GPU load. 1 is perfect; at 0.8 GPUs idle 20 % of the time of an expert layer that
   * waits for its hottest GPU. */
  balancedness: number;
  /** Mean GPU load / max GPU load of a step, mean over steps. The steps of a layer that have tokens count.
   * SGLang and ROCm ATOM report it as a mean over passes, with dense layers as 1. */
  step_balancedness: number | null;
  /** (max − mean) / mean GPU load. 0 is perfect; at 86 % the hottest GPU carries 1.86 times the mean.
   * vllm-ascend reports max / mean, which is 1 more. */
  imbalance: number;
  /** (max − mean) / mean GPU load of a step, mean over steps. GPUs wait for the hottest one in each step,
   * and hot experts change from step to step: a sum of steps hides that. TensorRT-LLM reports it as a mean
   * over iterations. */
  step_imbalance: number | null;
  /** 95th percentile of (max − mean) / mean GPU load of a step. In 95 % of the steps it is no more than
   * this: the nearest rank, of more than 4,096 steps exact to 1/4096 of max / mean. */
  step_imbalance_p95: number | null;
  /** Max GPU load / lower bound − 1. The hottest GPU has at most this much more than in the best placement
   * of this shape; 0 proves that none is better. */
  gap_to_bound: number;
  /** Mean GPU load / lower bound. The balancedness at the lower bound: no placement of this shape exceeds it. */
  best_balancedness: number;
  /** Sum of GPU loads / GPUs. A copy carries its expert's load divided by the number of copies, a GPU what
   * its slots carry. */
  mean_gpu_load: number;
  /** Load of the hottest GPU. The load that all other GPUs wait for. */
  max_gpu_load: number;
  /** Max of: mean GPU load; largest copy; heaviest node / its GPUs; strong: dual-feasible functions. No
   * placement of this shape has a smaller max GPU load. The largest copy is that of the best replication, the
   * heaviest node that of the best assignment of whole groups to nodes. Strong bounds also use that a large
   * copy needs small ones on its GPU. The bound may be out of reach. */
  lower_bound: number;
  /** First GPU with the max GPU load. Its number, counted from 0. */
  hottest_gpu: number;
  /** Slots − distinct experts of each GPU. Copies on a GPU that has another copy of their expert: they take
   * memory and spread no load. */
  same_gpu_copies: number;
  /** Slots whose expert was not on that GPU before. Weights to transfer, to a new GPU all of its slots; known
   * where a previous placement is given. */
  moved_slots: number | null;
  // end of the figures
}

/** The figures over all layers, and of each layer. */
export interface Metrics {
  // figures of all layers, written by evenkeel_tests --rebase
  /** Mean GPU load / max GPU load. 1 is perfect; at 0.8 GPUs idle 20 % of the time of an expert layer that
   * waits for its hottest GPU. Here: mean over layers. */
  balancedness: number;
  /** Mean GPU load / max GPU load of a step, mean over steps. The steps of a layer that have tokens count.
   * Here: mean over layers. SGLang and ROCm ATOM report it as a mean over passes, with dense layers as 1. */
  step_balancedness: number | null;
  /** Mean GPU load / max GPU load. How balanced the layer is that is balanced worst. Here: of the worst
   * layer. */
  worst_balancedness: number;
  /** First layer with the smallest balancedness. Its number in the model, or its row if the loads have no
   * numbers. Here: of all layers. */
  worst_layer: number;
  /** Sum of mean GPU loads / sum of max GPU loads. Balancedness in which a layer counts by the load of its
   * hottest GPU. Here: over layers. */
  balancedness_by_load: number;
  /** Sum of mean GPU loads / sum of max GPU loads of a step. Balancedness of single steps in which a layer
   * counts by the load of its hottest GPU. Here: sums over layers, mean over steps. vLLM logs it. */
  step_balancedness_by_load: number | null;
  /** (max − mean) / mean GPU load. 0 is perfect; at 86 % the hottest GPU carries 1.86 times the mean. Here:
   * mean over layers. vllm-ascend reports max / mean, which is 1 more. */
  imbalance: number;
  /** (max − mean) / mean GPU load of a step, mean over steps. GPUs wait for the hottest one in each step,
   * and hot experts change from step to step: a sum of steps hides that. Here: mean over layers. TensorRT-LLM
   * reports it as a mean over iterations. */
  step_imbalance: number | null;
  /** 95th percentile of (max − mean) / mean GPU load of a step. In 95 % of the steps it is no more than
   * this: the nearest rank, of more than 4,096 steps exact to 1/4096 of max / mean. Here: over steps, of
   * their mean over layers. */
  step_imbalance_p95: number | null;
  /** Max GPU load / lower bound − 1. The hottest GPU has at most this much more than in the best placement
   * of this shape; 0 proves that none is better. Here: mean over layers. */
  gap_to_bound: number;
  /** Mean GPU load / lower bound. The balancedness at the lower bound: no placement of this shape exceeds it.
   * Here: mean over layers. */
  best_balancedness: number;
  /** Slots − distinct experts of each GPU. Copies on a GPU that has another copy of their expert: they take
   * memory and spread no load. Here: sum over layers. */
  same_gpu_copies: number;
  /** Slots whose expert was not on that GPU before. Weights to transfer, to a new GPU all of its slots; known
   * where a previous placement is given. Here: sum over layers. */
  moved_slots: number | null;
  /** MoE layers without any load. Any placement of them is as good as another; they count as balanced. Dense
   * layers, which have no load in the whole recording while others have, are not counted, and no figure is
   * about them. Here: of all layers. */
  empty_layers: number;
  // end of the figures
  layers: LayerMetrics[];
}

export interface Score {
  /** Goes up when a field is renamed or removed, as in the command's JSON. */
  format: number;
  /** The deployment that was used, after the policy. */
  shape: Shape;
  first_layer: number;
  strategy: string | null;
  stages: Stages | null;
  seed: number | bigint | null;
  /** The back end: `cpu`, one thread. */
  backend: string;
  /** 16 hexadecimal digits over sizes and the whole placement. Equal hashes: every copy is in the same slot. */
  hash: string;
  /** Which experts each GPU holds in MoE layers, whatever the order of its slots. Equal: no weight moves. */
  map_hash: string;
  metrics: Metrics;
  /** What was assumed for missing numbers, and what the policy ignores; empty where nothing was. */
  note: string;
}

export interface BalanceResult extends Score {
  /** The strategy's name; if the stages give a strategy without a name, its rules joined by `+`. */
  strategy: string;
  stages: Stages | null;
  /** A bigint where it is above 2^53 - 1; `JSON.stringify` does not take those. */
  seed: number | bigint;
  placement: Placement;
}

export interface ComparedStrategy {
  strategy: string;
  stages: Stages | null;
  hash: string;
  /** Microseconds to place and measure a layer, the best of three runs; limited by the resolution of the page's
   * clock. */
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
  /** In the order of {@link strategies}, or in the order in which they were named. */
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
  /** Another name that is accepted. */
  alias: string | null;
  /** The shorter of its names, for tables. */
  label: string;
  /** What it does. */
  sentence: string;
  /** Its origin. */
  source: string;
  stages: Stages | null;
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
  /** The model and the traffic. */
  sentence: string;
  /** Layers and experts of the model, and a usual deployment. */
  shape: Shape;
  /** Experts that a token chooses in each layer. */
  top_k: number;
  /** Tokens in the batch of each step, over all GPUs. */
  tokens: number;
}

/** Formats whose files are texts; others are arrays of numpy. */
export type TextFormat = 'sglang' | 'tensorrt-llm' | 'vllm-ascend' | 'vllm' | 'vllm-assignments';

/** A file that a serving engine loads. */
export interface EngineFormat {
  name: TextFormat | 'omni' | 'sglang-jax';
  sentence: string;
  /** The extension of its files. */
  extension: string;
  /** Where the engine's reader is. */
  source: string;
  /** The layers of the file: all of the model, MoE layers with their numbers, or MoE layers without numbers. */
  layers: 'all' | 'numbered' | 'moe';
}

// ---- the functions

/** Places one window with one strategy. Errors: invalid loads, shape or options. */
export function balance(loads: LoadsInput, shape?: ShapeInput, options?: BalanceOptions): BalanceResult;

/**
 * The figures, on these loads, of a placement that was made elsewhere or earlier. Its own slots are used, and also
 * its GPUs, nodes and groups if the shape does not have them. If it splits a group over nodes, it is compared with
 * the global lower bound, and `note` says so. Errors: invalid arguments; with the policy `hierarchical`, a group
 * that is split.
 */
export function score(
  loads: LoadsInput, placement: PlacementInput, shape?: ShapeInput, options?: PolicyOption & PreviousOption & BoundsOption & Pick<RulesOptions, 'seed'>): Score;

/** Compares all strategies, or some, on the same window. Errors: as for {@link balance}. */
export function compare(loads: LoadsInput, shape?: ShapeInput, options?: CompareOptions): Comparison;

/** The best possible figures of any placement, without computing one. Errors: as for {@link balance}. */
export function lowerBound(loads: LoadsInput, shape?: ShapeInput, options?: PolicyOption & BoundsOption & Pick<RulesOptions, 'seed'>): LowerBound;

/** Ranges are `[begin, end]`, counted from 0; the end is excluded. */
export interface SynthOptions {
  /** Steps to sum. Default: all. */
  window?: readonly [begin: number, end: number];
  /** Layers to keep. Default: all. */
  layers?: readonly [begin: number, end: number];
  /** `values` are the single steps, `[steps, layers, experts]`, for figures by step. Default: their sum. */
  by_step?: boolean;
  /** Selects another trace of the same kind, 0 to 2^64 - 1. Default: 0. */
  seed?: number | bigint;
  /** Steps of the trace, 1 to 1,000,000. Default: 300. */
  steps?: number;
  /** Factor on all skew and drift, 0 to 4, with at most 6 decimals. Default: 1. */
  skew?: number;
}

/**
 * A window of a synthetic trace, the same numbers on every platform. preset: a name of {@link presets}.
 * Takes about 0.5 ms per step for large models, so use a worker for long traces. Errors: an unknown preset, numbers
 * or ranges out of range.
 */
export function synth(preset: string, options?: SynthOptions): Loads;

export interface ExportOptions {
  /** Numbers of dense layers. Files of MoE layers leave them out. */
  dense_layers?: ArrayLike<number>;
  /** Layers for multi-token prediction after the last layer of the model; only for tensorrt-llm. Default: 0. */
  mtp?: number;
}

/**
 * A file for an engine: a text, or the bytes of an array. format: a name of {@link formats}. Layers have the numbers of
 * the placement, which must be those of the model: give loads their `first_layer`, 3 for DeepSeek-V3's 58 MoE layers. A
 * placement that consists only of slots needs its number of experts and, for files that list the experts of each GPU, its
 * number of GPUs: `{phy2log, experts: 256, gpus: 32}`. Errors: an unknown format; a placement that the format cannot
 * express, or that the engine would read wrongly: vllm-ascend and OmniPlacement take no two copies of an expert on one GPU.
 */
export function exportPlacement(
  placement: PlacementFields & {experts: number; gpus: number}, format: TextFormat, options?: ExportOptions): string;
export function exportPlacement(
  placement: PlacementFields & {experts: number}, format: Exclude<TextFormat, 'vllm-ascend'>,
  options?: ExportOptions): string;
export function exportPlacement(
  placement: PlacementFields & {experts: number}, format: 'sglang-jax', options?: ExportOptions): Uint8Array;
export function exportPlacement(
  placement: PlacementFields & {experts: number; gpus: number}, format: EngineFormat['name'],
  options?: ExportOptions): string | Uint8Array;

/** The strategies, the stages they are composed of, the figures, the synthetic traces and the engines' files there
 * are. */
export function strategies(): Strategy[];
export function stages(): Stage[];
export function figures(): Figure[];
export function presets(): Preset[];
export function formats(): EngineFormat[];
