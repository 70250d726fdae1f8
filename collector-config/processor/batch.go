package processor

import (
	"context"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Kinds of operations, as filter/formats/src/columns has them.
const (
	opText     = 0
	opBytes    = 1
	opInt      = 2
	opDouble   = 3
	opBool     = 4
	opName     = 5
	opKey      = 6
	opArray    = 7
	opMap      = 8
	opClose    = 9
	opResource = 10
	opScope    = 11
	opRecord   = 12
	opPoint    = 13
	opStyle    = 14
)

// maxContent is the length that an operation can tell.
const maxContent = 1<<28 - 1

// target is where the edit of an operation goes. It holds no handle: most operations are never edited, and handles would
// be more than all the rest to write and to collect.
type target struct {
	// owner is an index: of the container that holds the value, or of the owner in the walk's own list.
	owner int32
	// at is the place of the value in its container.
	at int32
	// field tells what the owner's field is; fieldValue for values of containers.
	field field
}

// field is what an edit changes.
type field uint8

const (
	fieldNone  field = iota
	fieldValue       // a value in a container
	fieldKey         // the key of a value in a container
	fieldFirst       // the first of a walk's own fields
)

// container is a map or an array whose members may go.
type container struct {
	pairs    pcommon.Map
	elements pcommon.Slice
	isMap    bool
}

// setter changes the fields that belong to one signal's objects.
type setter interface {
	// set changes a built-in field of the owner with this index.
	set(field field, owner int32, at int32, edit edit)
}

// batch collects one batch's columns and takes the edits back. It is kept by its instance and used again.
type batch struct {
	guest *guest
	// ctx is the batch's own: names are bound while it is walked.
	ctx context.Context
	// operations are eight bytes each, one for each target.
	operations []byte
	contents   []byte
	targets    []target
	containers []container
	changes    []change
	// skipped counts fields that were not sent because they stay.
	skipped int64
	// complete sends what stays and what goes as well, because it tells metric series apart.
	complete bool
	err      error
}

func (b *batch) reset() {
	b.operations = b.operations[:0]
	b.contents = b.contents[:0]
	// The handles must not keep a batch alive that has gone on.
	clear(b.containers)
	b.targets = b.targets[:0]
	b.containers = b.containers[:0]
	b.skipped = 0
	b.complete = false
	b.err = nil
	b.ctx = nil
}

// size is the length of the batch in bytes.
func (b *batch) size() int {
	return 8 + len(b.operations) + len(b.contents)
}

func (b *batch) op(id uint32, kind uint64, length int, t target) {
	if length > maxContent {
		b.tooLarge()
		return
	}
	b.operations = binary.LittleEndian.AppendUint64(b.operations, uint64(id)|kind<<60|uint64(length)<<32)
	b.targets = append(b.targets, t)
}

func (b *batch) tooLarge() {
	if b.err == nil {
		b.err = errTooLarge
	}
}

func (b *batch) mark(kind uint64, id uint32, t target) {
	b.op(id, kind, 0, t)
}

func (b *batch) text(n *name, s string, t target) {
	b.op(n.id, opText, len(s), t)
	if s != "" {
		b.contents = append(append(b.contents, s...), 0)
	}
}

func (b *batch) eight(n *name, kind uint64, bits uint64, t target) {
	b.op(n.id, kind, 8, t)
	b.contents = append(b.contents,
		byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24),
		byte(bits>>32), byte(bits>>40), byte(bits>>48), byte(bits>>56), 0)
}

func (b *batch) bytes(n *name, raw []byte, t target) {
	b.op(n.id, opBytes, len(raw), t)
	if len(raw) > 0 {
		b.contents = append(append(b.contents, raw...), 0)
	}
}

// textField shows a built-in text. An empty one is as good as not there.
func (b *batch) textField(n *name, s string, f field, owner int32) {
	b.textFieldAt(n, s, f, owner, 0)
}

func (b *batch) textFieldAt(n *name, s string, f field, owner, at int32) {
	if s == "" {
		return
	}
	t := target{owner: owner, at: at, field: f}
	switch {
	case n.show == showSend || b.complete:
		b.text(n, s, t)
	case n.show == showGone:
		b.op(n.id, opName, 0, t)
	default:
		b.skipped++
	}
}

// number shows a structural number, which mostly no line rules.
func (b *batch) number(n *name, v int64, f field, owner int32) {
	if n.show >= showSend && v != 0 {
		b.eight(n, opInt, uint64(v), target{owner: owner, field: f})
	}
}

