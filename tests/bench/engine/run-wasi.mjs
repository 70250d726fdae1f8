// Runs a wasm32-wasip1 program under Node: node run-wasi.mjs PROGRAM.wasm FOLDER ARGUMENT...
// FOLDER is the only one that the program sees; paths among the arguments are relative to it.
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [program, folder, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [program, ...args], preopens: { ".": folder }, returnOnExit: true });
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
