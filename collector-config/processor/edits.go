package processor

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

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
	// end is where its content ends in the module's answer.
	end int
	// text is the new text; empty when the field goes.
	text string
	// bits are the new number; zero when the field goes.
	bits uint64
	// bytes is the new id; it lies in the module's memory until the next call.
	bytes  []byte
	target target
}

// traceID is the new id, or zeros when the field goes. Ids of profiles are as long.
func (e edit) traceID() (id pcommon.TraceID) {
	if e.kind == editBytes && len(e.bytes) == len(id) {
		copy(id[:], e.bytes)
	}
	return id
}

// spanID is the new id, or zeros when the field goes.
func (e edit) spanID() (id pcommon.SpanID) {
	if e.kind == editBytes && len(e.bytes) == len(id) {
		copy(id[:], e.bytes)
	}
	return id
}

// number is the new number, or zero when the field goes.
func (e edit) number() int64 {
	if e.kind != editInt {
		return 0
	}
	return int64(e.bits)
}

// float is the new number, or zero when the field goes.
func (e edit) float() float64 {
	if e.kind != editDouble {
		return 0
	}
	return math.Float64frombits(e.bits)
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
		e := edit{kind: kind, target: t}
		switch kind {
		case editInt, editDouble:
			e.bits = binary.LittleEndian.Uint64(rest)
		case editBytes:
			e.bytes = rest[:length]
		}
		rest = rest[length:]
		e.end = len(answer) - len(rest)
		into = append(into, e)
		last = index
	}
	if len(rest) != 0 {
		return nil, errEdits
	}
	takeTexts(answer, into)
	return into, nil
}

// together is how many bytes of new texts are allocated at once: many, because an allocation costs as much as applying an
// edit, and not all, because who keeps one value of a batch keeps those allocated with it.
const together = 2048

// takeTexts copies the texts of edits out of the module's answer, which is good until the next call.
func takeTexts(answer []byte, edits []edit) {
	start, first := 4, 0
	for i := range edits {
		if edits[i].end-start < together && i+1 < len(edits) {
			continue
		}
		texts := string(answer[start:edits[i].end])
		for ; first <= i; first++ {
			e := &edits[first]
			length := e.end - start
			if e.kind == editText {
				// It stands behind eight bytes that say what it is.
				e.text = texts[8:length]
			}
			texts, start = texts[length:], e.end
		}
	}
}

// change is what happens to one member of a container besides its value.
type change struct {
	owner, at int32
	// gone says that the member goes; if not, key is its new key.
	gone bool
	key  string
}

// apply makes all edits: values first, while handles still point to them, then members that go, innermost first. On an error the
// batch is treated in part and must not go on.
func (b *batch) apply(edits []edit, s setter) error {
	changes := b.changes[:0]
	defer func() {
		clear(changes) // new keys must not outlive the batch
		b.changes = changes
	}()
	for len(edits) > 0 {
		e, done := &edits[0], 1
		t := e.target
		switch {
		case t.field == fieldKey:
			changes = append(changes, change{owner: t.owner, at: t.at, key: e.text})
		case e.setsValueOf(t.owner):
			if done = b.containers[t.owner].setValues(edits); done == 0 {
				return errEdits
			}
		case t.field == fieldValue:
			changes = append(changes, change{owner: t.owner, at: t.at, gone: true})
		default:
			s.set(t.field, t.owner, t.at, *e)
		}
		edits = edits[done:]
	}
	// Places in a container ascend as edits do; containers do too, unless one is nested.
	byOwner := func(one, other change) int { return int(one.owner) - int(other.owner) }
	if !slices.IsSortedFunc(changes, byOwner) {
		slices.SortStableFunc(changes, byOwner)
	}
	// What is nested was met after what holds it, and a member that goes may hold others: the last container comes first.
	for rest := changes; len(rest) > 0; {
		first := len(rest) - 1
		for first > 0 && rest[first-1].owner == rest[first].owner {
			first--
		}
		b.containers[rest[first].owner].change(rest[first:])
		rest = rest[:first]
	}
	return nil
}

// setsValueOf tells whether the edit gives a member of a container another value.
func (e *edit) setsValueOf(owner int32) bool {
	return e.target.field == fieldValue && e.target.owner == owner && e.kind != editDrop
}

// setValues makes the first edits, as long as they give members of this container other values, and tells how many they are.
// They ascend by place, so that one way through the container is enough. None if a value is not there any more: whoever changes a
// batch while it is processed must not get it treated in part.
func (c container) setValues(edits []edit) int {
	owner, done := edits[0].target.owner, 0
	at := int32(-1)
	// set does what is due at the next member, and tells whether there is more to do behind it.
	set := func(v pcommon.Value) bool {
		at++
		if edits[done].target.at != at {
			return true
		}
		setValue(v, &edits[done])
		done++
		return done < len(edits) && edits[done].setsValueOf(owner) && edits[done].target.at > at
	}
	if c.isMap {
		for _, value := range c.pairs.All() {
			if !set(value) {
				return done
			}
		}
	} else {
		for _, value := range c.elements.All() {
			if !set(value) {
				return done
			}
		}
	}
	return 0
}

func setValue(v pcommon.Value, e *edit) {
	switch e.kind {
	case editDrop:
		pcommon.NewValueEmpty().CopyTo(v)
	case editText:
		v.SetStr(e.text)
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
