// Tests the playground in a window: the main workflow of the page by scripted input
// (web/playground/script.hpp), compared with the native command.
'use strict';
const {execFileSync, spawnSync} = require('child_process');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const {command, data, holds, native, npy, recorded, refusal, root, run, same, scratch, small_trace, test} = require('./support.js');

const program = process.env.EVENKEEL_WINDOW || path.join(root, 'build/native/evenkeel-playground');

// Runs lines of input and returns the printed values by name; a name that is printed twice gives a list.
function act(lines, ...words) {
  const input = [...lines, 'quit', ''].join('\n');
  const result = spawnSync(program, [...words, '--script', '-'], {input, encoding: 'utf8', cwd: scratch, timeout: 120000});
  holds(result.status === 0, `exit status ${result.status}: ${result.stdout}${result.stderr}`);
  const said = {};
  for (const line of result.stdout.split('\n')) {
    const [, word, value] = /^(\w+): (.*)$/.exec(line) || [];
    if (word) (said[word] = said[word] || []).push(value);
  }
  return said;
}
const hash_of = (command_line, folder = '') => native(...command_line.split(' ').slice(1).map(
  (word) => (word.endsWith('.npy') ? path.join(folder, word) : word))).hash;

test('StartsWithAnAnswer', () => {
  const said = act(['wait', 'print headline', 'print hash', 'print command']);
  holds(said.headline[0].startsWith('With keel the load of a layer\'s hottest GPU'), said.headline[0]);
  same(said.hash[0], native('balance', 'synth:deepseek-v3').hash, 'hash');
});

test('AgreesWithTheCommandForAllStrategiesAndPresets', () => {
  const {loads} = JSON.parse(act(['wait', 'print menus']).menus[0]);
  for (const {value} of loads) {
    const shape = value.startsWith('example:') ? ['--gpus', '8', '--slots', '16', '--nodes', '2', '--groups', '4'] : [];
    const expected = native('compare', value, ...shape).strategies.map((row) => row.hash);
    const {rows} = JSON.parse(act(['wait', 'print compared'], value).compared[0]);
    same(rows.map((row) => row.hash), expected, value);
  }
});

test('ClicksAndTypes', () => {
  const said = act(['wait', 'scroll trace.steps 9', 'wait', 'click strategy.k2', 'wait', 'print strategy', 'print command',
    'print hash', 'click tab.traffic', 'click traffic.heat', 'wait', 'print panel',
    'click step.back', 'wait', 'print step', 'click step.forward', 'wait', 'print step',
    'click window.1/4', 'wait', 'print steps', 'print command', 'print hash'], 'synth:gpt-oss-20b');
  same(said.strategy, ['k2'], 'strategy');
  same(said.panel, ['placement'], 'panel');
  holds(Number(said.step[0]) > 0 && said.step[1] === 'last', `steps ${said.step}`);
  same(said.steps, ['0:75'], 'the window');
  same(said.hash, said.command.map((line) => hash_of(line)), 'hashes');
});

test('TakesDroppedAndTypedFiles', () => {
  const small = small_trace();
  const lines = ['wait', `drop ${small}`, 'wait', 'print loads', 'print command', 'print hash',
    'click trace.path', `type ${small}`, 'key Return', 'wait', 'print trouble'];
  const said = act(lines);
  same(said.loads, ['small.npy'], 'loads');
  same(said.hash, [hash_of(said.command[0], scratch)], 'hash');
  same(said.trouble, [''], 'no trouble');
  if (!fs.existsSync(recorded)) {
    console.log(`EXTERNAL DATA ${recorded} is absent`);
    return holds(process.env.EVENKEEL_REQUIRE_DATA !== '1', 'external data are required');
  }
  const real = act(['wait', 'click strategy.tie', 'wait', 'print command', 'print hash'], recorded);
  same(real.hash, [hash_of(real.command[0], path.dirname(recorded))], 'the recorded trace');
});

test('ReadsFoldersSeveralFilesAndCompressedOnes', () => {
  const csv = (rank) => `layer,e0,e1,e2,e3\n3,${rank + 1},2,3,4\n4,5,6,${rank},8\n`;
  const files = ['rank0.csv', 'rank1.csv', 'rank10.csv'].map((name, rank) => {
    fs.writeFileSync(path.join(scratch, name), csv(rank));
    return path.join(scratch, name);
  });
  fs.writeFileSync(path.join(scratch, 'packed.csv.gz'), zlib.gzipSync(csv(7)));
  const print = ['wait', 'print trouble', 'print command', 'print hash', 'print notes'];
  const of = (line) => JSON.parse(execFileSync('sh', ['-c', `exec "$0" ${line.replace('evenkeel ', '')} --json --quiet`,
    command], {cwd: scratch, encoding: 'utf8'})).hash;
  const check = (said, starts) => {
    same(said.trouble.filter(Boolean), [], 'trouble');
    same(said.command.map((line) => line.split(' --')[0]), starts, 'commands');
    same(said.hash, said.command.map(of), 'hashes');
  };
  const dropped = act(['wait', `drop ${[...files].reverse().join('|')}`, ...print,
    `drop ${path.join(scratch, 'packed.csv.gz')}`, ...print]);
  check(dropped, ['evenkeel balance rank0.csv rank1.csv rank10.csv', 'evenkeel balance packed.csv.gz']);
  holds(dropped.notes[0].includes('the files are of ranks'), dropped.notes[0]);
  check(act(print, files[1], files[0]), ['evenkeel balance rank1.csv rank0.csv']);
  const folder = path.join(data, 'recordings/trtllm_expert_statistic');
  if (!fs.existsSync(folder)) {
    console.log(`EXTERNAL DATA ${folder} is absent`);
    return holds(process.env.EVENKEEL_REQUIRE_DATA !== '1', 'external data are required');
  }
  fs.symlinkSync(folder, path.join(scratch, 'statistic'));
  check(act([...print, 'click trace.path', `type ${path.join(scratch, 'statistic')}/`, 'key Return', ...print],
    path.join(scratch, 'statistic')), ['evenkeel balance statistic', 'evenkeel balance statistic']);
});

