package processor

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// abiVersion is the export by which a module says which interface it speaks.
const abiVersion = "frostglass_abi_version_1"

// memoryPages bounds an instance: 512 MiB in pages of 64 KiB.
const memoryPages = 8192

// Statuses of an answer, as filter/module/src/collector/guest.rs has them.
const (
	statusDone      = 0
	statusWithheld  = 1
	statusAlike     = 2
	statusRewritten = 3
)

var (
	errTooLarge = errors.New("the batch is larger than max_batch_bytes")
	errInstance = errors.New("the module failed")
)

// compilations are shared by everything in the process, so that a restarted pipeline does not compile again.
var compilations = wazero.NewCompilationCache()

// allowedImports are the host functions that a module may name. It calls none of them but for the four that its language's
// library needs; they are answered here.
var allowedImports = map[string]bool{
	"environ_get": true, "environ_sizes_get": true, "fd_write": true, "proc_exit": true, "random_get": true,
}

// compiled is a module that was checked and compiled.
type compiled struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// compile checks the module's digest, imports and exports, and compiles it: seconds the first time in a process.
func compile(ctx context.Context, wasm []byte, sha string) (*compiled, error) {
	sum := sha256.Sum256(wasm)
	if digest := hex.EncodeToString(sum[:]); sha != "" && !strings.EqualFold(sha, digest) {
		return nil, fmt.Errorf("module: sha256 is %s, not what module::sha256 says", digest)
	}
	config := wazero.NewRuntimeConfig().WithCompilationCache(compilations).WithMemoryLimitPages(memoryPages)
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	module, err := runtime.CompileModule(ctx, wasm)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("module: not WebAssembly that can be compiled: %w", err), runtime.Close(ctx))
	}
	c := &compiled{runtime: runtime, module: module}
	if err := errors.Join(c.checkExports(), c.answerImports(ctx)); err != nil {
		return nil, errors.Join(err, runtime.Close(ctx))
	}
	return c, nil
}

func (c *compiled) close(ctx context.Context) error {
	return c.runtime.Close(ctx)
}

const (
	i32 = api.ValueTypeI32
	i64 = api.ValueTypeI64
)

// exports are what the interface asks of a module.
var exports = map[string]struct{ params, results []api.ValueType }{
	abiVersion:             {nil, nil},
	"frostglass_buffer":    {[]api.ValueType{i32}, []api.ValueType{i32}},
	"frostglass_configure": {[]api.ValueType{i32}, []api.ValueType{i64}},
	"frostglass_begin":     {[]api.ValueType{i64, i64, i64, i64, i64}, []api.ValueType{i32}},
	"frostglass_bind":      {[]api.ValueType{i32, i32, i32}, []api.ValueType{i64}},
	"frostglass_treat":     {[]api.ValueType{i32}, []api.ValueType{i64}},
	"frostglass_rewrite":   {[]api.ValueType{i32, i32}, []api.ValueType{i64}},
}

func (c *compiled) checkExports() error {
	known := c.module.ExportedFunctions()
	if _, ok := known[abiVersion]; !ok {
		return fmt.Errorf("module: does not export %s: not a Frostglass module, or one for another version of this processor", abiVersion)
	}
	for export, wanted := range exports {
		f, ok := known[export]
		if !ok {
			return fmt.Errorf("module: does not export %s", export)
		}
		if string(f.ParamTypes()) != string(wanted.params) || string(f.ResultTypes()) != string(wanted.results) {
			return fmt.Errorf("module: %s has another signature than its interface says", export)
		}
	}
	if len(c.module.ExportedMemories()) == 0 {
		return errors.New("module: exports no memory")
	}
	return nil
}

// answerImports gives the module what it links. It is made for Envoy too, whose functions end the call if they are used.
func (c *compiled) answerImports(ctx context.Context) error {
	builders := map[string]wazero.HostModuleBuilder{}
	for _, definition := range c.module.ImportedFunctions() {
		module, function, _ := definition.Import()
		var answer api.GoModuleFunc
		switch {
		case module == "wasi_snapshot_preview1" && allowedImports[function]:
			answer = wasi(function)
		case module == "env" && function == "proxy_log":
			answer = lastWords
		case module == "env" && strings.HasPrefix(function, "proxy_"):
			answer = refuse(function)
		default:
			return fmt.Errorf("module: imports %s of %s, which this processor does not give", function, module)
		}
		builder, ok := builders[module]
		if !ok {
			builder = c.runtime.NewHostModuleBuilder(module)
			builders[module] = builder
		}
		builder.NewFunctionBuilder().WithGoModuleFunction(answer, definition.ParamTypes(), definition.ResultTypes()).Export(function)
	}
	for _, builder := range builders {
		if _, err := builder.Instantiate(ctx); err != nil {
			return fmt.Errorf("module: %w", err)
		}
	}
	return nil
}

func refuse(function string) api.GoModuleFunc {
	return func(context.Context, api.Module, []uint64) {
		panic(fmt.Errorf("%s is not given here", function))
	}
}

