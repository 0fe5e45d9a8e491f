// The frame's side of the messages between it and its host page. web/EMBED.md describes the protocol: change
// both together.
'use strict';
(() => {
  const kVersion = 1;
  const kMostWaiting = 32; // requests
  const kMostOptions = 64;
  const kLongestKey = 40;
  const kLongestLink = 4096; // as in the core
  const kLongestText = 256; // of an option's value
  const kLongestName = 160; // of loads
  const kMostExports = 16;
  if (window.parent === window) return;
  const post = (message, transfer = []) => window.parent.postMessage({evenkeel: kVersion, ...message}, '*', transfer);

  // ---- checks of messages; errors are sentences
  class Refusal extends Error {}
  const refuse = (...parts) => { throw new Refusal(parts.join('')); };
  const kHidden = /[\u0000-\u001f\u007f]/g;
  const quoted = (value) => (typeof value === 'string'
    ? `"${value.slice(0, 40).replace(kHidden, '?')}${value.length > 40 ? '…' : ''}"`
    : typeof value === 'number' || value === null ? String(value) : Array.isArray(value) ? 'a list' : typeof value);
  const isObject = (value) => value !== null && typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype;
  const isId = (id) => (typeof id === 'string' && id.length <= 100) || Number.isSafeInteger(id);

  function checkMembers(message, known) {
    for (const member of Object.keys(message).slice(0, kMostOptions)) {
      if (['evenkeel', 'type', 'id', ...known].includes(member)) continue;
      refuse(message.type, ': unknown member ', quoted(member), '; ',
        known.length ? `expected ${known.join(', ')}` : 'it has only evenkeel, type and id');
    }
  }
  function checkName(name) {
    if (typeof name === 'string' && name !== '' && new TextEncoder().encode(name).length <= kLongestName &&
      name.search(kHidden) < 0) return;
    refuse('LOAD: name: ', quoted(name), ': expected a text of 1 to ', kLongestName,
      ' bytes without control characters');
  }
  const wellFormed = (text) => text.replace(/[\ud800-\udfff]/gu, '\ufffd');

  // ---- the state of the frame
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch { // not UTF-8
      return text;
    }
  };
  const optionsOf = (link) => Object.fromEntries(link.split('&').filter(Boolean).map((pair) => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, equals), decoded(pair.slice(equals + 1))];
  }));
  const latest = () => JSON.parse(playgroundPage.read('summary'));
  function stateOf(shown) {
    const {link, command, strategy, hash, trouble, text} = shown;
    return {options: optionsOf(link), loads: JSON.parse(playgroundPage.read('opened')), strategy, hash, trouble,
      text, command, address: playgroundPage.address(link)};
  }

  // ---- changes
  let subscription = null; // the request's id
  let told = '';
  let working = false; // on a request: changes during its work are reported after its answer
  function tell() {
    if (subscription === null || working) return;
    const shown = latest();
    if (shown.waiting) return;
    const state = stateOf(shown);
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    post({type: 'CHANGED', id: subscription, ...state});
  }
  playgroundPage.listen(tell);

  // ---- options: the current link with the new values in place of the old ones
  const kOfLoads = ['file', 'steps', 'moe-layers', 'gpus', 'slots', 'redundant', 'nodes', 'groups', 'policy', 'layer', 'step',
    'every', 'delay', 'from'];
  const kOfStrategy = ['replicate', 'tail', 'fixup', 'pack', 'refine', 'apart', 'step'];
  function change(type, options) {
    const names = Object.keys(options);
    if (names.length > kMostOptions) refuse(type, ': options: ', names.length, ' keys; at most ', kMostOptions, ' are allowed');
    const all = new Map(Object.entries(optionsOf(playgroundPage.read('state'))));
    if ('loads' in options) kOfLoads.forEach((name) => all.delete(name));
    if ('strategy' in options) kOfStrategy.forEach((name) => all.delete(name));
    else if ('effort' in options && /^keel:/.test(all.get('strategy'))) all.set('strategy', 'keel');
    if ('slots' in options) all.delete('redundant');
    if ('redundant' in options) all.delete('slots');
    if ('layer' in options) all.delete('step');
    for (const name of names) {
      const value = options[name];
      if (name.length > kLongestKey) {
        refuse(type, ': options: ', quoted(name), ': a key has at most ', kLongestKey, ' characters');
      }
      const isText = typeof value === 'string' && value.length <= kLongestText;
      if (value === null && name === 'embed') all.set(name, '1'); // the default in embed.html
      else if (value === null) all.delete(name);
      else if (isText || Number.isFinite(value)) all.set(name, String(value));
      else if (typeof value === 'boolean') all.set(name, value ? '1' : '0');
      else {
        refuse(type, ': options: ', quoted(name), ': expected a number, true, false, null or a text of at most ',
          kLongestText, ' characters');
      }
    }
    const encoded = (text) => encodeURIComponent(wellFormed(text));
    const link = [...all].map((pair) => pair.map(encoded).join('=')).join('&');
    if (link.length > kLongestLink) {
      refuse(type, ': options: as a link they have ', link.length, ' characters; at most ', kLongestLink, ' are allowed');
    }
    const sentence = playgroundPage.call('app_change', link);
    if (sentence) refuse(sentence);
  }
  // If the loads could not be opened, nothing has changed.
  function checkOpened() {
    const sentence = playgroundPage.read('refused');
    if (sentence === '') return;
    playgroundPage.call('app_drop_problems'); // the host gets it as ERROR
    refuse(sentence);
  }
  function checkPlayground(url) {
    let parsed = null;
    try {
      if (typeof url === 'string' && url.length <= 2000) parsed = new URL(url);
    } catch { /* not an address */ }
    if (parsed === null || !['http:', 'https:', 'file:'].includes(parsed.protocol) || parsed.href.includes('#')) {
      refuse('SET: playground: ', quoted(url), ': expected a complete address (http, https or file) without #');
    }
    return parsed.href;
  }

  // ---- requests: each function checks a request, does it and returns the answer
  async function load({name, bytes}, settled) {
    checkName(name);
    if (bytes === undefined) {
      change('LOAD', {loads: name});
    } else {
      if (!(bytes instanceof ArrayBuffer)) {
        refuse('LOAD: bytes: ', quoted(bytes), ': expected an ArrayBuffer with the file\'s content');
      }
      if (/^(synth|example):/.test(name)) refuse('LOAD: name: ', quoted(name), ' is not a file name; leave out bytes');
      if (name.endsWith('/')) refuse('LOAD: name: ', quoted(name), ': expected a file name after the last /');
      await playgroundPage.openBytes(wellFormed(name), bytes);
    }
    await settled();
    checkOpened();
    return {type: 'STATE', ...stateOf(latest())};
  }
  async function set({options = {}, playground}, settled) {
    if (!isObject(options)) refuse('SET: options: ', quoted(options), ': expected an object of the link\'s keys');
    const address = playground === undefined ? null : checkPlayground(playground);
    change('SET', options);
    await settled();
    checkOpened();
    if (address !== null) playgroundPage.setPlayground(address);
    return {type: 'STATE', ...stateOf(latest())};
  }
  async function result({placement = false, exports = []}, settled) {
    if (typeof placement !== 'boolean') refuse('RESULT: placement: ', quoted(placement), ': expected true or false');
    const isName = (name) => typeof name === 'string' && name.length <= kLongestText;
    if (!Array.isArray(exports) || exports.length > kMostExports || !exports.every(isName)) {
      refuse('RESULT: exports: expected a list of at most ', kMostExports, ' names of formats');
    }
    await settled(exports.includes('table'));
    const text = playgroundPage.read('result');
    if (text === '') refuse(playgroundPage.read('trouble') || 'there is no placement yet');
    const files = [];
    const take = (format) => {
      const made = playgroundPage.files(format);
      return made.sentence ? refuse(made.sentence) : made.files;
    };
    for (const format of exports) files.push(...take(format));
    const whole = placement ? new TextDecoder().decode(take('placement')[0].bytes) : text;
    return {type: 'RESULT', result: JSON.parse(whole), files};
  }
  async function state(message, settled) {
    await settled();
    return {type: 'STATE', ...stateOf(latest())};
  }
  async function subscribe({id}, settled) {
    const answer = await state({}, settled);
    subscription = id;
    told = JSON.stringify(stateOf(latest()));
    return answer;
  }
  async function unsubscribe(message, settled) {
    subscription = null;
    return state(message, settled);
  }
  const kRequests = {
    LOAD: {members: ['name', 'bytes'], work: load},
    SET: {members: ['options', 'playground'], work: set},
    RESULT: {members: ['placement', 'exports'], work: result},
    STATE: {members: [], work: state},
    SUBSCRIBE: {members: [], work: subscribe},
    UNSUBSCRIBE: {members: [], work: unsubscribe},
  };

  // ---- the queue: one request at a time, in order
  let greeted = false;
  let waiting = 0;
  let line = Promise.resolve();
  function hear(message) {
    if (message.evenkeel !== kVersion) {
      refuse('evenkeel: version ', quoted(message.evenkeel), ' is unknown; this frame supports version ', kVersion);
    }
    if (!isId(message.id)) refuse('id: expected a whole number or a text of at most 100 characters');
    const {type} = message;
    if (type === 'PING') {
      checkMembers(message, []);
      greeted = true;
      return post({type: 'PONG', id: message.id, versions: [kVersion], types: ['PING', ...Object.keys(kRequests)]});
    }
    const known = typeof type === 'string' && Object.hasOwn(kRequests, type);
    if (!known) refuse('type: ', quoted(type), ': expected one of PING, ', Object.keys(kRequests).join(', '));
    if (!greeted) refuse(type, ': send PING first');
    const {members, work} = kRequests[type];
    checkMembers(message, members);
    if (waiting >= kMostWaiting) refuse(type, ': ', kMostWaiting, ' requests are waiting; wait for their answers');
    ++waiting;
    line = line.then(() => reply(message, work)).catch((error) => console.error(error)); // continues with the next one
    return undefined;
  }
  async function reply(message, work) {
    working = true;
    try {
      const answer = await playgroundPage.serve((settled) => work(message, settled));
      post({...answer, id: message.id}, (answer.files || []).map((file) => file.bytes));
    } catch (error) {
      fail(message, error);
    } finally {
      --waiting;
      working = false;
    }
    tell();
  }
  function fail(message, error) {
    const sentence = error instanceof Refusal ? error.message : `unexpected error: ${error.message}`;
    post({type: 'ERROR', id: isId(message.id) ? message.id : null, sentence});
  }
  window.addEventListener('message', ({source, data}) => {
    // Ignores messages of other scripts.
    if (source !== window.parent || !isObject(data) || !('evenkeel' in data)) return;
    try {
      hear(data);
    } catch (error) {
      fail(data, error);
    }
  });
})();
