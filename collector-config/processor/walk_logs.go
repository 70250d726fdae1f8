package processor

import (
	"go.opentelemetry.io/collector/pdata/plog"
)

const (
	fieldLogTime field = fieldOfSignal + iota
	fieldLogObservedTime
	fieldLogSeverityNumber
	fieldLogSeverityText
	fieldLogEventName
	fieldLogDropped
	fieldLogFlags
	fieldLogTraceID
	fieldLogSpanID
	fieldLogBody
)

// logsWalk shows logs and takes their edits.
type logsWalk struct {
	walk
	records []plog.LogRecord
	lists   []plog.LogRecordSlice
}

func walkLogs(b *batch, ld plog.Logs) *logsWalk {
	w := &logsWalk{walk: walk{batch: b}}
	w.records = make([]plog.LogRecord, 0, ld.LogRecordCount())
	time := b.builtIn(levelLog, "time")
	observed := b.builtIn(levelLog, "observed_time")
	severityNumber := b.builtIn(levelLog, "severity_number")
	severityText := b.builtIn(levelLog, "severity_text")
	eventName := b.builtIn(levelLog, "event_name")
	dropped := b.builtIn(levelLog, "dropped_attributes_count")
	flags := b.builtIn(levelLog, "flags")
	traceID := b.builtIn(levelLog, "trace_id")
	spanID := b.builtIn(levelLog, "span_id")
	body := b.builtIn(levelLog, "body")
	for _, rl := range ld.ResourceLogs().All() {
		w.resource(rl.Resource(), rl)
		for _, sl := range rl.ScopeLogs().All() {
			w.scope(sl.Scope(), sl)
			list := len(w.lists)
			w.lists = append(w.lists, sl.LogRecords())
			for at, record := range sl.LogRecords().All() {
				w.record(levelLog, list, at, record.TraceID())
				owner := int32(len(w.records))
				w.records = append(w.records, record)
				w.number(time, int64(record.Timestamp()), fieldLogTime, owner)
				w.number(observed, int64(record.ObservedTimestamp()), fieldLogObservedTime, owner)
				w.number(severityNumber, int64(record.SeverityNumber()), fieldLogSeverityNumber, owner)
				w.textField(severityText, record.SeverityText(), fieldLogSeverityText, owner)
				w.value(body, record.Body(), target{owner: owner, field: fieldLogBody})
				w.attributesOf(levelLog, record.Attributes())
				w.number(dropped, int64(record.DroppedAttributesCount()), fieldLogDropped, owner)
				w.number(flags, int64(record.Flags()), fieldLogFlags, owner)
				if traceID.show >= showSend {
					id := record.TraceID()
					w.identifier(traceID, id[:], id.IsEmpty(), fieldLogTraceID, owner)
				}
				if spanID.show >= showSend {
					id := record.SpanID()
					w.identifier(spanID, id[:], id.IsEmpty(), fieldLogSpanID, owner)
				}
				w.textField(eventName, record.EventName(), fieldLogEventName, owner)
			}
		}
	}
	return w
}

func (w *logsWalk) set(f field, owner, at int32, e edit) {
	if w.walk.set(f, owner, at, e) {
		return
	}
	record := w.records[owner]
	switch f {
	case fieldLogTime:
		record.SetTimestamp(timestamp(e))
	case fieldLogObservedTime:
		record.SetObservedTimestamp(timestamp(e))
	case fieldLogSeverityNumber:
		record.SetSeverityNumber(plog.SeverityNumber(e.number()))
	case fieldLogSeverityText:
		record.SetSeverityText(e.text)
	case fieldLogEventName:
		record.SetEventName(e.text)
	case fieldLogDropped:
		record.SetDroppedAttributesCount(uint32(e.number()))
	case fieldLogFlags:
		record.SetFlags(plog.LogRecordFlags(e.number()))
	case fieldLogTraceID:
		record.SetTraceID(e.traceID())
	case fieldLogSpanID:
		record.SetSpanID(e.spanID())
	case fieldLogBody:
		setValue(record.Body(), &e)
	}
}

func (w *logsWalk) finish() {
	w.removals(func(list int32, goes func() bool) {
		w.lists[list].RemoveIf(func(plog.LogRecord) bool { return goes() })
	})
}