// float shows a structural floating-point number.
func (b *batch) float(n *name, v float64, f field, owner, at int32) {
	if n.show >= showSend {
		b.eight(n, opDouble, math.Float64bits(v), target{owner: owner, at: at, field: f})
	}
}

// identifier shows a trace, span or profile id.
func (b *batch) identifier(n *name, id []byte, empty bool, f field, owner int32) {
	if n.show >= showSend && !empty {
		b.bytes(n, id, target{owner: owner, field: f})
	}
}

// list shows that a list of numbers is there: it stays or goes.
func (b *batch) list(n *name, length int, f field, owner int32) {
	if n.show >= showSend && length > 0 {
		b.op(n.id, opName, 0, target{owner: owner, field: f})
	}
}

// attributesOf shows the attributes of a level.
func (b *batch) attributesOf(l level, m pcommon.Map) {
	if m.Len() == 0 {
		return
	}
	owner := int32(len(b.containers))
	b.containers = append(b.containers, container{pairs: m, isMap: true})
	before := &b.guest.names.first[l]
	at := int32(0)
	for key, value := range m.All() {
		known := b.attribute(before, l, key)
		before = known
		if known.lookAtKey {
			b.key(known, key, owner, at)
		}
		// Text that the module is to see is nearly all there is.
		if known.show == showSend && value.Type() == pcommon.ValueTypeStr {
			b.text(known, value.Str(), target{owner: owner, at: at, field: fieldValue})
		} else {
			b.value(known, value, target{owner: owner, at: at, field: fieldValue})
		}
		at++
	}
}

func (b *batch) key(known *name, key string, owner, at int32) {
	b.keyText(known, key, target{owner: owner, at: at, field: fieldKey})
}

func (b *batch) keyText(known *name, key string, t target) {
	b.op(known.id, opKey, len(key), t)
	if key != "" {
		b.contents = append(append(b.contents, key...), 0)
	}
}

// value shows a value, and what is in it.
func (b *batch) value(known *name, value pcommon.Value, t target) {
	// What goes is sent all the same where it tells metric series apart: they may become alike without it.
	if known.show == showGone && !b.complete {
		b.op(known.id, opName, 0, t)
		return
	}
	kind := value.Type()
	if known.show < showSend && !b.complete && b.stays(known, kind, value) {
		b.skipped++
		return
	}
	switch kind {
	case pcommon.ValueTypeStr:
		b.text(known, value.Str(), t)
	case pcommon.ValueTypeInt:
		b.eight(known, opInt, uint64(value.Int()), t)
	case pcommon.ValueTypeDouble:
		b.eight(known, opDouble, math.Float64bits(value.Double()), t)
	case pcommon.ValueTypeBool:
		b.op(known.id, opBool, 1, t)
		truth := byte(0)
		if value.Bool() {
			truth = 1
		}
		b.contents = append(b.contents, truth, 0)
	case pcommon.ValueTypeBytes:
		b.bytes(known, value.Bytes().AsRaw(), t)
	case pcommon.ValueTypeMap:
		b.mapValue(known, value.Map(), t)
	case pcommon.ValueTypeSlice:
		b.sliceValue(known, value.Slice(), t)
	default:
		// An empty value may still point into a table that only profiles have: nobody can say at what.
		pcommon.NewValueEmpty().CopyTo(value)
		b.op(known.id, opName, 0, t)
	}
}

// stays tells whether a value that its ruling keeps need not be looked at.
func (b *batch) stays(known *name, kind pcommon.ValueType, value pcommon.Value) bool {
	if known.show == showSkip {
		return true
	}
	switch kind {
	case pcommon.ValueTypeStr:
		return utf8.ValidString(value.Str())
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice, pcommon.ValueTypeEmpty:
		return false
	default:
		return true
	}
}

func (b *batch) mapValue(known *name, m pcommon.Map, t target) {
	owner := int32(len(b.containers))
	b.containers = append(b.containers, container{pairs: m, isMap: true})
	b.op(known.id, opMap, 0, t)
	at := int32(0)
	for key, value := range m.All() {
		within := b.member(known, key)
		if within.lookAtKey {
			b.key(within, key, owner, at)
		}
		b.value(within, value, target{owner: owner, at: at, field: fieldValue})
		at++
	}
	b.op(0, opClose, 0, target{})
}

func (b *batch) sliceValue(known *name, s pcommon.Slice, t target) {
	owner := int32(len(b.containers))
	b.containers = append(b.containers, container{elements: s})
	b.op(known.id, opArray, 0, t)
	for i := range s.Len() {
		value := s.At(i)
		b.value(known, value, target{owner: owner, at: int32(i), field: fieldValue})
	}
	b.op(0, opClose, 0, target{})
}
