package processor

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"

	wasm "example.org/frostglass/collector-config/processor/module"
)

// errStopped is given to batches that come before the start or after the end.
var errStopped = errors.New("frostglass is not running")

// settle is how long a file must stay as it is before it is read: writers take several steps.
const settle = 100 * time.Millisecond

// engine is what processors of one configuration share: the compiled module, the policy in force and its watcher.
type engine struct {
	config    *Config
	logger    *zap.Logger
	telemetry *telemetry
	compiled  *compiled
	current   current
	// in is what the generation in force was made of. The watcher alone changes it after the start.
	in inputs
	// policyTried and keysTried are digests of what was tried last, so that something bad is reported once.
	policyTried, keysTried [sha256.Size]byte
	stop                   context.CancelFunc
	done                   sync.WaitGroup
	users                  int
}

var (
	enginesMu sync.Mutex
	engines   = map[[sha256.Size]byte]*engine{}
)

// acquire gives the engine of a configuration, and starts it for the first of its users.
func acquire(ctx context.Context, config *Config, logger *zap.Logger, t *telemetry) (*engine, error) {
	enginesMu.Lock()
	defer enginesMu.Unlock()
	identity := sha256.Sum256([]byte(config.identity()))
	e := engines[identity]
	if e == nil {
		// What goes wrong here comes from files and keys, not from code: a stack trace would only hide the line that says so.
		logger = logger.WithOptions(zap.AddStacktrace(zap.FatalLevel))
		e = &engine{config: config, logger: logger, telemetry: t}
		if err := e.start(ctx); err != nil {
			return nil, err
		}
		engines[identity] = e
	}
	e.users++
	return e, nil
}

// release stops the engine after the last of its users.
func (e *engine) release(ctx context.Context) error {
	enginesMu.Lock()
	defer enginesMu.Unlock()
	e.users--
	if e.users > 0 {
		return nil
	}
	delete(engines, sha256.Sum256([]byte(e.config.identity())))
	return e.shutdown(ctx)
}

func (e *engine) start(ctx context.Context) error {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		e.logger.Warn("WebAssembly is interpreted on this architecture, which is some fifty times slower")
	}
	module := wasm.Wasm
	if path := e.config.Module.Path; path != "" {
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("module::path: %w", err)
		}
		module = content
	}
	var err error
	if e.compiled, err = compile(ctx, module, e.config.Module.SHA256); err != nil {
		return err
	}
	if err = e.first(ctx); err != nil {
		return errors.Join(err, e.compiled.close(ctx))
	}
	watched, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e.stop = cancel
	if e.config.PolicyFile != "" || e.config.KeysFile != "" {
		e.done.Add(1)
		go e.watch(watched)
	}
	return nil
}

// inputs is what a generation is made of: a policy, and keys that were issued (none where there is no file, or none yet).
type inputs struct {
	policy *string
	source string
	issued []byte
}

// first loads what is configured. A bad policy ends it. Keys that cannot be taken do not: what needs them is suppressed until a
// file comes that can.
func (e *engine) first(ctx context.Context) error {
	policy, source, err := e.config.readPolicy()
	if err != nil {
		return err
	}
	in := inputs{policy: policy, source: source}
	if e.config.KeysFile != "" {
		issued, err := e.config.readIssued()
		e.keysTried = tried(issued, err)
		if err == nil {
			in.issued = issued
			err = e.load(ctx, in)
		}
		var refused *keysError
		switch {
		case err == nil:
			e.telemetry.keysReloaded(ctx, true)
			return nil
		case in.issued != nil && !errors.As(err, &refused):
			return err
		}
		e.telemetry.keysReloaded(ctx, false)
		e.logger.Error("the issued keys are refused, and what needs them is suppressed until they can be taken",
			zap.String("keys_file", e.config.KeysFile), zap.String("reason", err.Error()))
		in.issued = nil
	}
	return e.load(ctx, in)
}

// keysError is why the module does not take a document of issued keys.
type keysError struct{ text string }

func (e *keysError) Error() string { return e.text }

// tried is the digest of what was read, or of why it could not be.
func tried(content []byte, err error) [sha256.Size]byte {
	if err != nil {
		content = []byte(err.Error())
	}
	return sha256.Sum256(content)
}

func (e *engine) shutdown(ctx context.Context) error {
	e.stop()
	e.done.Wait()
	if g := e.current.Swap(nil); g != nil {
		g.retire(ctx)
	}
	return e.compiled.close(ctx)
}

// configuration is what the module reads, as filter/module/src/collector/configuration.rs has it.
type configuration struct {
	Policy        *string           `json:"policy"`
	Source        string            `json:"source"`
	Recipient     string            `json:"recipient"`
	Tenant        string            `json:"tenant"`
	OnWithheld    string            `json:"on_withheld"`
	MaxBatchBytes int               `json:"max_batch_bytes"`
	Keys          map[string]string `json:"keys"`
	Issued        *string           `json:"issued"`
}