// wordsKey is where a call's context keeps what the module says before it ends.
type wordsKey struct{}

// lastWords takes what a panic hook logs: the place in the module's source, never a value.
func lastWords(ctx context.Context, module api.Module, stack []uint64) {
	if words, ok := ctx.Value(wordsKey{}).(*string); ok {
		if text, ok := module.Memory().Read(uint32(stack[1]), min(uint32(stack[2]), 200)); ok {
			*words = string(text)
		}
	}
	stack[0] = 0
}

// wasi answers the little of WASI that a Rust library links: an empty environment, randomness, and how a panic ends.
func wasi(function string) api.GoModuleFunc {
	const success, noSpace = 0, 51
	switch function {
	case "environ_sizes_get":
		return func(_ context.Context, module api.Module, stack []uint64) {
			ok := module.Memory().WriteUint32Le(uint32(stack[0]), 0) && module.Memory().WriteUint32Le(uint32(stack[1]), 0)
			stack[0] = success
			if !ok {
				stack[0] = noSpace
			}
		}
	case "environ_get":
		return func(_ context.Context, _ api.Module, stack []uint64) { stack[0] = success }
	case "random_get":
		return func(_ context.Context, module api.Module, stack []uint64) {
			buffer, ok := module.Memory().Read(uint32(stack[0]), uint32(stack[1]))
			if !ok {
				stack[0] = noSpace
				return
			}
			_, _ = rand.Read(buffer) // never fails, as crypto/rand says
			stack[0] = success
		}
	case "fd_write":
		// What is printed could quote what was being worked on. It goes nowhere.
		return func(_ context.Context, module api.Module, stack []uint64) {
			vectors, count := uint32(stack[1]), uint32(stack[2])
			written := uint32(0)
			for i := range count {
				length, ok := module.Memory().ReadUint32Le(vectors + i*8 + 4)
				if !ok {
					stack[0] = noSpace
					return
				}
				written += length
			}
			module.Memory().WriteUint32Le(uint32(stack[3]), written)
			stack[0] = success
		}
	default:
		return refuse(function)
	}
}

// guest is one instance of the module under one policy. It is used by one goroutine at a time.
type guest struct {
	module                                                     api.Module
	bufferFn, configureFn, beginFn, bindFn, treatFn, rewriteFn api.Function
	stack                                                      [5]uint64
	names                                                      names
	batch                                                      batch
	edits                                                      []edit
	maxBatch                                                   int
	// traces says whether the policy asks for the trace ids of records.
	traces bool
	// words is what the module said last, before it ended.
	words string
}

// loaded is what the module says of a configuration.
type loaded struct {
	Policy      string   `json:"policy"`
	Digest      string   `json:"digest"`
	KeyProblems []string `json:"key_problems"`
	// Issued is what the document of issued keys holds, without the keys.
	Issued []issuedKey `json:"issued"`
	// IssuedProblem is why the document was not taken.
	IssuedProblem *string `json:"issued_problem"`
}

// issuedKey is an issued key as a log may tell it.
type issuedKey struct {
	Key    string `json:"key"`
	Use    string `json:"use"`
	Epochs []struct {
		Epoch      uint32 `json:"epoch"`
		NotBefore  int64  `json:"not_before"`
		NotAfter   int64  `json:"not_after"`
		CheckValue string `json:"check_value"`
	} `json:"epochs"`
}

// instantiate makes an instance and hands it a configuration. The answer is the module's own, as JSON.
func (c *compiled) instantiate(ctx context.Context, configuration []byte, maxBatch int) (*guest, []byte, error) {
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
	g := &guest{maxBatch: maxBatch}
	ctx = g.listening(ctx)
	g.batch.guest = g
	module, err := c.runtime.InstantiateModule(ctx, c.module, config)
	if err != nil {
		return nil, nil, fmt.Errorf("%w to start: %w", errInstance, err)
	}
	g.module = module
	g.bufferFn = module.ExportedFunction("frostglass_buffer")
	g.configureFn = module.ExportedFunction("frostglass_configure")
	g.beginFn = module.ExportedFunction("frostglass_begin")
	g.bindFn = module.ExportedFunction("frostglass_bind")
	g.treatFn = module.ExportedFunction("frostglass_treat")
	g.rewriteFn = module.ExportedFunction("frostglass_rewrite")
	g.names.forget(0)
	answer, err := g.configure(ctx, configuration)
	if err != nil {
		return nil, nil, errors.Join(err, g.close(ctx))
	}
	var asked struct {
		Traces bool `json:"traces"`
	}
	if err := json.Unmarshal(answer, &asked); err != nil {
		return nil, nil, errors.Join(errEdits, g.close(ctx))
	}
	g.traces = asked.Traces
	return g, answer, nil
}

// listening is a context for calls in which the module's last words are heard.
func (g *guest) listening(ctx context.Context) context.Context {
	g.words = ""
	return context.WithValue(ctx, wordsKey{}, &g.words)
}

