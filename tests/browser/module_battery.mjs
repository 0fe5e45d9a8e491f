// The module's results for every preset and strategy; the same code runs in node, in a page and in a module
// worker.
export async function battery(address) {
  const {default: init, balance, compare, presets, strategies, synth} = await import(address);
  await init();
  return presets().map(({name}) => {
    const loads = synth(name, {steps: 30, seed: 7, by_step: true});
    const {strategies: rows, ...all} = compare(loads);
    const placed = strategies().map(({label}) => balance(loads, {}, {strategy: label}).hash);
    return {name, ...all, placed, strategies: rows.map(({us_per_layer, ...row}) => row),
      us: rows.map(({us_per_layer}) => us_per_layer)};
  });
}
