package processor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const (
	fieldSpanTraceID field = fieldOfSignal + iota
	fieldSpanID
	fieldSpanParentID
	fieldSpanTraceState
	fieldSpanName
	fieldSpanKind
	fieldSpanStart
	fieldSpanEnd
	fieldSpanDroppedAttributes
	fieldSpanDroppedEvents
	fieldSpanDroppedLinks
	fieldSpanStatusMessage
	fieldSpanStatusCode
	fieldSpanFlags
	fieldEventTime
	fieldEventName
	fieldEventDropped
	fieldLinkTraceID
	fieldLinkSpanID
	fieldLinkTraceState
	fieldLinkDropped
	fieldLinkFlags
)

func timestamp(e edit) pcommon.Timestamp {
	return pcommon.Timestamp(uint64(e.number()))
}

// tracesWalk shows traces and takes their edits.
type tracesWalk struct {
	walk
	spans  []ptrace.Span
	events []ptrace.SpanEvent
	links  []ptrace.SpanLink
	lists  []ptrace.SpanSlice
	names  spanNames
}

type spanNames struct {
	traceID, spanID, parentID, traceState, name, kind, start, end   *name
	droppedAttributes, droppedEvents, droppedLinks, message, status *name
	flags, eventTime, eventName, eventDropped                       *name
	linkTraceID, linkSpanID, linkTraceState, linkDropped, linkFlags *name
}

func walkTraces(b *batch, td ptrace.Traces) *tracesWalk {
	w := &tracesWalk{walk: walk{batch: b}}
	w.spans = make([]ptrace.Span, 0, td.SpanCount())
	w.names = spanNames{
		traceID:           b.builtIn(levelSpan, "trace_id"),
		spanID:            b.builtIn(levelSpan, "span_id"),
		parentID:          b.builtIn(levelSpan, "parent_span_id"),
		traceState:        b.builtIn(levelSpan, "trace_state"),
		name:              b.builtIn(levelSpan, "name"),
		kind:              b.builtIn(levelSpan, "kind"),
		start:             b.builtIn(levelSpan, "start_time"),
		end:               b.builtIn(levelSpan, "end_time"),
		droppedAttributes: b.builtIn(levelSpan, "dropped_attributes_count"),
		droppedEvents:     b.builtIn(levelSpan, "dropped_events_count"),
		droppedLinks:      b.builtIn(levelSpan, "dropped_links_count"),
		message:           b.builtIn(levelSpan, "status.message"),
		status:            b.builtIn(levelSpan, "status.code"),
		flags:             b.builtIn(levelSpan, "flags"),
		eventTime:         b.builtIn(levelEvent, "time"),
		eventName:         b.builtIn(levelEvent, "name"),
		eventDropped:      b.builtIn(levelEvent, "dropped_attributes_count"),
		linkTraceID:       b.builtIn(levelLink, "trace_id"),
		linkSpanID:        b.builtIn(levelLink, "span_id"),
		linkTraceState:    b.builtIn(levelLink, "trace_state"),
		linkDropped:       b.builtIn(levelLink, "dropped_attributes_count"),
		linkFlags:         b.builtIn(levelLink, "flags"),
	}
	for _, rs := range td.ResourceSpans().All() {
		w.resource(rs.Resource(), rs)
		for _, ss := range rs.ScopeSpans().All() {
			w.scope(ss.Scope(), ss)
			list := len(w.lists)
			w.lists = append(w.lists, ss.Spans())
			for at, span := range ss.Spans().All() {
				w.record(levelSpan, list, at, span.TraceID())
				w.span(span)
			}
		}
	}
	return w
}

