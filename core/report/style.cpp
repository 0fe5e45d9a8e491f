#include "core/report/style.hpp"

namespace evenkeel::report {
namespace {

// Before and after are orange and blue of the Okabe-Ito palette, which every kind of colour vision can
// distinguish; shapes differ, too.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light;
  --paper: #fff; --ink: #1c2127; --soft: #57606a; --line: #d5dae0; --faint: #e9ecef;
  --wash: #f5f7f9; --before: #e69f00; --after: #0072b2;
  --pale-before: #f3cb78; --pale-after: #74b0d4;
  --c0: #8a929b; --c1: #e69f00; --c2: #0072b2; --c3: #009e73; --c4: #d55e00; --c5: #cc79a7;
  --c6: #7b5ea7; --c7: #a6761d; }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark;
  --paper: #13171b; --ink: #e7eaed; --soft: #9da7b1; --line: #363d45; --faint: #262c33;
  --wash: #1b2026; --before: #e69f00; --after: #56b4e9;
  --pale-before: #8a6412; --pale-after: #396f91;
  --c0: #8a929b; --c1: #e69f00; --c2: #56b4e9; --c3: #22b78c; --c4: #f0803c; --c5: #e08fbd;
  --c6: #a48ad4; --c7: #c99a4b; } }

* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.75rem 1.5rem 2.5rem; background: var(--paper);
  color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans",
  sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1, h2, h3, p, dl, dd, pre { margin: 0; }
p, dd { text-wrap: pretty; }
h1 { font-size: 1.85rem; line-height: 1.28; font-weight: 650; letter-spacing: -.012em;
  text-wrap: balance; }
h2 { font-size: 1.2rem; line-height: 1.3; margin-bottom: .35rem; font-weight: 650; }
h3 { font-size: .82rem; font-weight: 600; color: var(--soft); }
section { margin-top: 2.75rem; }
small { font-size: .78em; font-weight: 400; color: var(--soft); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono",
  monospace; font-size: .9em; }
header { display: flex; align-items: center; gap: .6rem; margin-bottom: 1.75rem;
  color: var(--soft); }
header b { color: var(--ink); }
.hull { fill: var(--after); } .mast { fill: var(--before); }
.water { stroke: var(--soft); stroke-width: 2; stroke-linecap: round; }
.number { white-space: nowrap; text-decoration: underline; text-decoration-thickness: .16em;
  text-underline-offset: .16em; text-decoration-skip-ink: none; }
.number.before { text-decoration-color: var(--before); }
.number.after { text-decoration-color: var(--after); }
.lead { margin-top: .9rem; font-size: 1.06rem; color: var(--soft); max-width: 52rem; }
.note { color: var(--soft); font-size: .87rem; max-width: 56rem; }

.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: .75rem; margin-top: 1.75rem; }
.tile { padding: .8rem .9rem; background: var(--wash); border: 1px solid var(--faint);
  border-radius: .6rem; }
.tile .note { font-size: .78rem; line-height: 1.35; }
.big { margin: .2rem 0; font-size: 1.4rem; line-height: 1.3; white-space: nowrap;
  letter-spacing: -.01em; }
.was, .to { color: var(--soft); font-size: .74em; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem;
  margin-top: 1.5rem; }
.facts dt { color: var(--soft); }
.parts { font-size: .87rem; margin-top: 1rem; }
.facts dd { min-width: 0; overflow-wrap: anywhere; }

i.disc, i.ring, i.block, i.bar { display: inline-block; width: .7em; height: .7em;
  margin-right: .45em; }
i.disc, i.ring { border-radius: 50%; }
i.bar { height: .2em; width: 1em; vertical-align: .25em; background: var(--soft); }
i.before { background: var(--before); } i.after { background: var(--after); }
i.ring.before { background: none; border: 2px solid var(--before); }

table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; }
td, thead th + th { text-align: right; }
td, th { padding: .5rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td:last-child, th:last-child { padding-right: 0; } th:first-child { padding-left: 0; }
thead th { font-size: .82rem; line-height: 1.3; vertical-align: bottom; }
thead small { display: block; }
td { white-space: nowrap; }
table.strategies { font-size: .78rem; }
.strategies td, .strategies th { padding-left: .15rem; padding-right: .15rem; }
.strategies thead th { font-size: .64rem; }
.strategies tbody th { min-width: 5.5rem; }
.scroll + .note { margin-top: .5rem; }
.role { white-space: nowrap; margin-left: .35em; }
.role i { margin-right: .3em; }
.best { font-weight: 700; }

.line { fill: none; stroke-width: 1.75; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.range { fill-opacity: .16; }
.line.c0 { stroke: var(--c0); } .range.c0 { fill: var(--c0); } i.c0 { background: var(--c0); }
.line.c1 { stroke: var(--c1); } .range.c1 { fill: var(--c1); } i.c1 { background: var(--c1); }
.line.c2 { stroke: var(--c2); } .range.c2 { fill: var(--c2); } i.c2 { background: var(--c2); }
.line.c3 { stroke: var(--c3); } .range.c3 { fill: var(--c3); } i.c3 { background: var(--c3); }
.line.c4 { stroke: var(--c4); } .range.c4 { fill: var(--c4); } i.c4 { background: var(--c4); }
.line.c5 { stroke: var(--c5); } .range.c5 { fill: var(--c5); } i.c5 { background: var(--c5); }
.line.c6 { stroke: var(--c6); } .range.c6 { fill: var(--c6); } i.c6 { background: var(--c6); }
.line.c7 { stroke: var(--c7); } .range.c7 { fill: var(--c7); } i.c7 { background: var(--c7); }
rect.t0 { fill: var(--c4); } i.t0 { background: var(--c4); }
rect.t1 { fill: var(--c1); } i.t1 { background: var(--c1); }
rect.t2 { fill: var(--c5); } i.t2 { background: var(--c5); }
rect.t3 { fill: var(--c2); } i.t3 { background: var(--c2); }
rect.t4 { fill: var(--c0); } i.t4 { background: var(--c0); }
.stacks { display: grid; grid-template-columns: max-content minmax(0, 1fr) max-content;
  gap: .5rem .8rem; align-items: center; margin: .8rem 0 1rem; font-size: .9rem; }
.stacks svg { display: block; width: 100%; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.4rem; margin-top: .7rem; font-size: .9rem; }
.chart { display: grid; grid-template-columns: 56px minmax(0, 1fr) 108px; margin-top: .5rem; }
.chart svg { display: block; width: 100%; overflow: visible; font-size: 12px; }
.chart text { fill: var(--soft); }
.axis text, text.row { text-anchor: end; }
.numbers text { text-anchor: middle; }
.edge line { stroke: var(--line); }
.grid { stroke: var(--faint); }
.under { text-align: center; padding: 0 108px 0 56px; font-size: .8rem; color: var(--soft); }
line.mean { stroke-width: 1.5; stroke-dasharray: 5 4; }
line.mean.before { stroke: var(--before); } line.mean.after { stroke: var(--after); }
line.stem { stroke: var(--line); stroke-width: 1.5; }
line.best { stroke: var(--soft); }
circle.before { fill: var(--paper); stroke: var(--before); stroke-width: 2; }
circle.after { fill: var(--after); }
rect.before, path.before { fill: var(--pale-before); }
rect.after, path.after { fill: var(--pale-after); }
rect.before.hottest { fill: var(--before); } rect.after.hottest { fill: var(--after); }
rect.node { fill: var(--ink); fill-opacity: .045; }
line.level { stroke: var(--ink); stroke-width: 1.25; }
line.bound { stroke-dasharray: 6 4; }
.pointer path { fill: var(--ink); }
.chart .pointer text { fill: var(--ink); font-weight: 600; }
.heat .chart { grid-template-columns: 56px minmax(0, 1fr) 0; }
.heat + .under { padding-right: 0; }
.plot rect { shape-rendering: crispEdges; }
.heat image { image-rendering: pixelated; }
.glass { fill: transparent; }
.scale { display: flex; flex-wrap: wrap; align-items: flex-start; gap: .4rem 1.5rem;
  margin: .7rem 0 .3rem 56px; font-size: .8rem; color: var(--soft); }
.ramp { width: 24rem; max-width: 100%; }
.ramp i { display: block; height: .7rem; border-radius: 2px; }
.ramp svg { display: block; width: 100%; overflow: visible; font-size: 12px; fill: var(--soft); }

details { margin-top: .75rem; }
summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; }
table.numbers { font-size: .87rem; margin-top: .5rem; }
table.numbers td, table.numbers th { padding-top: .2rem; padding-bottom: .2rem; }
pre { padding: .8rem 1rem; background: var(--wash); border: 1px solid var(--faint);
  border-radius: .6rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.definitions { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem;
  margin: .6rem 0 1rem; font-size: .93rem; }
.definitions dt { font-weight: 600; }
.definitions code { display: block; }
.definitions dd { min-width: 0; color: var(--soft); }
.definitions code { color: var(--ink); }
.caution { margin-top: 1rem; padding: .2rem 0 .2rem 1rem; border-left: 4px solid var(--before); }
footer { margin-top: 2.5rem; padding-top: .9rem; border-top: 1px solid var(--line);
  font-size: .82rem; color: var(--soft); }

@media screen and (max-width: 52rem) {
  body { padding: 1.25rem 1rem 2rem; }
  h1 { font-size: 1.45rem; }
  .tiles { grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); }
  .strategies thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px;
    overflow: hidden; }
  .strategies, .strategies tbody { display: block; }
  .strategies tr { display: grid; grid-template-columns: 1fr 1fr; column-gap: 1.5rem;
    padding: .7rem 0; border-bottom: 1px solid var(--line); }
  .strategies th, .strategies td { border: 0; padding: .1rem 0; }
  .strategies tbody th { grid-column: 1 / -1; }
  .strategies td { display: flex; justify-content: space-between; gap: .5rem; }
  .strategies td::before { content: attr(data-name); color: var(--soft); }
  .chart { grid-template-columns: 48px minmax(0, 1fr) 100px; }
  .heat .chart { grid-template-columns: 34px minmax(0, 1fr) 0; }
  .under { padding: 0 100px 0 48px; } .heat + .under { padding-left: 34px; }
  .scale { margin-left: 34px; }
  .definitions { grid-template-columns: 1fr; gap: 0; } .definitions dd { margin-bottom: .7rem; }
}
@media print {
  html { font-size: 12.5px; }
  body { max-width: none; padding: 0; font-size: 12.5px; print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  section { margin-top: 1.6rem; }
  .strategies td, .strategies th { padding: .3rem .25rem; }
  .scroll + .note { break-before: avoid; break-after: auto; }
  h2, .legend, .note { break-after: avoid; }
  .tiles, .chart, .whole, tr, pre, .definitions dt, .definitions dd, .caution { break-inside: avoid; }
  details { display: none; }
}
)css";

}  // namespace

std::string_view style() { return kStyle; }

}  // namespace evenkeel::report
