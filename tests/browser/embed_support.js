// Host pages around embed.html, served from their own folder, and their scripts.
'use strict';
const fs = require('fs');
const path = require('path');
const {pathToFileURL} = require('url');
const {holds, same, scratch, serve} = require('./support.js');
const {folder, kPatience, launch} = require('./playground.js');

const site = path.join(scratch, 'site');
let server, browser;

// Frames as in a hand-written page; `more`: further content of the page.
const frame = (link, more = 'sandbox="allow-scripts"') =>
  `<iframe src="embed.html#${link.replace(/&/g, '&amp;')}" ${more} style="width: 700px; height: 460px"></iframe>`;
// The host's side of the messages: ask(type, members, transfer, number of the frame) returns the answer,
// post() sends any message, `heard` has all received messages, answer(id, number) waits for one.
const kScript = `
  const heard = [];
  addEventListener('message', (event) => heard.push({from: event.source, data: event.data}));
  let last = 0;
  const frameOf = (number) => document.querySelectorAll('iframe')[number].contentWindow;
  const post = (message, number = 0, transfer = []) => frameOf(number).postMessage(message, '*', transfer);
  const answer = (id, number = 0) => new Promise((ok) => {
    const look = () => {
      const found = heard.find(({from, data}) => from === frameOf(number) && data.id === id && data.type !== 'CHANGED');
      if (found) ok(found.data); else setTimeout(look, 5);
    };
    look();
  });
  const ask = (type, members = {}, transfer = [], number = 0) => {
    const id = ++last;
    post({evenkeel: 1, type, id, ...members}, number, transfer);
    return answer(id, number);
  };`;

class Host {
  // A page with this in its body. from: 'http' or 'file'.
  static async open(body, {from = 'http', in: other = browser, viewport = {width: 1000, height: 900}, hasTouch = false} = {}) {
    const it = new Host();
    const name = `host${Host.count = (Host.count || 0) + 1}.html`;
    fs.writeFileSync(path.join(site, name), `<!DOCTYPE html><meta charset="utf-8"><title>host</title><script>${kScript}</script>${body}`);
    const context = await other.newContext({viewport, hasTouch});
    it.page = await context.newPage();
    it.requests = [];
    it.errors = [];
    it.page.on('request', (request) => it.requests.push(request.url()));
    it.page.on('pageerror', (error) => it.errors.push(error.message));
    await it.page.goto(from === 'file' ? pathToFileURL(path.join(site, name)).href : server.url + name);
    return it;
  }
  async close() {
    same(this.errors, [], 'errors of the pages');
    await this.page.context().close();
  }
  // The frame of this number, once it has a result.
  async frame(number = 0) {
    const element = (await this.page.$$('iframe'))[number];
    const inner = await element.contentFrame();
    await inner.waitForFunction(() => window.playground && window.playground.read('hash') !== '' &&
      window.playground.read('idle') === '1', null, {timeout: kPatience, polling: 50});
    return inner;
  }
  async read(what, number = 0) {
    return (await this.frame(number)).evaluate((word) => window.playground.read(word), what);
  }
  // The position of a frame's control in the window.
  async at(control, number = 0) {
    const inner = await this.frame(number);
    const place = await inner.evaluate((name) => window.playground.find(name), control);
    holds(place !== '', `no control ${control} is visible`);
    const [x, y] = place.split(' ').map(Number);
    const box = await inner.locator('#canvas').boundingBox();
    return [box.x + x, box.y + y];
  }
  // Runs in the page; it has ask(), post() and answer() of kScript.
  run(body, argument) { return this.page.evaluate(body, argument); }
  async ping(number = 0) {
    await this.page.waitForFunction(() => document.readyState === 'complete');
    same((await this.run((n) => ask('PING', {}, [], n), number)).type, 'PONG', 'the answer to PING');
  }
}

async function start() {
  fs.cpSync(folder, site, {recursive: true});
  server = await serve(site);
  browser = await launch();
}
async function stop() {
  await browser.close();
  server.close();
}

module.exports = {browser: () => browser, frame, Host, site, start, stop, url: () => server.url};
