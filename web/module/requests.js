// Converts arguments to plain, complete requests for the core: with own copies of the numbers, without
// inherited fields. Wrong types are errors. The core checks sizes and values.

/** What is wrong, in one sentence; the command `evenkeel` says the same with its options' names. */
export class EvenkeelError extends Error {
  constructor(sentence) {
    super(sentence);
    this.name = 'EvenkeelError';
  }
}

const fail = (sentence) => { throw new EvenkeelError(sentence); };

// Any value as short text on one line, for errors.
function shown(value) {
  if (typeof value === 'string') {
    const text = value.length > 40 ? value.slice(0, 40) + '...' : value;
    return '"' + text.replace(/[^ -~]/g, '?') + '"';
  }
  if (typeof value === 'number' || typeof value === 'bigint' || value === null) return String(value).slice(0, 40);
  if (Array.isArray(value)) return 'an array';
  return {undefined: 'nothing', boolean: 'a truth value', symbol: 'a symbol', function: 'a function'}[typeof value] ??
    'an object';
}

const is_object = (value) => typeof value === 'object' && value !== null;

// A copy without a prototype: what a page adds to Object.prototype is nobody's argument.
export const own = (object) => Object.assign(Object.create(null), object);

// The fields of an object by name; any other name is an error.
function fields(what, object, names) {
  if (object === undefined) object = {};
  if (!is_object(object) || Array.isArray(object)) {
    fail(`${what}: ${shown(object)}; expected an object with ${names.join(', ')}`);
  }
  const taken = own({});
  for (const key of Object.keys(object)) {
    if (!names.includes(key)) fail(`${what}: unknown ${shown(key)}; there are ${names.join(', ')}`);
    const value = object[key];
    if (value !== undefined && value !== null) taken[key] = value;
  }
  return taken;
}

// A whole number of at most 53 bits; optional.
function whole(what, number) {
  if (number === undefined || Number.isSafeInteger(number)) return number;
  return fail(`${what}: ${shown(number)}; expected a whole number`);
}
// The same for numbers that the core keeps in 32 bits.
function size(what, number) {
  whole(what, number);
  return Math.abs(number) < 2 ** 31 ? number : fail(`${what}: ${shown(number)} is out of range`);
}
// A whole number from least to most; most may be Infinity.
function limited(what, number, least, most) {
  const wanted = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  return Number.isSafeInteger(number) && number >= least && number <= most ? number :
    fail(`${what}: ${shown(number)}; expected a whole number ${wanted}`);
}
// As in links.
const first_layer_in = (what, {first_layer}, unsaid) =>
  (first_layer === undefined ? unsaid : limited(`${what}.first_layer`, first_layer, 0, 65535));
const text = (what, value) =>
  (typeof value === 'string' ? value : fail(`${what}: ${shown(value)}; expected a text`));

// ---- numbers

const is_view = (values) => ArrayBuffer.isView(values) && !(values instanceof DataView);
const is_list = (values) => Array.isArray(values) || is_view(values);

// Copies the numbers of a list to `out` from index `at` on. place(i): the place of number i, for errors.
function copy_numbers(values, out, at, place) {
  if (is_view(values) && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array) &&
      out instanceof Float32Array) {
    out.set(values, at);
    return;
  }
  for (let i = 0; i < values.length; ++i) {
    let number = values[i];
    if (typeof number === 'bigint') {
      number = Number(number);
      if (!Number.isSafeInteger(number)) fail(`${place(i)}: ${values[i]} is out of range`);
    }
    if (typeof number !== 'number') fail(`${place(i)}: ${shown(number)}; expected a number`);
    if (out instanceof Int32Array) {
      if (!Number.isInteger(number)) fail(`${place(i)}: ${shown(number)}; expected a whole number`);
      number = Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, number)); // the core reports experts that do not exist
    }
    out[at + i] = number;
  }
}

