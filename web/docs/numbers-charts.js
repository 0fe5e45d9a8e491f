// The two charts of numbers.html as SVG. Colours are classes of the page's style; lines also differ in dashes
// and bars in outlines.

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const kWidth = 680;
const kHeight = 300;
const kFrame = {left: 58, right: 120, top: 14, bottom: 46};

// Round numbers that divide a range into three to seven parts.
function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const all = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-12); ++i) all.push(i * step);
  return all;
}

// Draws the axes with labels; returns the functions that map values to coordinates.
function axes(chart, {x, y, x_label, y_label, x_text = String, y_text}) {
  const {left, right, top, bottom} = kFrame;
  const to_x = (value) => left + (value - x[0]) / (x[1] - x[0] || 1) * (kWidth - left - right);
  const to_y = (value) => kHeight - bottom - (value - y[0]) / (y[1] - y[0] || 1) * (kHeight - top - bottom);
  for (const tick of ticks(...y)) {
    chart.append(svg('line', {class: 'grid', x1: left, x2: kWidth - right, y1: to_y(tick), y2: to_y(tick)}),
      svg('text', {x: left - 8, y: to_y(tick) + 4, 'text-anchor': 'end'}, y_text(tick)));
  }
  for (const tick of ticks(...x)) {
    chart.append(svg('text', {x: to_x(tick), y: kHeight - bottom + 18, 'text-anchor': 'middle'}, x_text(tick)));
  }
  const middle = (kHeight - bottom + top) / 2;
  chart.append(svg('text', {x: (left + kWidth - right) / 2, y: kHeight - 6, 'text-anchor': 'middle'}, x_label),
    svg('text', {x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})`}, y_label));
  return {to_x, to_y};
}

function begin(chart, title) {
  chart.replaceChildren(svg('title', {}, title));
  chart.setAttribute('viewBox', `0 0 ${kWidth} ${kHeight}`);
}

// Puts labels to the right of the line ends, moved apart where they would overlap.
function label_ends(chart, ends) {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  sorted.forEach((end, i) => { end.at = Math.max(end.y, i > 0 ? sorted[i - 1].at + 16 : 0); });
  for (const {text, at, name} of sorted) {
    chart.append(svg('text', {class: `${name} label`, x: kWidth - kFrame.right + 8, y: at + 4}, text));
  }
}

// Balancedness against redundant experts. points: [{redundant, without, chosen, best}]
export function draw_sweep(chart, points, {strategy, redundant}) {
  begin(chart, `Balancedness against redundant experts: with contiguous, with ${strategy}, and at best`);
  const lowest = Math.min(...points.map(({without, chosen}) => Math.min(without, chosen)));
  const {to_x, to_y} = axes(chart, {x: [points[0].redundant, points[points.length - 1].redundant],
    y: [Math.floor(lowest * 10) / 10, 1], x_label: 'redundant experts per layer', y_label: 'balancedness',
    y_text: (value) => value.toFixed(Math.abs(value * 10 - Math.round(value * 10)) < 1e-6 ? 1 : 2)});
  const x = to_x(redundant);
  chart.append(svg('line', {class: 'mark', x1: x, x2: x, y1: kFrame.top, y2: kHeight - kFrame.bottom}));
  const lines = [['without', 'contiguous'], ['best', 'at best'], ['chosen', strategy]];
  const ends = lines.map(([name, text]) => {
    const path = points.map((point) => `${to_x(point.redundant).toFixed(1)},${to_y(point[name]).toFixed(1)}`).join(' ');
    chart.append(svg('polyline', {class: `${name} line`, points: path}));
    return {name, text, y: to_y(points[points.length - 1][name])};
  });
  for (const point of points) {
    chart.append(svg('circle', {class: 'chosen dot', cx: to_x(point.redundant), cy: to_y(point.chosen), r: 3.5},
      svg('title', {}, `${point.redundant} redundant experts: ${point.chosen.toFixed(4)}`)));
  }
  label_ends(chart, ends);
}

const kilo = (tokens) => (tokens >= 1000 ? `${Number((tokens / 1000).toPrecision(3))}k` : String(tokens));

// The load of each GPU in one layer without and with a balancer, hottest first, with the mean and the lower
// bound.
export function draw_layer(chart, {layer, without, balanced, figures}, {strategy}) {
  begin(chart, `Load of each GPU in layer ${layer}, hottest first, with contiguous and with ${strategy}`);
  const gpus = without.length;
  const {to_x, to_y} = axes(chart, {x: [0, gpus], y: [0, Math.max(...without, ...balanced)],
    x_label: 'GPUs, hottest first', y_label: 'tokens of the window', y_text: kilo});
  const width = to_x(1) - to_x(0);
  const falling = (loads) => [...loads].sort((a, b) => b - a);
  falling(balanced).forEach((load, i) => chart.append(svg('rect', {class: 'chosen bar', x: to_x(i) + width * 0.12,
    width: width * 0.76, y: to_y(load), height: to_y(0) - to_y(load)})));
  // The loads of contiguous, as one step line.
  const outline = falling(without).flatMap((load, i) => [[to_x(i), to_y(load)], [to_x(i + 1), to_y(load)]]);
  chart.append(svg('polyline', {class: 'without line solid',
    points: [[to_x(0), to_y(0)], ...outline, [to_x(gpus), to_y(0)]].map((point) => point.join(',')).join(' ')}));
  const line = (name, value) => chart.append(svg('line', {class: `${name} line`, x1: kFrame.left,
    x2: kWidth - kFrame.right, y1: to_y(value), y2: to_y(value)}));
  line('best', figures.lower_bound);
  line('mean', figures.mean_gpu_load);
  const least = Math.min(...without);
  label_ends(chart, [{name: 'best', text: 'lower bound', y: to_y(figures.lower_bound)},
    {name: 'mean', text: 'mean', y: to_y(figures.mean_gpu_load)},
    {name: 'without', text: 'contiguous', y: to_y(least)},
    {name: 'chosen', text: strategy, y: to_y(least) + 16}]);
}
