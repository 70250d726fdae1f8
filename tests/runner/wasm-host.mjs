// Drives the built module, dist/frostglass.wasm, as a proxy-wasm host does: a test driver of the artifact, not an Envoy.
//
//   node wasm-host.mjs MODULE < requests > replies       (JSON lines; see src/wire.rs)
//
// Plays each request as Envoy would: one root context per configuration, one stream context per request, headers, then the
// body in two pieces. Its clock stands still, so that its replies can be compared. Whatever the module says (log, metrics,
// answers) comes back with the reply, so that tests can search it. A trap ends the process with an error.
//
// A request may set the clock (`now`, nanoseconds as text), break the source of randomness (`random`: one of those in RANDOM), take the
// key away (`key`: null) and ask for what was counted so far (`counted`).
import { randomFillSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { WASI } from "node:wasi";

const NOW = 1_700_000_000_000_000_000n; // as native::NOW
const TEST_KEY = "3c1f9e0a57d2486bb1e5a09c74d8f2630e6db7c9a14f58327be0d5196a8c42f7"; // as native::TEST_KEY
const OK = 0, NOT_FOUND = 1, BAD_ARGUMENT = 2;
const REQUEST_HEADERS = 0, REQUEST_BODY = 0, PLUGIN_CONFIGURATION = 7;
const CONTINUE = 0;
// What `random_get` answers: an error of WASI (29 is EIO), or 0 and bytes.
const RANDOM = {
  fresh: (bytes) => (randomFillSync(bytes), 0),
  zeros: (bytes) => (bytes.fill(0), 0),
  same: (bytes) => (bytes.fill(7), 0),
  failing: () => 29,
};

class Host {
  static async start(module, { random = "fresh", key = TEST_KEY }) {
    const host = new Host();
    host.random = random;
    const wasi = new WASI({ version: "preview1", args: [], env: key === null ? {} : { FROSTGLASS_KEY_IDS: key } });
    const random_get = (at, size) => RANDOM[host.random](host.bytes.subarray(at, at + size));
    const wasi_snapshot_preview1 = { ...wasi.wasiImport, random_get };
    const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1, env: host.imports() });
    wasi.initialize(instance);
    host.wasm = instance.exports;
    return host;
  }

  said = [];
  metrics = new Map(); // name -> id
  counts = new Map(); // id -> count
  contexts = 0;
  configuration = Buffer.alloc(0);
  stream = null;
  now = NOW;
  random = "fresh";

  get bytes() {
    return Buffer.from(this.wasm.memory.buffer);
  }
  get pages() {
    return this.wasm.memory.buffer.byteLength / 65536;
  }
  read(at, size) {
    return Buffer.from(this.bytes.subarray(at, at + size));
  }
  u32(at, value) {
    this.bytes.writeUInt32LE(value, at);
  }
  // Hands bytes over in memory that the module allocates and then owns.
  give(data, pointerAt, sizeAt) {
    const at = data.length === 0 ? 0 : this.wasm.proxy_on_memory_allocate(data.length);
    data.copy(this.bytes, at);
    this.u32(pointerAt, at);
    this.u32(sizeAt, data.length);
    return OK;
  }
  buffer(kind) {
    if (kind === PLUGIN_CONFIGURATION) return this.configuration;
    return kind === REQUEST_BODY && this.stream ? this.stream.body : null;
  }

  imports() {
    const unused = (name) => () => {
      throw new Error(`the module called ${name}, which this driver does not play`);
    };
    const played = {
      proxy_log: (level, at, size) => {
        this.said.push(this.read(at, size).toString());
        return OK;
      },
      proxy_get_current_time_nanoseconds: (at) => {
        this.bytes.writeBigUInt64LE(this.now, at);
        return OK;
      },
      proxy_get_buffer_bytes: (kind, start, max, pointerAt, sizeAt) => {
        const buffer = this.buffer(kind);
        if (buffer === null) return NOT_FOUND;
        return this.give(buffer.subarray(start, Math.min(buffer.length, start + max)), pointerAt, sizeAt);
      },
      proxy_set_buffer_bytes: (kind, start, size, at, length) => {
        if (kind !== REQUEST_BODY || !this.stream) return BAD_ARGUMENT;
        const { body } = this.stream;
        const after = body.subarray(Math.min(body.length, start + size));
        this.stream.body = Buffer.concat([body.subarray(0, start), this.read(at, length), after]);
        return OK;
      },
      proxy_get_header_map_pairs: (map, pointerAt, sizeAt) => {
        const pairs = map === REQUEST_HEADERS && this.stream ? this.stream.headers : [];
        return this.give(headerMap(pairs), pointerAt, sizeAt);
      },
      proxy_get_header_map_value: (map, at, size, pointerAt, sizeAt) => {
        const name = this.read(at, size).toString();
        const pair = map === REQUEST_HEADERS && this.stream?.headers.find(([known]) => known === name);
        return pair ? this.give(Buffer.from(pair[1]), pointerAt, sizeAt) : NOT_FOUND;
      },
      proxy_replace_header_map_value: (map, at, size, valueAt, valueSize) => {
        const name = this.read(at, size).toString();
        this.stream.headers = this.stream.headers.filter(([known]) => known !== name);
        this.stream.headers.push([name, this.read(valueAt, valueSize)]);
        return OK;
      },
      proxy_add_header_map_value: (map, at, size, valueAt, valueSize) => {
        this.stream.headers.push([this.read(at, size).toString(), this.read(valueAt, valueSize)]);
        return OK;
      },
      proxy_remove_header_map_value: (map, at, size) => {
        const name = this.read(at, size).toString();
        this.stream.headers = this.stream.headers.filter(([known]) => known !== name);
        return OK;
      },
      proxy_send_local_response: (status, detailsAt, detailsSize, bodyAt, bodySize) => {
        const details = this.read(detailsAt, detailsSize).toString();
        this.stream.answer = { status, details };
        this.said.push(details, this.read(bodyAt, bodySize).toString("latin1"));
        return OK;
      },
      proxy_define_metric: (kind, at, size, idAt) => {
        const name = this.read(at, size).toString();
        if (!this.metrics.has(name)) this.metrics.set(name, this.metrics.size + 1);
        this.said.push(name);
        this.u32(idAt, this.metrics.get(name));
        return OK;
      },
      proxy_increment_metric: (id, by) => {
        this.counts.set(id, (this.counts.get(id) ?? 0n) + by);
        return OK;
      },
      proxy_record_metric: (id, value) => {
        this.counts.set(id, value);
        return OK;
      },
      proxy_close_stream: () => OK,
      proxy_set_effective_context: () => OK,
    };
    return new Proxy(played, {
      get: (known, name) => known[name] ?? unused(name),
      has: () => true,
    });
  }

  // A root context under a configuration; whether the module took it.
  configure(text) {
    this.configuration = Buffer.from(text);
    this.root = ++this.contexts;
    this.wasm.proxy_on_context_create(this.root, 0);
    return this.wasm.proxy_on_vm_start(this.root, 0) && this.wasm.proxy_on_configure(this.root, this.configuration.length);
  }

  serve({ id, path, content_type, content_encoding, body, now, random = "fresh", counted = false }) {
    this.now = now ? BigInt(now) : NOW;
    this.random = random;
    const whole = Buffer.from(body, "base64");
    this.stream = { body: Buffer.alloc(0), answer: null };
    this.stream.headers = [
      [":method", "POST"],
      [":path", path],
      [":authority", "localhost"],
      ["content-type", content_type],
      ...(content_encoding ? [["content-encoding", content_encoding]] : []),
      ["content-length", String(whole.length)],
    ];
    const context = ++this.contexts;
    this.wasm.proxy_on_context_create(context, this.root);
    let action = this.wasm.proxy_on_request_headers(context, this.stream.headers.length, whole.length === 0 ? 1 : 0);
    const middle = whole.length >> 1;
    for (const [piece, end] of whole.length === 0 ? [] : [[whole.subarray(0, middle), 0], [whole.subarray(middle), 1]]) {
      if (this.stream.answer) break;
      // While the module pauses, pieces add up in the host's buffer.
      this.stream.body = Buffer.concat([this.stream.body, piece]);
      action = this.wasm.proxy_on_request_body(context, this.stream.body.length, end);
    }
    const { answer, body: out, headers } = this.stream;
    let reply;
    if (answer) {
      reply = { id, status: "refused", reason: answer.details.replace("frostglass_", "").replaceAll("_", "-") };
    } else {
      if (action !== CONTINUE) throw new Error(`${id}: neither answered nor continued`);
      const length = headers.filter(([name]) => name === "content-length").map(([, value]) => value.toString());
      if (length.some((text) => Number(text) !== out.length)) throw new Error(`${id}: content-length ${length}, body ${out.length}`);
      reply = { id, status: "forwarded", body: out.toString("base64") };
      this.said.push(headers.map(([name, value]) => `${name}: ${value}`).join("\n"));
    }
    if (this.wasm.proxy_on_done(context)) this.wasm.proxy_on_log?.(context);
    this.wasm.proxy_on_delete(context);
    this.stream = null;
    reply.said = this.said.join("\n");
    reply.pages = this.pages;
    if (counted) reply.counts = Object.fromEntries([...this.metrics].map(([name, id]) => [name, Number(this.counts.get(id) ?? 0n)]));
    this.said = [];
    return reply;
  }
}

// A header map as the ABI writes it: count, then name and value sizes, then each name and value with a zero after it.
function headerMap(pairs) {
  const texts = pairs.flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)]);
  const sizes = Buffer.alloc(4 + 4 * texts.length);
  sizes.writeUInt32LE(pairs.length, 0);
  texts.forEach((text, index) => sizes.writeUInt32LE(text.length, 4 + 4 * index));
  return Buffer.concat([sizes, ...texts.flatMap((text) => [text, Buffer.alloc(1)])]);
}

const module = await WebAssembly.compile(await readFile(process.argv[2]));
let host = null;
let configured = null;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const request = JSON.parse(line);
  // The same configuration goes on with the same VM, so that what one payload leaves behind would show in the next.
  request.configuration ??= configured;
  if (request.configuration !== configured) {
    host = await Host.start(module, request);
    if (!host.configure(request.configuration)) throw new Error(`${request.id}: configuration refused: ${host.said.join("; ")}`);
    configured = request.configuration;
  }
  if (!process.stdout.write(JSON.stringify(host.serve(request)) + "\n")) {
    await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}