func (w *tracesWalk) span(span ptrace.Span) {
	owner, n := int32(len(w.spans)), &w.names
	w.spans = append(w.spans, span)
	if n.traceID.show >= showSend {
		id := span.TraceID()
		w.identifier(n.traceID, id[:], id.IsEmpty(), fieldSpanTraceID, owner)
	}
	if n.spanID.show >= showSend {
		id := span.SpanID()
		w.identifier(n.spanID, id[:], id.IsEmpty(), fieldSpanID, owner)
	}
	if n.parentID.show >= showSend {
		id := span.ParentSpanID()
		w.identifier(n.parentID, id[:], id.IsEmpty(), fieldSpanParentID, owner)
	}
	w.textField(n.traceState, span.TraceState().AsRaw(), fieldSpanTraceState, owner)
	w.textField(n.name, span.Name(), fieldSpanName, owner)
	w.number(n.kind, int64(span.Kind()), fieldSpanKind, owner)
	w.number(n.start, int64(span.StartTimestamp()), fieldSpanStart, owner)
	w.number(n.end, int64(span.EndTimestamp()), fieldSpanEnd, owner)
	w.attributesOf(levelSpan, span.Attributes())
	w.number(n.droppedAttributes, int64(span.DroppedAttributesCount()), fieldSpanDroppedAttributes, owner)
	w.number(n.droppedEvents, int64(span.DroppedEventsCount()), fieldSpanDroppedEvents, owner)
	w.number(n.droppedLinks, int64(span.DroppedLinksCount()), fieldSpanDroppedLinks, owner)
	w.textField(n.message, span.Status().Message(), fieldSpanStatusMessage, owner)
	w.number(n.status, int64(span.Status().Code()), fieldSpanStatusCode, owner)
	w.number(n.flags, int64(span.Flags()), fieldSpanFlags, owner)
	for _, event := range span.Events().All() {
		owner := int32(len(w.events))
		w.events = append(w.events, event)
		w.number(n.eventTime, int64(event.Timestamp()), fieldEventTime, owner)
		w.textField(n.eventName, event.Name(), fieldEventName, owner)
		w.attributesOf(levelEvent, event.Attributes())
		w.number(n.eventDropped, int64(event.DroppedAttributesCount()), fieldEventDropped, owner)
	}
	for _, link := range span.Links().All() {
		owner := int32(len(w.links))
		w.links = append(w.links, link)
		if n.linkTraceID.show >= showSend {
			id := link.TraceID()
			w.identifier(n.linkTraceID, id[:], id.IsEmpty(), fieldLinkTraceID, owner)
		}
		if n.linkSpanID.show >= showSend {
			id := link.SpanID()
			w.identifier(n.linkSpanID, id[:], id.IsEmpty(), fieldLinkSpanID, owner)
		}
		w.textField(n.linkTraceState, link.TraceState().AsRaw(), fieldLinkTraceState, owner)
		w.attributesOf(levelLink, link.Attributes())
		w.number(n.linkDropped, int64(link.DroppedAttributesCount()), fieldLinkDropped, owner)
		w.number(n.linkFlags, int64(link.Flags()), fieldLinkFlags, owner)
	}
}

func (w *tracesWalk) set(f field, owner, at int32, e edit) {
	if w.walk.set(f, owner, at, e) {
		return
	}
	switch f {
	case fieldEventTime:
		w.events[owner].SetTimestamp(timestamp(e))
	case fieldEventName:
		w.events[owner].SetName(e.text)
	case fieldEventDropped:
		w.events[owner].SetDroppedAttributesCount(uint32(e.number()))
	case fieldLinkTraceID:
		w.links[owner].SetTraceID(e.traceID())
	case fieldLinkSpanID:
		w.links[owner].SetSpanID(e.spanID())
	case fieldLinkTraceState:
		w.links[owner].TraceState().FromRaw(e.text)
	case fieldLinkDropped:
		w.links[owner].SetDroppedAttributesCount(uint32(e.number()))
	case fieldLinkFlags:
		w.links[owner].SetFlags(uint32(e.number()))
	default:
		setSpan(w.spans[owner], f, e)
	}
}

func setSpan(span ptrace.Span, f field, e edit) {
	switch f {
	case fieldSpanTraceID:
		span.SetTraceID(e.traceID())
	case fieldSpanID:
		span.SetSpanID(e.spanID())
	case fieldSpanParentID:
		span.SetParentSpanID(e.spanID())
	case fieldSpanTraceState:
		span.TraceState().FromRaw(e.text)
	case fieldSpanName:
		span.SetName(e.text)
	case fieldSpanKind:
		span.SetKind(ptrace.SpanKind(e.number()))
	case fieldSpanStart:
		span.SetStartTimestamp(timestamp(e))
	case fieldSpanEnd:
		span.SetEndTimestamp(timestamp(e))
	case fieldSpanDroppedAttributes:
		span.SetDroppedAttributesCount(uint32(e.number()))
	case fieldSpanDroppedEvents:
		span.SetDroppedEventsCount(uint32(e.number()))
	case fieldSpanDroppedLinks:
		span.SetDroppedLinksCount(uint32(e.number()))
	case fieldSpanStatusMessage:
		span.Status().SetMessage(e.text)
	case fieldSpanStatusCode:
		span.Status().SetCode(ptrace.StatusCode(e.number()))
	case fieldSpanFlags:
		span.SetFlags(uint32(e.number()))
	}
}

func (w *tracesWalk) finish() {
	w.removals(func(list int32, goes func() bool) {
		w.lists[list].RemoveIf(func(ptrace.Span) bool { return goes() })
	})
}
