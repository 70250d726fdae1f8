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

// settle is how long a folder must be quiet before the policy is read: writers take several steps.
const settle = 100 * time.Millisecond

// engine is what processors of one configuration share: the compiled module, the policy in force and its watcher.
type engine struct {
	config    *Config
	logger    *zap.Logger
	telemetry *telemetry
	compiled  *compiled
	current   current
	// tried is the digest of the policy text that was tried last, so that a bad one is reported once.
	tried [sha256.Size]byte
	stop  context.CancelFunc
	done  sync.WaitGroup
	users int
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
	policy, source, err := e.config.readPolicy()
	if err == nil {
		err = e.load(ctx, policy, source)
	}
	if err != nil {
		return errors.Join(err, e.compiled.close(ctx))
	}
	watched, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e.stop = cancel
	if e.config.PolicyFile != "" {
		e.done.Add(1)
		go e.watch(watched)
	}
	return nil
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
}

// load puts a policy in force, or leaves everything as it was.
func (e *engine) load(ctx context.Context, policy *string, source string) error {
	began := time.Now()
	keys, err := e.config.readKeys()
	if err != nil {
		return err
	}
	text, err := json.Marshal(configuration{
		Policy: policy, Source: source, Recipient: e.config.Recipient, Tenant: e.config.Tenant,
		OnWithheld: e.config.OnWithheld, MaxBatchBytes: e.config.MaxBatchBytes, Keys: keys,
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
	for _, problem := range g.loaded.KeyProblems {
		e.logger.Error("a key is missing", zap.String("problem", problem))
	}
	old := e.current.Swap(g)
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

// watch loads the policy file whenever its content changes. Folders are watched, not files: a new file takes the old one's
// name, and mounted configuration changes through links.
func (e *engine) watch(ctx context.Context) {
	defer e.done.Done()
	events, problems := make(<-chan fsnotify.Event), make(<-chan error)
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		defer watcher.Close()
		if err = watcher.Add(filepath.Dir(e.config.PolicyFile)); err == nil {
			events, problems = watcher.Events, watcher.Errors
		}
	}
	if err != nil {
		e.logger.Warn("the policy's folder cannot be watched; it is read at intervals only",
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
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
			wait()
		case <-problems:
			wait()
		case <-poll:
			// Even then a moment later: a file that is just being written is not read half.
			if !waiting {
				wait()
			}
		case <-quiet.C:
			waiting = false
			e.reload(ctx)
		}
	}
}

// reload loads the policy file if its content is another than the last one tried.
func (e *engine) reload(ctx context.Context) {
	content, err := os.ReadFile(e.config.PolicyFile)
	if err != nil {
		content = []byte(err.Error())
	}
	digest := sha256.Sum256(content)
	if digest == e.tried {
		return
	}
	first := e.tried == [sha256.Size]byte{}
	e.tried = digest
	if err == nil {
		var policy string
		if policy, err = policyJSON(e.config.PolicyFile, string(content)); err == nil {
			if first && e.current.Load().is(policy) {
				return
			}
			err = e.load(ctx, &policy, e.config.PolicyFile)
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

// is tells whether the generation was made of this policy text.
func (g *generation) is(policy string) bool {
	var c configuration
	return json.Unmarshal(g.configuration, &c) == nil && c.Policy != nil && *c.Policy == policy
}
