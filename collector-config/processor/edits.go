package processor

import (
	"encoding/binary"
	"errors"
	"math"
	"sort"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// Kinds of edits, as filter/formats/src/columns has them.
const (
	editText   = 0
	editBytes  = 1
	editInt    = 2
	editDouble = 3
	editDrop   = 5
)

// edit is what becomes of the field that an operation showed.
type edit struct {
	// kind is one of the edit constants.
	kind uint8
	// content lies in the module's memory until the next call.
	content []byte
	target  target
}

func (e edit) text() string {
	if e.kind != editText {
		return ""
	}
	return string(e.content)
}

// traceID is the new id, or zeros when the field goes. Ids of profiles are as long.
func (e edit) traceID() (id pcommon.TraceID) {
	if e.kind == editBytes && len(e.content) == len(id) {
		copy(id[:], e.content)
	}
	return id
}

// spanID is the new id, or zeros when the field goes.
func (e edit) spanID() (id pcommon.SpanID) {
	if e.kind == editBytes && len(e.content) == len(id) {
		copy(id[:], e.content)
	}
	return id
}

// number is the new number, or zero when the field goes.
func (e edit) number() int64 {
	if e.kind != editInt {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(e.content))
}

// float is the new number, or zero when the field goes.
func (e edit) float() float64 {
	if e.kind != editDouble {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(e.content))
}

var errEdits = errors.New("the module's edits are not as its interface says")

// readEdits checks the whole list before anything is applied: indices ascend and exist, lengths are right.
func (b *batch) readEdits(answer []byte, into []edit) ([]edit, error) {
	if len(answer) < 4 {
		return nil, errEdits
	}
	count := binary.LittleEndian.Uint32(answer)
	rest := answer[4:]
	if uint64(count)*8 > uint64(len(rest)) {
		return nil, errEdits
	}
	last := int64(-1)
	for range count {
		if len(rest) < 8 {
			return nil, errEdits
		}
		index := int64(binary.LittleEndian.Uint32(rest))
		head := binary.LittleEndian.Uint32(rest[4:])
		length := int(head & maxContent)
		kind := uint8(head >> 28)
		rest = rest[8:]
		if length > len(rest) || index <= last || index >= int64(len(b.targets)) {
			return nil, errEdits
		}
		switch {
		case (kind == editInt || kind == editDouble) && length == 8:
		case kind == editBytes && (length == len(pcommon.TraceID{}) || length == len(pcommon.SpanID{})):
		case kind == editDrop && length == 0:
		case kind == editText:
		default:
			return nil, errEdits
		}
		t := b.targets[index]
		if t.field == fieldNone {
			return nil, errEdits
		}
		into = append(into, edit{kind: kind, content: rest[:length], target: t})
		rest = rest[length:]
		last = index
	}
	if len(rest) != 0 {
		return nil, errEdits
	}
	return into, nil
}

// change is what happens to one member of a container besides its value.
type change struct {
	owner, at int32
	// gone says that the member goes; if not, key is its new key.
	gone bool
	key  string
}

// apply makes all edits: values first, while handles still point to them, then members that go, innermost first.
func (b *batch) apply(edits []edit, s setter) {
	var changes []change
	for _, e := range edits {
		t := e.target
		switch {
		case t.field == fieldKey:
			changes = append(changes, change{owner: t.owner, at: t.at, key: e.text()})
		case t.field == fieldValue && e.kind == editDrop:
			changes = append(changes, change{owner: t.owner, at: t.at, gone: true})
		case t.field == fieldValue:
			setValue(b.valueAt(t), e)
		default:
			s.set(t.field, t.owner, t.at, e)
		}
	}
	if len(changes) == 0 {
		return
	}
	// What is nested was met after what holds it, and a member that goes may hold others.
	sort.SliceStable(changes, func(i, j int) bool {
		if changes[i].owner != changes[j].owner {
			return changes[i].owner > changes[j].owner
		}
		return changes[i].at < changes[j].at
	})
	for len(changes) > 0 {
		same := 1
		for same < len(changes) && changes[same].owner == changes[0].owner {
			same++
		}
		b.containers[changes[0].owner].change(changes[:same])
		changes = changes[same:]
	}
}

// valueAt is the value that a target names.
func (b *batch) valueAt(t target) pcommon.Value {
	if b.membersOf != t.owner {
		b.members, b.membersOf = b.members[:0], t.owner
		c := b.containers[t.owner]
		if c.isMap {
			for _, value := range c.pairs.All() {
				b.members = append(b.members, value)
			}
		} else {
			for _, value := range c.elements.All() {
				b.members = append(b.members, value)
			}
		}
	}
	return b.members[t.at]
}

func setValue(v pcommon.Value, e edit) {
	switch e.kind {
	case editDrop:
		pcommon.NewValueEmpty().CopyTo(v)
	case editText:
		v.SetStr(string(e.content))
	case editInt:
		v.SetInt(e.number())
	case editDouble:
		v.SetDouble(e.float())
	}
}

// change takes out and renames members. Changes ascend by place; one place may have a new key and go.
func (c container) change(changes []change) {
	at := int32(-1)
	// next gives what happens to the next member.
	next := func() (gone bool, key *string) {
		at++
		for len(changes) > 0 && changes[0].at == at {
			if changes[0].gone {
				gone = true
			} else {
				key = &changes[0].key
			}
			changes = changes[1:]
		}
		return gone, key
	}
	if !c.isMap {
		c.elements.RemoveIf(func(pcommon.Value) bool {
			gone, _ := next()
			return gone
		})
		return
	}
	renames := false
	for _, change := range changes {
		renames = renames || !change.gone
	}
	if !renames {
		c.pairs.RemoveIf(func(string, pcommon.Value) bool {
			gone, _ := next()
			return gone
		})
		return
	}
	// A map cannot rename. Keys that became alike stay side by side, as they do in OTLP.
	var rebuilt xpdata.MapBuilder
	rebuilt.EnsureCapacity(c.pairs.Len())
	for key, value := range c.pairs.All() {
		gone, renamed := next()
		if gone {
			continue
		}
		if renamed != nil {
			key = *renamed
		}
		value.MoveTo(rebuilt.AppendEmpty(key))
	}
	rebuilt.UnsafeIntoMap(c.pairs)
}