test('SaysWhatIsWrong', () => {
  const broken = npy('broken.npy', [4, 2, 8], [1, 2, 3]);
  const said = act(['wait', `drop ${broken}`, 'wait', 'print trouble', 'print hash']);
  same(said.trouble, [refusal(scratch, 'balance', broken, '--gpus', '2', '--redundant', '2')], 'the sentence');
  holds(said.hash[0] !== '', 'the old state stays');
  const link = act(['wait', 'print trouble', 'print strategy'], '--link', 'gpus=-3&strategy=ref');
  holds(link.trouble[0].includes('gpus'), link.trouble[0]);
  same(link.strategy, ['ref'], 'valid keys apply');
});

test('ExportsFiles', () => {
  const said = act(['wait', 'click tab.export', 'click export.placement', 'click export.vllm', 'wait', 'print hash'],
    'synth:gpt-oss-20b');
  const placement = path.join(scratch, 'placement.json');
  same(JSON.parse(fs.readFileSync(placement)).hash, said.hash[0], 'the placement');
  same(native('score', 'synth:gpt-oss-20b', placement).hash, said.hash[0], 'read by the command');
  holds(fs.readdirSync(scratch).some((name) => name.startsWith('vllm')), 'the file for vLLM');
  act(['wait', 'click tab.export', 'click export.picture', 'wait', 'print said'], 'synth:gpt-oss-20b');
  const picture = fs.readFileSync(path.join(scratch, 'evenkeel.png'));
  same([picture.toString('latin1', 1, 4), picture.readUInt32BE(16), picture.readUInt32BE(20)], ['PNG', 1280, 800],
    'a picture of the window');
});

test('WorksByKeyboardAlone', () => {
  const staged = ['--link', 'loads=synth:gpt-oss-20b&strategy=deepseek'];
  const walk = act(['wait', ...Array(60).fill(['key Tab', 'print focused']).flat()], ...staged).focused;
  const wanted = ['trace.preset', 'deployment.redundant', 'strategy.deepseek', 'stage.pack', 'window.track',
    'tab.placement', 'placement.layer', 'step.slider'];
  same(walk.filter((control) => wanted.includes(control)).slice(0, wanted.length), wanted, 'Tab goes to all of them');
  const round = walk.indexOf('trace.preset', 1);
  holds(round > 0, 'and starts again after the last one');
  const to = (control) => Array(walk.indexOf(control) + 1).fill('key Tab');
  const between = walk.indexOf('placement.layer') - walk.indexOf('strategy.deepseek');
  const layer = act(['wait', ...to('strategy.deepseek'), 'key Down', 'key Space', 'wait', 'print strategy',
    ...Array(between).fill('key Tab'), 'key Right', 'key Right', 'wait', 'print link'], ...staged);
  same(layer.strategy, ['k2'], 'the strategy below');
  holds(Number(/layer=(\d+)/.exec(layer.link[0])[1]) >= 2, layer.link[0]);
  const step = act(['wait', ...to('step.slider'), 'key Left', 'key Left', 'key Left', 'key Right', 'wait', 'print step'], ...staged);
  holds(Number(step.step[0]) > 0, `a step back: ${step.step}`);
  const panel = act(['wait', ...to('tab.placement'), 'key Right', 'key Right', 'wait', 'print panel', 'key Tab', 'key Space',
    'print order', 'key Space', 'print order'], ...staged);
  same(panel.panel, ['compare'], 'the second panel from there');
  holds(panel.order[0] !== panel.order[1], `sorted by name, and the other way: ${panel.order}`);
});

test('OpensAFileByTheDesktopsDialog', () => {
  const bin = path.join(scratch, 'bin');
  fs.mkdirSync(bin);
  const small = small_trace();
  const other = path.join(scratch, 'other.npy');
  fs.copyFileSync(small, other);
  fs.writeFileSync(path.join(bin, 'zenity'), `#!/bin/sh\nsleep 0.3\nprintf '%s\\n' '${small}' '${other}'\n`, {mode: 0o755});
  const before = process.env.PATH;
  process.env.PATH = `${bin}:${before}`;
  const said = act(['wait', 'click trace.open', 'wait', 'print loads', 'print frames']);
  process.env.PATH = before;
  same(said.loads, ['other.npy'], 'the first of the loads');
});

test('FitsNarrowAndDarkWindows', () => {
  const said = act(['wait', 'size 600 800', 'wait', 'click tab.setup', 'wait', 'click strategy.k2', 'wait',
    'print strategy', 'print panel'], '--link', 'loads=synth:gpt-oss-20b&strategy=keel&theme=dark');
  same([said.strategy, said.panel], [['k2'], ['setup']], 'strategy and panel');
});

run('Window', 'tests/browser/run.sh window');
