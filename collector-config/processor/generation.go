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
	// free holds a place for each instance that may be taken.
	free chan struct{}
	// mutex guards what is below.
	mutex sync.Mutex
	// idle holds the instances that are not at work. The last one to come is the first to go: it remembers what came before, and
	// the processor's caches hold its memory. The others are needed only when batches overlap.
	idle []*guest
	// made counts the instances that there are.
	made int
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
		free: make(chan struct{}, size), idle: []*guest{first}, made: 1, retired: make(chan struct{}),
	}
	if err := json.Unmarshal(answer, &g.loaded); err != nil {
		return nil, errors.Join(errEdits, first.close(ctx))
	}
	for range size {
		g.free <- struct{}{}
	}
	return g, nil
}

// fill makes the instances that are not there yet, so that no batch waits for it.
func (g *generation) fill(ctx context.Context) {
	for g.wait(ctx) == nil {
		instance, err := g.another(ctx)
		if instance != nil {
			g.mutex.Lock()
			g.idle = append([]*guest{instance}, g.idle...) // behind those that remember something
			g.mutex.Unlock()
		}
		g.free <- struct{}{}
		if instance == nil || err != nil {
			return
		}
	}
}

var errRetired = errors.New("the policy was replaced")

// wait takes one of the places, which must be given back.
func (g *generation) wait(ctx context.Context) error {
	select {
	case <-g.free:
		return nil
	case <-g.retired:
		return errRetired
	case <-ctx.Done():
		return ctx.Err()
	}
}

// another makes one more instance, or none if there are enough.
func (g *generation) another(ctx context.Context) (*guest, error) {
	g.mutex.Lock()
	enough := g.made == cap(g.free)
	if !enough {
		g.made++
	}
	g.mutex.Unlock()
	if enough {
		return nil, nil
	}
	instance, _, err := g.compiled.instantiate(context.WithoutCancel(ctx), g.configuration, g.maxBatch)
	if err != nil {
		g.mutex.Lock()
		g.made--
		g.mutex.Unlock()
		return nil, err
	}
	return instance, nil
}

// take gives an instance that must be given back.
func (g *generation) take(ctx context.Context) (*guest, error) {
	if err := g.wait(ctx); err != nil {
		return nil, err
	}
	if instance := g.pop(); instance != nil {
		return instance, nil
	}
	// There is a place and nobody idle, so there are not enough.
	instance, err := g.another(ctx)
	if err != nil {
		g.free <- struct{}{}
		return nil, err
	}
	return instance, nil
}

func (g *generation) pop() *guest {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	last := len(g.idle) - 1
	if last < 0 {
		return nil
	}
	instance := g.idle[last]
	g.idle = g.idle[:last]
	return instance
}

// give gives an instance back. One that failed is closed: after a trap its memory may be half written.
func (g *generation) give(ctx context.Context, instance *guest, failed bool) {
	instance.batch.reset()
	if failed {
		_ = instance.close(context.WithoutCancel(ctx)) // it is gone either way
	}
	g.mutex.Lock()
	if failed {
		g.made--
	} else {
		g.idle = append(g.idle, instance)
	}
	g.mutex.Unlock()
	g.free <- struct{}{}
}

// retire closes all instances, each when it is home.
func (g *generation) retire(ctx context.Context) {
	g.once.Do(func() {
		close(g.retired)
		for range cap(g.free) {
			<-g.free
		}
		for _, instance := range g.idle {
			_ = instance.close(ctx) // nothing depends on it any more
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
