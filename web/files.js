// What was dropped or chosen, as the files of one recording: in the order in which they are read, with the names that
// the program shows. Files are not read here.
'use strict';
const playgroundFiles = (() => {
  const kMostFiles = 4096;
  const kMostOfFolder = 64; // where nothing says which of its files are loads
  const kMostBytes = 1.5e9;
  const kControls = /[\u0000-\u001f\u007f]/g;
  // People number files: rank9.csv is before rank10.csv. Otherwise as a shell without a language: by code.
  function byName({name: a}, {name: b}) {
    const [of_a, of_b] = [a, b].map((name) => name.match(/\d+|\D/g));
    for (let i = 0; i < Math.min(of_a.length, of_b.length); ++i) {
      if (of_a[i] === of_b[i]) continue;
      const way = /^\d/.test(of_a[i]) && /^\d/.test(of_b[i]) ? Number(of_a[i]) - Number(of_b[i]) : 0;
      if (way !== 0) return way;
      return of_a[i] < of_b[i] ? -1 : 1;
    }
    return of_a.length - of_b.length;
  }

  // A sentence about what was given; `of` is the name before it.
  class Refusal extends Error {
    constructor(of, sentence) {
      super(sentence);
      this.of = of;
    }
  }

  // ---- folders
  const entriesOf = (folder) => {
    const reader = folder.createReader();
    return new Promise((ok, no) => {
      const all = [];
      const more = () => reader.readEntries((some) => { // gives about a hundred at a time
        all.push(...some);
        if (some.length === 0 || all.length > kMostFiles) ok(all);
        else more();
      }, no);
      more();
    });
  };

  // The files of a folder and of the folders in it. Hidden files are never loads.
  async function walk(folder, name, depth, files) {
    for (const entry of await entriesOf(folder)) {
      if (entry.name.startsWith('.')) continue;
      const path = `${name}/${entry.name}`;
      if (entry.isDirectory) {
        if (depth > 0) await walk(entry, path, depth - 1, files);
        continue;
      }
      files.push({name: path, entry});
      if (files.length > kMostFiles) {
        throw new Refusal(name, `a folder with more than ${kMostFiles} files, the most that can be read at once`);
      }
    }
    return files;
  }

  // The files to read, and the names for the command, which reads TensorRT-LLM's folder by its own name.
  async function ofFolder(folder) {
    const {name} = folder;
    const all = (await walk(folder, name, 1, [])).sort(byName);
    const isRank = (file) => /^[^/]*\/rank[^/]*\.safetensors$/.test(file.name);
    const isStatistics = all.some(isRank);
    const files = isStatistics ? all.filter((file) => isRank(file) || file.name === `${name}/meta_info.json`) : all;
    if (isStatistics) files.sort((a, b) => (a.name < b.name ? -1 : 1)); // as the command
    if (files.length === 0) throw new Refusal(name, 'a folder without files; expected recorded loads');
    if (!isStatistics && files.length > kMostOfFolder) {
      throw new Refusal(name, `a folder with ${files.length} files, of which none is TensorRT-LLM's rank*.safetensors; ` +
        `choose the files of loads themselves, or a folder with at most ${kMostOfFolder}`);
    }
    for (const file of files) file.file = await new Promise((ok, no) => file.entry.file(ok, no));
    return {name, lines: isStatistics ? [name] : files.map((file) => file.name), files};
  }

  // ---- what was given: {names, files: [{name, file}]}; `names` has one line per file or folder.
  async function ofParts(parts) {
    parts.sort(byName);
    const files = parts.flatMap((part) => part.files.map(({name, file}) => ({name, file})));
    const names = namesOf(parts);
    try {
      if (files.length > kMostFiles) {
        throw new Refusal(files[0].name, `${files.length} files, but at most ${kMostFiles} can be read at once`);
      }
      const size = files.reduce((sum, {file}) => sum + file.size, 0);
      if (size > kMostBytes) {
        const which = files.length === 1 ? files[0].name : `${files[0].name} and ${files.length - 1} more`;
        throw new Refusal(which, `${Math.floor(size / 1e6)} MB are too much for a page; the playground in a window and ` +
          'the command can read it');
      }
    } catch (error) {
      return {names, refusal: error};
    }
    return {names, files};
  }
  const namesOf = (parts) => parts.flatMap(({lines}) => lines).map((line) => line.replace(kControls, '?')).join('\n');

  const partOf = (file) => ({name: file.name, lines: [file.name], files: [{name: file.name, file}]});

  const ofList = (files) => ofParts([...files].map(partOf));

  // Entries must be taken during the event.
  function ofDrop(transfer) {
    const items = [...transfer.items].filter(({kind}) => kind === 'file');
    const entries = items.map((item) => (item.webkitGetAsEntry ? item.webkitGetAsEntry() : null));
    if (!entries.some((entry) => entry && entry.isDirectory)) return ofList(transfer.files);
    const files = items.map((item) => item.getAsFile());
    return (async () => {
      const parts = [];
      for (const [i, entry] of entries.entries()) {
        try {
          if (entry && entry.isDirectory) parts.push(await ofFolder(entry));
          else if (files[i]) parts.push(partOf(files[i]));
        } catch (error) {
          const refusal = error instanceof Refusal ? error : new Refusal(entry.name, `the folder cannot be read: ${error.message}`);
          return {names: entry.name.replace(kControls, '?'), refusal};
        }
      }
      return ofParts(parts);
    })();
  }

  return {ofDrop, ofList};
})();
