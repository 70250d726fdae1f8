package processor

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// generation is one policy in force: its instances, and through them its verdicts. A batch takes an instance of the current
// generation and gives it back to that one, so that it is treated under exactly one policy.
type generation struct {
	compiled      *compiled
	configuration []byte
	maxBatch      int
	loaded        loaded
	since         time.Time
	// pool holds the instances that are not at work. One that failed is nil until somebody needs it.
	pool chan *guest
	size int
	// retired ends the waiting for instances of a generation that is over.
	retired chan struct{}
	once    sync.Once
}

// newGeneration compiles a policy in its first instance and makes room for the others.
func newGeneration(ctx context.Context, c *compiled, configuration []byte, maxBatch, size int) (*generation, error) {
	first, answer, err := c.instantiate(ctx, configuration, maxBatch)
	if err != nil {
		return nil, err
	}
	g := &generation{
		compiled: c, configuration: configuration, maxBatch: maxBatch, since: time.Now(),
		pool: make(chan *guest, size), size: size, retired: make(chan struct{}),
	}
	if err := json.Unmarshal(answer, &g.loaded); err != nil {
		return nil, errors.Join(errEdits, first.close(ctx))
	}
	g.pool <- first
	for range size - 1 {
		g.pool <- nil
	}
	return g, nil
}

// fill makes the instances that are not there yet, so that no batch waits for it.
func (g *generation) fill(ctx context.Context) {
	for range g.size {
		instance, err := g.take(ctx)
		if err != nil {
			return
		}
		g.pool <- instance
	}
}

var errRetired = errors.New("the policy was replaced")

// take gives an instance that must be given back.
func (g *generation) take(ctx context.Context) (*guest, error) {
	var instance *guest
	select {
	case instance = <-g.pool:
	case <-g.retired:
		return nil, errRetired
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if instance != nil {
		return instance, nil
	}
	instance, _, err := g.compiled.instantiate(context.WithoutCancel(ctx), g.configuration, g.maxBatch)
	if err != nil {
		g.pool <- nil
		return nil, err
	}
	return instance, nil
}

// give gives an instance back. One that failed is closed: after a trap its memory may be half written.
func (g *generation) give(ctx context.Context, instance *guest, failed bool) {
	instance.batch.reset()
	if failed {
		_ = instance.close(context.WithoutCancel(ctx)) // it is gone either way
		instance = nil
	}
	g.pool <- instance
}

// retire closes all instances, each when it is home.
func (g *generation) retire(ctx context.Context) {
	g.once.Do(func() {
		close(g.retired)
		for range g.size {
			if instance := <-g.pool; instance != nil {
				_ = instance.close(ctx) // nothing depends on it any more
			}
		}
		clear(g.configuration)
	})
}

// current is the generation in force.
type current struct{ atomic.Pointer[generation] }

// take gives an instance of the generation in force, and the generation to give it back to.
func (c *current) take(ctx context.Context) (*generation, *guest, error) {
	for {
		g := c.Load()
		if g == nil {
			return nil, nil, errStopped
		}
		instance, err := g.take(ctx)
		if errors.Is(err, errRetired) {
			continue
		}
		return g, instance, err
	}
}
