package processor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

const (
	fieldProfileString field = fieldOfSignal + iota
	fieldProfileAttribute
	fieldProfileAttributeKey
	fieldProfilePayloadFormat
	fieldProfilePayload
	fieldProfileTime
	fieldProfileDuration
	fieldProfileID
	fieldProfileTimestamps
	fieldProfileLinkTraceID
	fieldProfileLinkSpanID
)

// profilesWalk shows profiles and takes their edits.
//
// Text of profiles stands in one table that everything else points into, so a text is shown once for each kind of thing
// that points at it, and what one of them takes out is out for all.
type profilesWalk struct {
	walk
	dictionary pprofile.ProfilesDictionary
	profiles   []pprofile.Profile
	samples    []pprofile.Sample
	lists      []pprofile.ProfilesSlice
	// edited are the texts that have been changed, to notice when two rulings differ.
	edited map[int32]string
	// gone are attributes that go with their key.
	gone []int32
	// pointed tells of each text of the table what points at it.
	pointed [][roles]bool
}

// role is what points at a text.
type role uint8

const (
	roleString role = iota
	roleFunctionName
	roleFunctionFile
	roleMappingFile
	roleType
	roleAttributeUnit
	roleAttributeKey
	roles
)

func walkProfiles(b *batch, pd pprofile.Profiles) *profilesWalk {
	w := &profilesWalk{walk: walk{batch: b}, dictionary: pd.Dictionary(), edited: map[int32]string{}}
	format := b.builtIn(levelProfile, "original_payload_format")
	payload := b.builtIn(levelProfile, "original_payload")
	time := b.builtIn(levelProfile, "time")
	duration := b.builtIn(levelProfile, "duration")
	profileID := b.builtIn(levelProfile, "profile_id")
	timestamps := b.builtIn(levelProfile, "sample_timestamps")
	for _, rp := range pd.ResourceProfiles().All() {
		w.resource(rp.Resource(), rp)
		for _, sp := range rp.ScopeProfiles().All() {
			w.scope(sp.Scope(), sp)
			list := len(w.lists)
			w.lists = append(w.lists, sp.Profiles())
			for at, profile := range sp.Profiles().All() {
				w.record(levelProfile, list, at, pcommon.TraceID{})
				owner := int32(len(w.profiles))
				w.profiles = append(w.profiles, profile)
				w.textField(format, profile.OriginalPayloadFormat(), fieldProfilePayloadFormat, owner)
				w.payload(payload, profile.OriginalPayload(), owner)
				w.number(time, int64(profile.Time()), fieldProfileTime, owner)
				w.number(duration, int64(profile.DurationNano()), fieldProfileDuration, owner)
				if profileID.show >= showSend {
					id := profile.ProfileID()
					w.identifier(profileID, id[:], id.IsEmpty(), fieldProfileID, owner)
				}
				if timestamps.show >= showSend {
					for _, sample := range profile.Samples().All() {
						owner := int32(len(w.samples))
						w.samples = append(w.samples, sample)
						w.list(timestamps, sample.TimestampsUnixNano().Len(), fieldProfileTimestamps, owner)
					}
				}
			}
		}
	}
	// The dictionary belongs to no record: it comes last, in a resource of its own.
	w.mark(opResource, 0, target{})
	w.links()
	w.strings()
	w.attributes()
	return w
}

func (w *profilesWalk) payload(n *name, payload pcommon.ByteSlice, owner int32) {
	if payload.Len() == 0 {
		return
	}
	t := target{owner: owner, field: fieldProfilePayload}
	switch {
	case n.show == showGone:
		w.op(n.id, opName, 0, t)
	case n.show == showSend:
		w.bytes(n, payload.AsRaw(), t)
	default:
		w.skipped++
	}
}

func (w *profilesWalk) links() {
	traceID, spanID := w.builtIn(levelProfile, "trace_id"), w.builtIn(levelProfile, "span_id")
	for i, link := range w.dictionary.LinkTable().All() {
		if traceID.show >= showSend {
			id := link.TraceID()
			w.identifier(traceID, id[:], id.IsEmpty(), fieldProfileLinkTraceID, int32(i))
		}
		if spanID.show >= showSend {
			id := link.SpanID()
			w.identifier(spanID, id[:], id.IsEmpty(), fieldProfileLinkSpanID, int32(i))
		}
	}
}

