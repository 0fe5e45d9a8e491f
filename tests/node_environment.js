// Passes environment variables such as EVENKEEL_DATA to a wasm program under node.
Module['preRun'] = Module['preRun'] || [];
Module['preRun'].push(() => Object.assign(ENV, process.env));
