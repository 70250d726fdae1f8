package processor

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	collectorlogs "go.opentelemetry.io/proto/slim/otlp/collector/logs/v1"
	collectormetrics "go.opentelemetry.io/proto/slim/otlp/collector/metrics/v1"
	collectorprofiles "go.opentelemetry.io/proto/slim/otlp/collector/profiles/v1development"
	collectortraces "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// requests are the published messages, by signal. What a payload can hold is read off them, so that a field that OTLP gains
// is in these tests without a line of them changing.
var requests = map[string]proto.Message{
	"logs":     &collectorlogs.ExportLogsServiceRequest{},
	"traces":   &collectortraces.ExportTraceServiceRequest{},
	"metrics":  &collectormetrics.ExportMetricsServiceRequest{},
	"profiles": &collectorprofiles.ExportProfilesServiceRequest{},
}

// planter makes one payload that holds a canary in every leaf, and remembers where it planted which.
type planter struct {
	// canary is a canary by its number.
	canary func(int) string
	// key is the key of every attribute; empty for a canary as the key.
	key string
	// indices says that texts may stand in a table, as those of profiles do.
	indices bool
	// table is how many texts the table holds so far, the empty one included.
	table   int
	planted []planted
}

type planted struct{ canary, field string }

func (p *planter) plant(field protoreflect.FieldDescriptor) string {
	canary := p.canary(len(p.planted))
	p.planted = append(p.planted, planted{canary, string(field.FullName())})
	return canary
}

// tableTexts is how many texts the table of a payload holds: more than there are places that point into it.
const tableTexts = 200

// nestedValues is how deep values hold values, before only leaves are filled.
const nestedValues = 2

type choice struct {
	field protoreflect.FieldDescriptor
	value protoreflect.Value
}

// messages gives one message for each variant that can stand in one place, every other field filled.
func (p *planter) messages(of protoreflect.Message, nested int) []protoreflect.Message {
	descriptor := of.Descriptor()
	isValue := descriptor.Name() == "AnyValue"
	if isValue {
		nested++
	}
	var columns [][]choice
	column := func(fields []protoreflect.FieldDescriptor) {
		var choices []choice
		for _, field := range fields {
			for _, value := range p.values(of, field, nested) {
				choices = append(choices, choice{field, value})
			}
		}
		if len(choices) > 0 {
			columns = append(columns, choices)
		}
	}
	wanted := func(field protoreflect.FieldDescriptor) bool {
		return p.indices || !isIndex(field)
	}
	for i := range descriptor.Fields().Len() {
		field := descriptor.Fields().Get(i)
		if wanted(field) && (field.ContainingOneof() == nil || field.ContainingOneof().IsSynthetic()) {
			column([]protoreflect.FieldDescriptor{field})
		}
	}
	for i := range descriptor.Oneofs().Len() {
		oneof := descriptor.Oneofs().Get(i)
		if oneof.IsSynthetic() {
			continue
		}
		var fields []protoreflect.FieldDescriptor
		for j := range oneof.Fields().Len() {
			field := oneof.Fields().Get(j)
			if wanted(field) && !(isValue && nested > nestedValues && field.Message() != nil) {
				fields = append(fields, field)
			}
		}
		column(fields)
	}
	count := 1
	for _, choices := range columns {
		count = max(count, len(choices))
	}
	var messages []protoreflect.Message
	for row := range count {
		message := of.New()
		for _, choices := range columns {
			set := choices[row%len(choices)]
			message.Set(set.field, set.value)
		}
		messages = append(messages, message)
	}
	return messages
}

// isIndex tells a field that only profiles use: a place in a table of texts.
func isIndex(field protoreflect.FieldDescriptor) bool {
	return bytes.HasSuffix([]byte(field.Name()), []byte("_strindex"))
}

// values are what can stand in a field: a list of all for a repeated one.
func (p *planter) values(in protoreflect.Message, field protoreflect.FieldDescriptor, nested int) []protoreflect.Value {
	var values []protoreflect.Value
	if field.Message() != nil {
		var inner protoreflect.Message
		if field.IsList() {
			inner = in.NewField(field).List().NewElement().Message()
		} else {
			inner = in.NewField(field).Message()
		}
		for _, message := range p.messages(inner, nested) {
			values = append(values, protoreflect.ValueOfMessage(message))
		}
	} else {
		values = p.leaves(field)
	}
	if !field.IsList() {
		return values
	}
	list := in.NewField(field)
	for _, value := range values {
		list.List().Append(value)
	}
	return []protoreflect.Value{list}
}