// [rows][width] or a flat list as {rows, width, numbers}. what, row_word, cell_word: for errors.
function matrix(Type, values, given, {what, row_word, cell_word, check}) {
  const nested = Array.isArray(values) && is_list(values[0]);
  if (!is_list(values) || (!nested && given.width === undefined)) {
    fail(`${what}: ${shown(values)}; expected a list of ${row_word}s, each a list of numbers`);
  }
  const width = nested ? values[0].length : given.width;
  const checked = (rows) => {
    const sentence = check(rows, width);
    return sentence === '' ? rows : fail(sentence);
  };
  // Reported first: the number of rows depends on a valid width.
  const said = checked(nested ? values.length : given.rows ?? 1);
  const rows = nested || given.rows !== undefined ? said : checked(Math.floor(values.length / width) || 1);
  if (!nested && values.length !== rows * width) {
    fail(`${what}: ${values.length} numbers; ${rows} ${row_word}s of ${width} ${cell_word}s are ${rows * width}`);
  }
  const numbers = new Type(rows * width);
  const place = (i) => `${what}: ${row_word} ${Math.floor(i / width)}, ${cell_word} ${i % width}`;
  if (!nested) {
    copy_numbers(values, numbers, 0, place);
  } else {
    for (let row = 0; row < rows; ++row) {
      if (!is_list(values[row])) {
        fail(`${what}: ${row_word} ${row}: ${shown(values[row])}; expected a list of numbers`);
      }
      if (values[row].length !== width) {
        fail(`${what}: ${row_word} ${row} has ${values[row].length} numbers, but the first has ${width}`);
      }
      copy_numbers(values[row], numbers, row * width, (i) => place(row * width + i));
    }
  }
  return {rows, width, numbers};
}

// ---- requests

// Steps of [L][E] one behind the other.
function steps_of(list, what, given, words) {
  const all = list.map((step, i) => matrix(Float32Array, step, given, {...words, what: `${what}: step ${i}`}));
  const {rows, width} = all[0];
  const numbers = new Float32Array(all.length * rows * width);
  all.forEach((step, i) => {
    if (step.rows !== rows || step.width !== width) {
      fail(`${what}: step ${i} has ${step.rows} layers of ${step.width} experts, but the first has ${rows} of ${width}`);
    }
    numbers.set(step.numbers, i * rows * width);
  });
  return {rows, width, numbers};
}

// Loads as [L][E], [steps][L][E] or {layers, experts, values, ...}.
export function loads_request(core, loads) {
  const given = Array.isArray(loads) ? own({values: loads}) :
    fields('loads', loads, ['layers', 'experts', 'values', 'first_layer', 'steps', 'source']);
  const source = text('loads.source', given.source ?? '');
  const what = source === '' ? 'loads' : source;
  const sizes = {rows: whole('loads.layers', given.layers), width: whole('loads.experts', given.experts)};
  const words = {what, row_word: 'layer', cell_word: 'expert',
    check: (rows, width) => core.checkSizes({name: what, sizes: [rows, width, 1]})};
  const {values} = given;
  const nested = Array.isArray(values) && is_list(values[0]?.[0]);
  const steps = limited('loads.steps', given.steps ?? (nested ? values.length : 1), 1, Infinity);
  const cells = sizes.rows * sizes.width;
  let single = nested && values;
  if (nested && steps !== values.length) fail(`${what}: ${values.length} steps; loads.steps says ${steps}`);
  if (is_list(values) && steps > 1 && values.length === steps * cells) {
    single = Array.from({length: steps}, (_, i) => values.slice(i * cells, (i + 1) * cells));
  }
  const taken = single ? steps_of(single, what, sizes, words) : matrix(Float32Array, values, sizes, words);
  return {values: taken.numbers, source, sizes: [taken.rows, taken.width, first_layer_in('loads', given, 0), steps]};
}

const kPlacementFields = ['layers', 'experts', 'slots', 'gpus', 'nodes', 'groups', 'first_layer', 'most_copies',
  'phy2log', 'logcnt', 'log2phy'];

// A placement as [L][P] or as an object with phy2log.
export function placement_request(core, what, placement) {
  const given = Array.isArray(placement) ? own({phy2log: placement}) : fields(what, placement, kPlacementFields);
  if (given.phy2log === undefined) fail(`${what}: no phy2log; expected the slots of each layer`);
  const taken = matrix(Int32Array, given.phy2log,
    {rows: whole(`${what}.layers`, given.layers), width: whole(`${what}.slots`, given.slots)},
    {what, row_word: 'layer', cell_word: 'slot', check: (rows, width) => core.checkSizes({name: what, sizes: [rows, 1, width]})});
  const of = (name, unsaid) => size(`${what}.${name}`, given[name] ?? unsaid);
  const flat = (name, most) => {
    const list = given[name];
    if (list === undefined) return undefined;
    if (!is_list(list) || list.length > taken.rows * most || is_list(list[0])) {
      fail(`${what}: ${name}: ${shown(list)}; expected one flat list`);
    }
    const numbers = new Int32Array(list.length);
    copy_numbers(list, numbers, 0, (i) => `${what}: ${name}, number ${i}`);
    return numbers;
  };
  return {phy2log: taken.numbers, log2phy: flat('log2phy', 1024 * 4096), logcnt: flat('logcnt', 1024),
    sizes: [taken.rows, of('experts', 0), taken.width, of('gpus', 0), of('nodes', 1), of('groups', 1),
      first_layer_in(what, given, -1), of('most_copies', 0)]};
}

