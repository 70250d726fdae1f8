// Runs a wasm32-wasip1 program under Node: node run-wasi.mjs PROGRAM.wasm FOLDER ARGUMENT...
// FOLDER is the only one that the program sees; paths among the arguments are relative to it. Its monotonic clock is CPU
// time, so that neighbors on the machine do not count.
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [program, folder, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [program, ...args], preopens: { ".": folder }, returnOnExit: true });
const module = await WebAssembly.compile(await readFile(program));
const imports = wasi.getImportObject();
const { clock_time_get } = imports.wasi_snapshot_preview1;
const MONOTONIC = 1;
imports.wasi_snapshot_preview1.clock_time_get = (id, precision, at) => {
  if (id !== MONOTONIC) return clock_time_get(id, precision, at);
  const { user, system } = process.cpuUsage(); // microseconds
  new DataView(instance.exports.memory.buffer).setBigUint64(at, BigInt(user + system) * 1000n, true);
  return 0;
};
const instance = await WebAssembly.instantiate(module, imports);
process.exitCode = wasi.start(instance);