func (p *planter) leaves(field protoreflect.FieldDescriptor) []protoreflect.Value {
	one := protoreflect.ValueOf
	switch field.Kind() {
	case protoreflect.StringKind:
		switch {
		case field.Name() == "string_table":
			// The first text of a table is empty, by its specification.
			texts := []protoreflect.Value{one("")}
			for range tableTexts {
				texts = append(texts, one(p.plant(field)))
			}
			return texts
		case field.FullName() == "opentelemetry.proto.common.v1.KeyValue.key" && p.key != "":
			return []protoreflect.Value{one(p.key)}
		}
		return []protoreflect.Value{one(p.plant(field))}
	case protoreflect.BytesKind:
		switch field.Name() {
		case "trace_id", "profile_id":
			return []protoreflect.Value{one(bytes.Repeat([]byte{7}, 16))}
		case "span_id", "parent_span_id":
			return []protoreflect.Value{one(bytes.Repeat([]byte{8}, 8))}
		}
		return []protoreflect.Value{one([]byte(p.plant(field)))}
	case protoreflect.EnumKind:
		return []protoreflect.Value{one(protoreflect.EnumNumber(1))}
	case protoreflect.BoolKind:
		return []protoreflect.Value{one(true)}
	case protoreflect.DoubleKind:
		return []protoreflect.Value{one(1.5)}
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		if isIndex(field) {
			// Each place that points into the table points at a text of its own.
			p.table++
			return []protoreflect.Value{one(int32(1 + p.table%tableTexts))}
		}
		// Small enough to be a place in every other table, too.
		return []protoreflect.Value{one(int32(0))}
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return []protoreflect.Value{one(int64(3))}
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return []protoreflect.Value{one(uint32(3))}
	default:
		return []protoreflect.Value{one(uint64(3))}
	}
}

// everything is a payload with a canary in every leaf, and what was planted.
func everything(t *testing.T, signal string, canary func(int) string, key string) ([]byte, []planted) {
	p := &planter{canary: canary, key: key, indices: signal == "profiles"}
	message := p.messages(requests[signal].ProtoReflect(), 0)[0]
	payload, err := proto.Marshal(message.Interface())
	require.NoError(t, err)
	return payload, p.planted
}

// survivors are the fields whose canary is in some bytes.
func survivors(output []byte, all []planted) []string {
	var fields []string
	for _, one := range all {
		if bytes.Contains(output, []byte(one.canary)) && !slices.Contains(fields, one.field) {
			fields = append(fields, one.field)
		}
	}
	slices.Sort(fields)
	return fields
}

// textFields are all text and bytes fields that a request can hold, but for ids.
func textFields(of protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool, into map[string]bool) {
	if seen[of.FullName()] {
		return
	}
	seen[of.FullName()] = true
	for i := range of.Fields().Len() {
		field := of.Fields().Get(i)
		text := field.Kind() == protoreflect.StringKind || field.Kind() == protoreflect.BytesKind
		switch {
		case field.Message() != nil:
			textFields(field.Message(), seen, into)
		case text && !bytes.HasSuffix([]byte(field.Name()), []byte("_id")):
			into[string(field.FullName())] = true
		}
	}
}

// Pools are small, so that keys meet twice, points collide and tokens repeat.
var (
	someKeys = []string{
		"user.id", "user.email", "error.type", "http.request.method", "client.address", "host.name", "shop.note", "password",
		"note", "map.inner", "a", "", "weird key/with.dots", "ann@example.org", "badUTF8", "k\u00f6nig", "card.number",
	}
	someTexts = []string{
		"", "GET", "checkout", "ann@example.org", "no mailbox for ann@example.org", "4111 1111 1111 1111", "203.0.113.7",
		"token=Winter-2026!", "badUTF8 of ann@example.org", "user u-1001", `{"email": "bob@example.org"}`, "k\u00f6nig",
		"https://shop.example.org/?email=ann@example.org", "AKIAIOSFODNN7EXAMPLE", "vendor=ann@example.org,congo=t61rcWkgMzE",
		"02c1ab33-4f0e-4ca2-a4fb-1e2f3a4b5c6d",
	}
	someInts    = []int64{0, 1, 3, -7, 4111111111111111, 1_700_000_000_123_456_789}
	someDoubles = []float64{0, 1.5, -2.25, 4111111111111111, 1e300}
)

// random fills published messages at random.
type random struct{ *rand.Rand }

func pick[T any](r random, from []T) T { return from[r.IntN(len(from))] }