// In the order of kRequestNumbers (request.hpp), then layers and experts.
const kShapeFields = ['gpus', 'slots', 'redundant', 'nodes', 'groups', 'layers', 'experts'];

export function shape_request(shape) {
  const given = fields('shape', shape, kShapeFields);
  return kShapeFields.map((name) => whole(`shape.${name}`, given[name]) ?? NaN);
}

const kMostNames = 64; // several times the number of strategies, or of stages

// names: the options of the function.
export function options_request(core, options, names) {
  const given = fields('options', options, names);
  const seed = given.seed ?? 0;
  const stages = is_object(given.stages) || given.stages === undefined ? Object.entries(given.stages ?? {}) :
    fail(`options.stages: ${shown(given.stages)}; expected an object of rules by stage`);
  if (stages.length > kMostNames) {
    fail(`options.stages: ${stages.length} entries; expected at most ${kMostNames}`);
  }
  const strategies = given.strategies ?? [];
  if (!Array.isArray(strategies)) {
    fail(`options.strategies: ${shown(strategies)}; expected an array of names`);
  }
  if (strategies.length > kMostNames) {
    fail(`options.strategies: ${strategies.length} names; expected at most ${kMostNames}`);
  }
  return {
    strategy: given.strategy === undefined ? undefined : text('options.strategy', given.strategy),
    effort: typeof given.effort === 'number' ? String(given.effort) :
      given.effort === undefined ? undefined : text('options.effort', given.effort),
    strategies: strategies.map((name) => text('options.strategies', name)),
    stages: stages.filter(([, rule]) => rule !== undefined)
      .flatMap(([stage, rule]) => [stage, text(`options.stages.${stage}`, rule)]),
    seed: typeof seed === 'bigint' ? String(seed) : String(whole('options.seed', seed)),
    policy: text('options.policy', given.policy ?? 'auto'),
    bounds: text('options.bounds', given.bounds ?? 'cheap'),
    previous: given.previous === undefined ? undefined :
      placement_request(core, 'the previous placement', given.previous),
  };
}

// [begin, end]; NaN for everything.
function range(what, pair) {
  if (pair === undefined) return [NaN, NaN];
  const is_pair = Array.isArray(pair) && pair.length === 2 &&
    pair.every((bound) => Number.isSafeInteger(bound) && bound >= 0);
  return is_pair ? [...pair] :
    fail(`${what}: ${shown(pair)}; expected [begin, end], the end excluded, for example [300, 600]`);
}

export function synth_request(preset, options) {
  const given = fields('options', options, ['seed', 'steps', 'skew', 'window', 'layers', 'by_step']);
  const name = text('preset', preset);
  let line = name.startsWith('synth:') ? name : 'synth:' + name;
  for (const key of ['seed', 'steps', 'skew']) {
    if (given[key] === undefined) continue;
    if (!['number', 'bigint'].includes(typeof given[key])) {
      fail(`options.${key}: ${shown(given[key])}; expected a number`);
    }
    line += `,${key}=${given[key]}`;
  }
  return {text: line, ranges: [...range('options.window', given.window), ...range('options.layers', given.layers),
    given.by_step ? 1 : 0]};
}

const kMostLayers = 256;

export function export_request(core, placement, format, options) {
  const given = fields('options', options, ['mtp', 'dense_layers']);
  const request = placement_request(core, 'the placement', placement);
  const experts = request.sizes[1];
  if (experts === 0) {
    fail('the placement: no experts; add how many each layer has, as in {phy2log, experts: 256}');
  }
  const dense = given.dense_layers ?? [];
  if (!is_list(dense) || dense.length > kMostLayers) {
    fail(`options.dense_layers: ${shown(dense)}; expected a list of at most ${kMostLayers} numbers`);
  }
  const dense_layers = new Int32Array(dense.length);
  copy_numbers(dense, dense_layers, 0, (i) => `options.dense_layers, number ${i}`);
  return {placement: request, format: text('format', format), dense_layers,
    numbers: [whole('options.mtp', given.mtp ?? 0), experts]};
}