// load puts a policy and keys in force, or leaves everything as it was.
func (e *engine) load(ctx context.Context, in inputs) error {
	began := time.Now()
	keys, err := e.config.readKeys()
	if err != nil {
		return err
	}
	text, err := json.Marshal(configuration{
		Policy: in.policy, Source: in.source, Recipient: e.config.Recipient, Tenant: e.config.Tenant,
		OnWithheld: e.config.OnWithheld, MaxBatchBytes: e.config.MaxBatchBytes, Keys: keys,
		Issued: in.document(),
	})
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	size := e.config.Instances
	if size == 0 {
		size = runtime.GOMAXPROCS(0)
	}
	g, err := newGeneration(ctx, e.compiled, text, e.config.MaxBatchBytes, size)
	if err != nil {
		return err
	}
	if problem := g.loaded.IssuedProblem; problem != nil {
		g.retire(ctx)
		return &keysError{text: *problem}
	}
	for _, problem := range g.loaded.KeyProblems {
		e.logger.Error("a key is missing", zap.String("problem", problem))
	}
	e.in = in
	old := e.current.Swap(g)
	for _, key := range g.loaded.Issued {
		for _, epoch := range key.Epochs {
			e.logger.Info("issued key in force", zap.String("key", key.Key), zap.String("use", key.Use), zap.Uint32("epoch", epoch.Epoch),
				zap.Time("not_before", time.Unix(epoch.NotBefore, 0).UTC()), zap.Time("not_after", time.Unix(epoch.NotAfter, 0).UTC()),
				zap.String("check_value", epoch.CheckValue))
		}
	}
	e.logger.Info("policy in force", zap.String("policy", g.loaded.Policy), zap.String("digest", g.loaded.Digest),
		zap.Duration("took", time.Since(began)))
	e.done.Add(1)
	go func() {
		defer e.done.Done()
		background := context.WithoutCancel(ctx)
		g.fill(background)
		if old != nil {
			old.retire(background)
		}
	}()
	return nil
}

// document is the text of issued keys as the module reads it.
func (in inputs) document() *string {
	if in.issued == nil {
		return nil
	}
	text := string(in.issued)
	return &text
}

// watch loads the policy file and the keys file whenever their content changes. Folders are watched, not files: a new file
// takes the old one's name, and mounted configuration changes through links.
func (e *engine) watch(ctx context.Context) {
	defer e.done.Done()
	events, problems := make(<-chan fsnotify.Event), make(<-chan error)
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		defer watcher.Close()
		events, problems = watcher.Events, watcher.Errors
		for _, file := range []string{e.config.PolicyFile, e.config.KeysFile} {
			if file != "" {
				err = errors.Join(err, watcher.Add(filepath.Dir(file)))
			}
		}
	}
	if err != nil {
		e.logger.Warn("a watched file's folder cannot be watched; it is read at intervals only",
			zap.Duration("interval", e.config.PolicyPollInterval), zap.Error(err))
	}
	var poll <-chan time.Time
	if e.config.PolicyPollInterval > 0 {
		ticker := time.NewTicker(e.config.PolicyPollInterval)
		defer ticker.Stop()
		poll = ticker.C
	}
	quiet := time.NewTimer(0) // what changed between the start and the watch is noticed, too
	defer quiet.Stop()
	waiting := true
	wait := func() {
		quiet.Reset(settle)
		waiting = true
	}
	// Of a folder that others write to all the time, what happens to our files alone counts.
	var seen looks
	notice := func() {
		if now := e.look(); !now.same(seen) {
			seen = now
			wait()
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
			notice()
		case <-problems:
			notice()
		case <-poll:
			// Even then a moment later: a file that is just being written is not read half.
			if !waiting {
				wait()
			}
		case <-quiet.C:
			waiting = false
			if e.config.PolicyFile != "" {
				e.reloadPolicy(ctx)
			}
			if e.config.KeysFile != "" {
				e.reloadKeys(ctx)
			}
		}
	}
}

// looks are what the watched files are known by without reading them; nil stands for one that is not there or not asked for.
type looks [2]os.FileInfo

func (e *engine) look() (now looks) {
	for i, file := range []string{e.config.PolicyFile, e.config.KeysFile} {
		if file == "" {
			continue
		}
		// Links are followed: what they lead to is read.
		if info, err := os.Stat(file); err == nil {
			now[i] = info
		}
	}
	return now
}

func (now looks) same(before looks) bool {
	for i, info := range now {
		switch was := before[i]; {
		case info == nil || was == nil:
			if info != nil || was != nil {
				return false
			}
		case !os.SameFile(info, was) || info.Size() != was.Size() || !info.ModTime().Equal(was.ModTime()):
			return false
		}
	}
	return true
}

// reloadPolicy loads the policy file if its content is another than the last one tried. Keys stay as they are.
func (e *engine) reloadPolicy(ctx context.Context) {
	content, err := os.ReadFile(e.config.PolicyFile)
	digest := tried(content, err)
	if digest == e.policyTried {
		return
	}
	first := e.policyTried == [sha256.Size]byte{}
	e.policyTried = digest
	if err == nil {
		var policy string
		if policy, err = policyJSON(e.config.PolicyFile, string(content)); err == nil {
			if first && e.in.policy != nil && *e.in.policy == policy {
				return
			}
			err = e.load(ctx, inputs{policy: &policy, source: e.config.PolicyFile, issued: e.in.issued})
		}
	}
	if err != nil {
		e.telemetry.reloaded(ctx, false)
		e.logger.Error("the new policy is refused and the last good one stays in force",
			zap.String("policy_file", e.config.PolicyFile), zap.String("reason", err.Error()),
			zap.String("in_force", e.current.Load().loaded.Digest))
		return
	}
	e.telemetry.reloaded(ctx, true)
}

// reloadKeys loads the keys file if its content is another than the last one tried. The policy stays as it is. Keys that are
// refused leave those that are there, each of which serves until its own end.
func (e *engine) reloadKeys(ctx context.Context) {
	issued, err := e.config.readIssued()
	digest := tried(issued, err)
	if digest == e.keysTried {
		return
	}
	e.keysTried = digest
	if err == nil {
		err = e.load(ctx, inputs{policy: e.in.policy, source: e.in.source, issued: issued})
	}
	if err != nil {
		e.telemetry.keysReloaded(ctx, false)
		e.logger.Error("the new keys are refused and the last good ones stay, each until its own end",
			zap.String("keys_file", e.config.KeysFile), zap.String("reason", err.Error()))
		return
	}
	e.telemetry.keysReloaded(ctx, true)
}