// payload is a payload of a signal in which anything may stand anywhere.
func (r random) payload(t *testing.T, signal string) []byte {
	message := requests[signal].ProtoReflect().New()
	r.fill(message, 0, 0)
	payload, err := proto.Marshal(message.Interface())
	require.NoError(t, err)
	// Text that is not UTF-8 can only be made beside the published messages.
	return bytes.ReplaceAll(payload, []byte("badUTF8"), []byte("bad\xff\xfeF8"))
}

func (r random) fill(message protoreflect.Message, depth, values int) {
	descriptor := message.Descriptor()
	if descriptor.Name() == "AnyValue" {
		values++
	}
	for i := range descriptor.Oneofs().Len() {
		oneof := descriptor.Oneofs().Get(i)
		if field := oneof.Fields().Get(r.IntN(oneof.Fields().Len())); !oneof.IsSynthetic() && r.IntN(12) > 0 {
			r.set(message, field, depth, values)
		}
	}
	for i := range descriptor.Fields().Len() {
		field := descriptor.Fields().Get(i)
		inOneof := field.ContainingOneof() != nil && !field.ContainingOneof().IsSynthetic()
		// What holds records is nearly always there, or most payloads would hold none.
		often := depth < 4 && field.Message() != nil
		if !inOneof && (r.IntN(3) > 0 || often) {
			r.set(message, field, depth, values)
		}
	}
}

func (r random) set(message protoreflect.Message, field protoreflect.FieldDescriptor, depth, values int) {
	if isIndex(field) || values > 4 && field.Message() != nil {
		return
	}
	if !field.IsList() {
		value := message.NewField(field)
		if field.Message() == nil {
			value = r.leaf(field)
		} else {
			r.fill(value.Message(), depth+1, values)
		}
		message.Set(field, value)
		return
	}
	list := message.NewField(field).List()
	for range 1 + r.IntN(3) {
		if field.Message() == nil {
			list.Append(r.leaf(field))
			continue
		}
		element := list.NewElement()
		r.fill(element.Message(), depth+1, values)
		list.Append(element)
	}
	message.Set(field, protoreflect.ValueOfList(list))
}

func (r random) leaf(field protoreflect.FieldDescriptor) protoreflect.Value {
	one := protoreflect.ValueOf
	switch field.Kind() {
	case protoreflect.StringKind:
		if field.Name() == "key" {
			return one(pick(r, someKeys))
		}
		return one(pick(r, someTexts))
	case protoreflect.BytesKind:
		switch field.Name() {
		case "trace_id":
			return one(bytes.Repeat([]byte{byte(r.IntN(3))}, 16))
		case "span_id", "parent_span_id":
			return one(bytes.Repeat([]byte{byte(r.IntN(3))}, 8))
		}
		return one([]byte(pick(r, append(someTexts, "\x00\xff\xfe"))))
	case protoreflect.EnumKind:
		return one(protoreflect.EnumNumber(r.IntN(field.Enum().Values().Len())))
	case protoreflect.BoolKind:
		return one(r.IntN(2) == 0)
	case protoreflect.DoubleKind:
		return one(pick(r, someDoubles))
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return one(int32(r.IntN(4)))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return one(pick(r, someInts))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return one(uint32(r.IntN(4)))
	default:
		return one(uint64(pick(r, []int64{0, 1, 5, 1_700_000_000_000_000_000, 1_700_000_000_123_456_789})))
	}
}

// said is a payload in one way of writing it: its attributes sorted.
func said(t *testing.T, signal string, payload []byte) string {
	message := requests[signal].ProtoReflect().New()
	// The published messages do not read text that is not UTF-8, which stays where everything does.
	payload = bytes.ReplaceAll(payload, []byte("\xff\xfe"), []byte("??"))
	require.NoError(t, proto.Unmarshal(payload, message.Interface()))
	return fmt.Sprint(written(message))
}

func written(message protoreflect.Message) string {
	var fields []string
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		var parts []string
		switch {
		case field.IsList():
			for i := range value.List().Len() {
				parts = append(parts, leafOrMessage(field, value.List().Get(i)))
			}
			if field.Message() != nil && field.Message().Name() == "KeyValue" {
				slices.Sort(parts)
			}
		default:
			parts = append(parts, leafOrMessage(field, value))
		}
		fields = append(fields, fmt.Sprintf("%s:%s", field.Name(), parts))
		return true
	})
	slices.Sort(fields)
	return fmt.Sprint(fields)
}

func leafOrMessage(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	if field.Message() != nil {
		return written(value.Message())
	}
	return fmt.Sprintf("%q", fmt.Sprint(value.Interface()))
}