func (g *guest) close(ctx context.Context) error {
	return g.module.Close(ctx)
}

// call calls an export. A failure leaves the instance in an unknown state: it must be closed.
func (g *guest) call(ctx context.Context, f api.Function, parameters ...uint64) (uint64, error) {
	copy(g.stack[:], parameters)
	if err := f.CallWithStack(ctx, g.stack[:]); err != nil {
		// The error's own text is a stack of function names: long, and of no use to an operator.
		if g.words != "" {
			return 0, fmt.Errorf("%w: %s", errInstance, g.words)
		}
		return 0, fmt.Errorf("%w: it ran out of memory or trapped", errInstance)
	}
	return g.stack[0], nil
}

// room gives the module's buffer, for one call.
func (g *guest) room(ctx context.Context, length int) ([]byte, error) {
	address, err := g.call(ctx, g.bufferFn, uint64(length))
	if err != nil {
		return nil, err
	}
	if address == 0 {
		return nil, errTooLarge
	}
	view, ok := g.module.Memory().Read(uint32(address), uint32(length))
	if !ok {
		return nil, fmt.Errorf("%w: its buffer is outside of its memory", errInstance)
	}
	return view, nil
}

// answer is what a call left: status, counts, content. It is good until the next call.
type answer struct {
	status  uint32
	counts  []byte
	content []byte
}

func (g *guest) answer(packed uint64) (answer, error) {
	view, ok := g.module.Memory().Read(uint32(packed>>32), uint32(packed))
	if !ok || len(view) < 8 {
		return answer{}, fmt.Errorf("%w: its answer is outside of its memory", errInstance)
	}
	counts := binary.LittleEndian.Uint32(view[4:])
	if uint64(counts) > uint64(len(view)-8) {
		return answer{}, fmt.Errorf("%w: its counts are longer than its answer", errInstance)
	}
	return answer{
		status:  binary.LittleEndian.Uint32(view),
		counts:  view[8 : 8+counts],
		content: view[8+counts:],
	}, nil
}

// policyError is why the module does not take a policy: lines with place, what is wrong and what to do.
type policyError struct{ text string }

func (e *policyError) Error() string { return e.text }

func (g *guest) configure(ctx context.Context, configuration []byte) ([]byte, error) {
	view, err := g.room(ctx, len(configuration))
	if err != nil {
		return nil, err
	}
	copy(view, configuration)
	packed, err := g.call(ctx, g.configureFn, uint64(len(configuration)))
	if err != nil {
		return nil, err
	}
	a, err := g.answer(packed)
	if err != nil {
		return nil, err
	}
	if a.status != statusDone {
		return nil, &policyError{text: string(a.content)}
	}
	return a.content, nil
}

// begin starts a batch: the module gets time and randomness, and verdicts that no longer hold are forgotten.
func (g *guest) begin(ctx context.Context, now time.Time, random [32]byte) error {
	generation, err := g.call(ctx, g.beginFn, uint64(now.UnixNano()),
		binary.LittleEndian.Uint64(random[0:]), binary.LittleEndian.Uint64(random[8:]),
		binary.LittleEndian.Uint64(random[16:]), binary.LittleEndian.Uint64(random[24:]))
	if err != nil {
		return err
	}
	if uint32(generation) != g.names.generation {
		g.names.forget(uint32(generation))
	}
	g.batch.reset()
	g.batch.ctx = ctx
	return nil
}

// bind asks for the verdict on a name.
func (g *guest) bind(parent, place uint32, key string) (uint64, error) {
	ctx := g.batch.ctx
	view, err := g.room(ctx, len(key))
	if err != nil {
		return 0, err
	}
	copy(view, key)
	packed, err := g.call(ctx, g.bindFn, uint64(parent), uint64(place), uint64(len(key)))
	if err != nil {
		return 0, err
	}
	if packed == ^uint64(0) {
		return 0, fmt.Errorf("%w: it knows no such place", errInstance)
	}
	return packed, nil
}

// treat hands the batch over and gives the module's answer.
func (g *guest) treat(ctx context.Context) (answer, error) {
	b := &g.batch
	view, err := g.room(ctx, b.size())
	if err != nil {
		return answer{}, err
	}
	binary.LittleEndian.PutUint32(view, uint32(len(b.targets)))
	binary.LittleEndian.PutUint32(view[4:], 0)
	copy(view[8+copy(view[8:], b.operations):], b.contents)
	packed, err := g.call(ctx, g.treatFn, uint64(b.size()))
	if err != nil {
		return answer{}, err
	}
	return g.answer(packed)
}

// rewrite hands an OTLP request over and gives the module's answer.
func (g *guest) rewrite(ctx context.Context, signal uint32, request []byte) (answer, error) {
	view, err := g.room(ctx, len(request))
	if err != nil {
		return answer{}, err
	}
	copy(view, request)
	packed, err := g.call(ctx, g.rewriteFn, uint64(signal), uint64(len(request)))
	if err != nil {
		return answer{}, err
	}
	return g.answer(packed)
}
