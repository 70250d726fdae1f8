package processor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"
)

// Fields that every signal has.
const (
	fieldResourceDropped field = fieldFirst + iota
	fieldResourceSchemaURL
	fieldEntitySchemaURL
	fieldEntityType
	fieldEntityIDKey
	fieldEntityDescriptionKey
	fieldScopeName
	fieldScopeVersion
	fieldScopeDropped
	fieldScopeSchemaURL
	fieldRecord
	fieldOfSignal // the first of a signal's own fields
)

// schemaURLs is what holds a schema URL: a signal's list of resources or scopes.
type schemaURLs interface {
	SchemaUrl() string
	SetSchemaUrl(string)
}

// walk holds what edits of resources and scopes go to. A signal's walk embeds it.
type walk struct {
	*batch
	resources   []pcommon.Resource
	scopes      []pcommon.InstrumentationScope
	ofResources []schemaURLs
	ofScopes    []schemaURLs
	// removed are records that go: the list that each stands in, and its place there, ascending.
	removed []removal
	// droppedKeys are names of keys that go from entities, by ascending place.
	droppedKeys []droppedKey
}

type droppedKey struct {
	keys pcommon.StringSlice
	at   int
}

type removal struct {
	list, at int32
}

// removals goes through the lists that lose records; goes tells of one record after the other whether it does.
func (w *walk) removals(each func(list int32, goes func() bool)) {
	w.dropKeys()
	for rest := w.removed; len(rest) > 0; {
		list, at := rest[0].list, int32(-1)
		each(list, func() bool {
			at++
			if len(rest) == 0 || rest[0].list != list || rest[0].at != at {
				return false
			}
			rest = rest[1:]
			return true
		})
		// What was not met is not there: a list that RemoveIf did not go through to its end would be a defect.
		for len(rest) > 0 && rest[0].list == list {
			rest = rest[1:]
		}
	}
}

// resource begins a resource.
func (w *walk) resource(resource pcommon.Resource, of schemaURLs) {
	w.mark(opResource, 0, target{})
	owner := int32(len(w.resources))
	w.resources = append(w.resources, resource)
	w.ofResources = append(w.ofResources, of)
	w.attributesOf(levelResource, resource.Attributes())
	w.number(w.builtIn(levelResource, "dropped_attributes_count"), int64(resource.DroppedAttributesCount()), fieldResourceDropped, owner)
	w.textField(w.builtIn(levelResource, "schema_url"), of.SchemaUrl(), fieldResourceSchemaURL, owner)
	refs := entity.ResourceEntityRefs(resource)
	for i := range refs.Len() {
		ref, at := refs.At(i), int32(i)
		w.textFieldAt(w.builtIn(levelResource, "entity_refs.schema_url"), ref.SchemaUrl(), fieldEntitySchemaURL, owner, at)
		w.textFieldAt(w.builtIn(levelResource, "entity_refs.type"), ref.Type(), fieldEntityType, owner, at)
		w.keyNames(w.builtIn(levelResource, "entity_refs.id_keys"), ref.IdKeys(), fieldEntityIDKey, owner, at)
		w.keyNames(w.builtIn(levelResource, "entity_refs.description_keys"), ref.DescriptionKeys(), fieldEntityDescriptionKey, owner, at)
	}
}

// mostKeyNames bounds how many keys one entity names, so that one number tells entity and key.
const mostKeyNames = 1 << 12

func (w *walk) keyNames(n *name, keys pcommon.StringSlice, f field, owner, at int32) {
	for i := range keys.Len() {
		if i >= mostKeyNames || at >= mostKeyNames {
			w.tooLarge()
			return
		}
		w.textFieldAt(n, keys.At(i), f, owner, at*mostKeyNames+int32(i))
	}
}

// keyName changes one key that an entity names, or takes it out.
func (w *walk) keyName(keys pcommon.StringSlice, at int32, e edit) {
	if e.kind != editDrop {
		keys.SetAt(int(at), e.text)
		return
	}
	w.droppedKeys = append(w.droppedKeys, droppedKey{keys: keys, at: int(at)})
}

// dropKeys takes out what keyName left, the last of each list first, so that places stay what they were.
func (w *walk) dropKeys() {
	for i := len(w.droppedKeys) - 1; i >= 0; i-- {
		dropped, at := w.droppedKeys[i], -1
		dropped.keys.RemoveIf(func(string) bool {
			at++
			return at == dropped.at
		})
	}
}

// scope begins a scope.
func (w *walk) scope(scope pcommon.InstrumentationScope, of schemaURLs) {
	w.mark(opScope, 0, target{})
	owner := int32(len(w.scopes))
	w.scopes = append(w.scopes, scope)
	w.ofScopes = append(w.ofScopes, of)
	w.textField(w.builtIn(levelScope, "name"), scope.Name(), fieldScopeName, owner)
	w.textField(w.builtIn(levelScope, "version"), scope.Version(), fieldScopeVersion, owner)
	w.attributesOf(levelScope, scope.Attributes())
	w.number(w.builtIn(levelScope, "dropped_attributes_count"), int64(scope.DroppedAttributesCount()), fieldScopeDropped, owner)
	w.textField(w.builtIn(levelScope, "schema_url"), of.SchemaUrl(), fieldScopeSchemaURL, owner)
}

// record begins a record: the one at this place of the list with this number.
// Its trace goes along where the policy has tokens that join inside one trace alone.
func (w *walk) record(l level, list, at int, trace pcommon.TraceID) {
	t := target{field: fieldRecord, owner: int32(list), at: int32(at)}
	if !w.guest.traces || trace.IsEmpty() {
		w.mark(opRecord, uint32(l), t)
		return
	}
	w.op(uint32(l), opRecord, len(trace), t)
	w.contents = append(append(w.contents, trace[:]...), 0)
}

// set changes what every signal has; false for a signal's own fields.
func (w *walk) set(f field, owner, at int32, e edit) bool {
	switch f {
	case fieldResourceDropped:
		w.resources[owner].SetDroppedAttributesCount(uint32(e.number()))
	case fieldResourceSchemaURL:
		w.ofResources[owner].SetSchemaUrl(e.text)
	case fieldEntitySchemaURL:
		entity.ResourceEntityRefs(w.resources[owner]).At(int(at)).SetSchemaUrl(e.text)
	case fieldEntityType:
		entity.ResourceEntityRefs(w.resources[owner]).At(int(at)).SetType(e.text)
	case fieldEntityIDKey:
		w.keyName(entity.ResourceEntityRefs(w.resources[owner]).At(int(at/mostKeyNames)).IdKeys(), at%mostKeyNames, e)
	case fieldEntityDescriptionKey:
		w.keyName(entity.ResourceEntityRefs(w.resources[owner]).At(int(at/mostKeyNames)).DescriptionKeys(), at%mostKeyNames, e)
	case fieldScopeName:
		w.scopes[owner].SetName(e.text)
	case fieldScopeVersion:
		w.scopes[owner].SetVersion(e.text)
	case fieldScopeDropped:
		w.scopes[owner].SetDroppedAttributesCount(uint32(e.number()))
	case fieldScopeSchemaURL:
		w.ofScopes[owner].SetSchemaUrl(e.text)
	case fieldRecord:
		w.removed = append(w.removed, removal{list: owner, at: at})
	default:
		return false
	}
	return true
}
