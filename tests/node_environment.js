// Under node a wasm program gets the environment of its host: EVENKEEL_DATA and the like.
Module['preRun'] = Module['preRun'] || [];
Module['preRun'].push(() => Object.assign(ENV, process.env));
