// A page of the playground in Chromium, operated like a user does.
'use strict';
const fs = require('fs');
const path = require('path');
const {chromium} = require('playwright-core');
const {holds, root, same, scratch, serve} = require('./support.js');

const folder = process.env.EVENKEEL_PAGE || path.join(root, 'build/page/page');
const kBrowser = process.env.CHROMIUM || '/usr/bin/chromium';
const kArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const kPatience = 60000;
let server, browser;

// Waits until the page or frame has drawn frames.
const drawn = (page, count) => page.evaluate((left) => new Promise((ok) => {
  const next = () => (left-- > 0 ? requestAnimationFrame(next) : ok());
  next();
}), count);

// Pages that tests have left empty, by their options. The next test with the same options takes one: this costs a
// third of the processor time of a new page, because the process and the compiled code are there.
const empty = {};

class Playground {
  static async open(link = '', options = {}) {
    const it = new Playground();
    it.errors = [];
    it.empty = empty[JSON.stringify(options)] ??= [];
    it.page = it.empty.pop() ?? await (await browser.newContext({viewport: {width: 1280, height: 800},
      permissions: ['clipboard-read', 'clipboard-write'], ...options})).newPage();
    it.page.on('pageerror', (error) => it.errors.push(error.message));
    await it.page.goto(server.url + (link ? '#' + link : ''));
    await it.page.waitForFunction(() => window.playground, null, {timeout: kPatience});
    await it.idle();
    return it;
  }
  async close() {
    same(this.errors, [], 'errors of the page');
    this.page.removeAllListeners('pageerror');
    await this.page.mouse.move(0, 0);
    await this.page.goto('about:blank');
    while (this.page.workers().length > 0) await new Promise((ok) => this.page.workers()[0].on('close', ok));
    this.empty.push(this.page);
  }
  read(what) { return this.page.evaluate((word) => window.playground.read(word), what); }
  async idle() {
    // The effect of an action is drawn in the second frame from now at the latest.
    await drawn(this.page, 2);
    await this.page.waitForFunction(() => window.playground.read('idle') === '1', null,
      {timeout: kPatience, polling: 30});
  }
  // The position of a control in the window.
  async at(control) {
    const place = await this.page.evaluate((name) => window.playground.find(name), control);
    holds(place !== '', `no control ${control} is visible`);
    const [x, y] = place.split(' ').map(Number);
    const canvas = await this.page.locator('#canvas').boundingBox();
    return [canvas.x + x, canvas.y + y];
  }
  async click(control) {
    await this.page.mouse.click(...await this.at(control), {delay: 40});
    await this.idle();
  }
  // Presses a key or several ("Control+A") without a pause between down and up: on a busy machine the pause can
  // be so long that the key repeats.
  async press(name) {
    const keys = name.split('+');
    await Promise.all([...keys.map((key) => this.page.keyboard.down(key)),
      ...keys.reverse().map((key) => this.page.keyboard.up(key))]);
  }
  // Types a number into a field of the canvas.
  async type(control, text) {
    await this.page.mouse.dblclick(...await this.at(control), {delay: 40});
    await this.press('Control+A');
    await this.page.keyboard.type(text, {delay: 30});
    await this.press('Enter');
    await this.idle();
  }
  // Drops files and folders, together. A folder is an entry as browsers give it, which no script can make.
  async drop(...paths) {
    const read = (at) => (fs.statSync(at).isDirectory()
      ? {name: path.basename(at), inside: fs.readdirSync(at).map((name) => read(path.join(at, name)))}
      : {name: path.basename(at), text: fs.readFileSync(at).toString('base64')});
    await this.page.evaluate(async (dropped) => {
      const fileOf = async ({name, text}) => new File([await (await fetch('data:;base64,' + text)).blob()], name);
      const entryOf = async (it) => {
        const {name} = it;
        if (!it.inside) {
          const file = await fileOf(it);
          return {name, isDirectory: false, file: (ok) => ok(file)};
        }
        const left = await Promise.all(it.inside.map(entryOf));
        return {name, isDirectory: true, createReader: () => ({readEntries: (ok) => ok(left.splice(0, 2))})};
      };
      const dataTransfer = new DataTransfer();
      const event = new DragEvent('drop', {dataTransfer, bubbles: true});
      if (dropped.some(({inside}) => inside)) {
        const items = await Promise.all(dropped.map(async (it) => {
          const [entry, file] = [await entryOf(it), it.inside ? null : await fileOf(it)];
          return {kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => file};
        }));
        Object.defineProperty(event, 'dataTransfer', {value: {items, files: []}});
      } else {
        for (const it of dropped) dataTransfer.items.add(await fileOf(it));
      }
      document.dispatchEvent(event);
    }, paths.map(read));
    await this.idle();
  }
  // The pixels of a part of the window: {width, height, rgba}.
  async pixels(clip) {
    const png = (await this.page.screenshot({clip})).toString('base64');
    const {width, height, text} = await this.page.evaluate(async (base64) => {
      const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + base64)).blob());
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
      context.drawImage(image, 0, 0);
      const {data} = context.getImageData(0, 0, image.width, image.height);
      let text = '';
      for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
      return {width: image.width, height: image.height, text: btoa(text)};
    }, png);
    return {width, height, rgba: Buffer.from(text, 'base64')};
  }
  // How many columns of the picture have a pixel of this colour, as in #0072b2.
  static columns_with({width, height, rgba}, colour) {
    const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    const has = (x, y) => wanted.every((part, i) => Math.abs(rgba[(y * width + x) * 4 + i] - part) < 12);
    let columns = 0;
    for (let x = 0; x < width; ++x) {
      for (let y = 0; y < height; ++y) {
        if (!has(x, y)) continue;
        ++columns;
        break;
      }
    }
    return columns;
  }
  async choose(id, value) {
    await this.page.selectOption('#' + id, value);
    await this.idle();
  }
  // Until the engine has nothing left to do, or is paused. `working` is a variable of web/worker.js.
  async rests() {
    await this.page.workers()[0].evaluate(async () => {
      while (working) await new Promise((ok) => setTimeout(ok, 20));
    });
    await this.idle();
  }
  // What an action copies. If the machine is busy, the clipboard has it later than in the next frames.
  async copied(action) {
    await this.page.evaluate(() => navigator.clipboard.writeText(''));
    await action();
    const text = await this.page.waitForFunction(() => navigator.clipboard.readText(), null,
      {timeout: kPatience, polling: 30});
    return text.jsonValue();
  }
  // The download of an action, as a file in the scratch folder.
  async download(action) {
    const [file] = await Promise.all([this.page.waitForEvent('download', {timeout: kPatience}), action()]);
    const at = path.join(scratch, file.suggestedFilename());
    await file.saveAs(at);
    return at;
  }
}

const launch = (...more) => chromium.launch({executablePath: kBrowser, args: [...kArguments, ...more]});
async function start() {
  server = await serve(folder);
  browser = await launch();
}
async function stop() {
  await browser.close();
  server.close();
}

module.exports = {address: () => server.url, drawn, folder, kPatience, launch, Playground, start, stop};