// strings shows each text of the table under every name that points at it, or as a string of its own.
func (w *profilesWalk) strings() {
	d := w.dictionary
	table := d.StringTable()
	w.pointed = make([][roles]bool, table.Len())
	point := func(at int32, r role) {
		if at > 0 && int(at) < len(w.pointed) {
			w.pointed[at][r] = true
		}
	}
	for _, function := range d.FunctionTable().All() {
		point(function.NameStrindex(), roleFunctionName)
		point(function.SystemNameStrindex(), roleFunctionName)
		point(function.FilenameStrindex(), roleFunctionFile)
	}
	for _, mapping := range d.MappingTable().All() {
		point(mapping.FilenameStrindex(), roleMappingFile)
	}
	for _, attribute := range d.AttributeTable().All() {
		point(attribute.KeyStrindex(), roleAttributeKey)
		point(attribute.UnitStrindex(), roleAttributeUnit)
	}
	for _, profile := range w.profiles {
		for _, t := range []pprofile.ValueType{profile.SampleType(), profile.PeriodType()} {
			point(t.TypeStrindex(), roleType)
			point(t.UnitStrindex(), roleType)
		}
	}
	names := [roles]*name{
		roleString:        w.builtIn(levelProfile, "string"),
		roleFunctionName:  w.builtIn(levelProfile, "function.name"),
		roleFunctionFile:  w.builtIn(levelProfile, "function.filename"),
		roleMappingFile:   w.builtIn(levelProfile, "mapping.filename"),
		roleType:          w.builtIn(levelProfile, "value_type"),
		roleAttributeUnit: w.builtIn(levelProfile, "attribute_unit"),
	}
	for at := range table.Len() {
		nothing := true
		for r, is := range w.pointed[at] {
			if !is {
				continue
			}
			nothing = false
			// Keys are shown with their attributes.
			if role(r) != roleAttributeKey {
				w.textField(names[r], table.At(at), fieldProfileString, int32(at))
			}
		}
		if nothing {
			w.textField(names[roleString], table.At(at), fieldProfileString, int32(at))
		}
	}
}

// attributes shows the table of attributes. Places in it are pointed at, so that one which goes is emptied instead.
func (w *profilesWalk) attributes() {
	table := w.dictionary.StringTable()
	for i, attribute := range w.dictionary.AttributeTable().All() {
		key := ""
		if at := int(attribute.KeyStrindex()); at >= 0 && at < table.Len() {
			key = table.At(at)
		}
		known := w.attribute(&w.guest.names.first[levelProfile], levelProfile, key)
		if known.lookAtKey {
			w.keyText(known, key, target{owner: int32(i), field: fieldProfileAttributeKey})
		}
		w.value(known, attribute.Value(), target{owner: int32(i), field: fieldProfileAttribute})
	}
}

func (w *profilesWalk) set(f field, owner, at int32, e edit) {
	if w.walk.set(f, owner, at, e) {
		return
	}
	switch f {
	case fieldProfileString:
		w.setString(owner, e)
	case fieldProfileAttribute:
		if e.kind == editDrop {
			w.gone = append(w.gone, owner)
		} else {
			setValue(w.dictionary.AttributeTable().At(int(owner)).Value(), &e)
		}
	case fieldProfileAttributeKey:
		w.setString(w.dictionary.AttributeTable().At(int(owner)).KeyStrindex(), e)
	case fieldProfilePayloadFormat:
		w.profiles[owner].SetOriginalPayloadFormat(e.text)
	case fieldProfilePayload:
		w.profiles[owner].OriginalPayload().FromRaw([]byte(e.text))
	case fieldProfileTime:
		w.profiles[owner].SetTime(timestamp(e))
	case fieldProfileDuration:
		w.profiles[owner].SetDurationNano(uint64(e.number()))
	case fieldProfileID:
		w.profiles[owner].SetProfileID(pprofile.ProfileID(e.traceID()))
	case fieldProfileTimestamps:
		w.samples[owner].TimestampsUnixNano().FromRaw(nil)
	case fieldProfileLinkTraceID:
		w.dictionary.LinkTable().At(int(owner)).SetTraceID(e.traceID())
	case fieldProfileLinkSpanID:
		w.dictionary.LinkTable().At(int(owner)).SetSpanID(e.spanID())
	}
}

// setString changes a text of the table. When two things that point at it have it changed differently, it goes.
func (w *profilesWalk) setString(at int32, e edit) {
	text := e.text
	if before, ok := w.edited[at]; ok && before != text {
		text = ""
	}
	w.edited[at] = text
	w.dictionary.StringTable().SetAt(int(at), text)
}

func (w *profilesWalk) finish() {
	w.dropAttributes()
	w.dropUnpointed()
	w.removals(func(list int32, goes func() bool) {
		w.lists[list].RemoveIf(func(pprofile.Profile) bool { return goes() })
	})
}

// dropUnpointed empties texts at which nothing points. Attributes of resources and scopes may come as places in the table: their
// texts are read out of it and written into it anew, and what was there stays, whatever became of the attribute.
func (w *profilesWalk) dropUnpointed() {
	for at, by := range w.pointed {
		if by == ([roles]bool{}) {
			w.dictionary.StringTable().SetAt(at, "")
		}
	}
}

// dropAttributes empties attributes that go, and takes the texts of their keys out of the table unless something else that
// stays points at them.
func (w *profilesWalk) dropAttributes() {
	keys := map[int32]bool{}
	for _, at := range w.gone {
		attribute := w.dictionary.AttributeTable().At(int(at))
		keys[attribute.KeyStrindex()] = true
		attribute.SetKeyStrindex(0)
		pcommon.NewValueEmpty().CopyTo(attribute.Value())
	}
	for _, attribute := range w.dictionary.AttributeTable().All() {
		delete(keys, attribute.KeyStrindex())
	}
	for at := range keys {
		if at > 0 && int(at) < len(w.pointed) && w.pointed[at] == ([roles]bool{roleAttributeKey: true}) {
			w.dictionary.StringTable().SetAt(int(at), "")
		}
	}
}
