package processor

import (
	"strings"
)

// level is a level of the telemetry tree, by its number in the module.
type level uint8

const (
	levelResource level = iota
	levelScope
	levelSpan
	levelEvent
	levelLink
	levelLog
	levelMetric
	levelPoint
	levelExemplar
	levelProfile
	levels
)

// show says what is done with the values under a name.
type show uint8

const (
	showSkip      show = iota // they stay, whatever they hold
	showSkipPlain             // they stay where they are numbers, truth values or valid text
	showSend                  // the module decides
	showGone                  // they go: only the name is sent
)

// name is a name that the module has ruled on.
type name struct {
	id        uint32
	show      show
	lookAtKey bool
	// key is the attribute key or built-in field that it stands for.
	key string
	// next is what followed upon this name the last time: telemetry repeats its keys in the same order.
	next *name
	// members are the names inside a map under this name, made when first needed.
	members map[string]*name
}

// Kinds of places, as the module's bind call numbers them.
const (
	placeAttribute = 0
	placeBuiltIn   = 1
	placeMember    = 2
)

// names are the verdicts that one instance has given. They belong to one policy and one generation of names in it.
type names struct {
	generation uint32
	attributes [levels]map[string]*name
	// first is what the keys of each level begin with, so that the first key has something to follow upon.
	first    [levels]name
	builtIns [levels]map[string]*name
}

func (n *names) forget(generation uint32) {
	*n = names{generation: generation}
	for i := range n.attributes {
		n.attributes[i] = map[string]*name{}
		n.builtIns[i] = map[string]*name{}
	}
}

// attribute is the name of an attribute that stands behind the one called before.
func (b *batch) attribute(before *name, l level, key string) *name {
	if next := before.next; next != nil && next.key == key {
		return next
	}
	table := b.guest.names.attributes[l]
	known, ok := table[key]
	if !ok {
		var lasting bool
		known, lasting = b.bind(0, uint32(l)<<8|placeAttribute, key)
		if !lasting {
			return known
		}
		table[known.key] = known
	}
	before.next = known
	return known
}

// member is the name of a member of the map under another name.
func (b *batch) member(within *name, key string) *name {
	if known, ok := within.members[key]; ok {
		return known
	}
	known, lasting := b.bind(within.id, placeMember, key)
	if lasting {
		if within.members == nil {
			within.members = map[string]*name{}
		}
		within.members[known.key] = known
	}
	return known
}

// builtIn is the name of a built-in field.
func (b *batch) builtIn(l level, field string) *name {
	table := b.guest.names.builtIns[l]
	known, ok := table[field]
	if !ok {
		var lasting bool
		known, lasting = b.bind(0, uint32(l)<<8|placeBuiltIn, field)
		if lasting {
			table[field] = known
		}
	}
	return known
}

// bind asks the module. A failed call fails the batch, once its walk is done; until then the value counts as gone.
func (b *batch) bind(parent, place uint32, key string) (*name, bool) {
	// The key must not keep alive the batch that it came with.
	known := &name{show: showGone, key: strings.Clone(key)}
	if b.err != nil {
		return known, false
	}
	packed, err := b.guest.bind(parent, place, key)
	if err != nil {
		b.err = err
		return known, false
	}
	flags := packed >> 32
	known.id = uint32(packed)
	known.show = show(flags & 3)
	known.lookAtKey = flags&4 != 0
	return known, flags&8 != 0
}
