package processor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

const (
	fieldMetricName field = fieldOfSignal + iota
	fieldMetricDescription
	fieldMetricUnit
)

// structuralOfMetrics are the numbers of metrics, points and exemplars. A policy that rules one of them has its metrics
// rewritten as OTLP: it is rare, and everything that keeps points apart is there.
var structuralOfMetrics = map[level][]string{
	levelMetric: {"aggregation_temporality", "is_monotonic"},
	levelPoint: {
		"start_time", "time", "value", "count", "sum", "min", "max", "flags", "bucket_counts", "explicit_bounds", "scale",
		"zero_count", "zero_threshold", "buckets.offset", "buckets.bucket_counts", "quantile_values.quantile",
		"quantile_values.value",
	},
	levelExemplar: {"time", "value", "span_id", "trace_id"},
}

// metricsWalk shows metrics and takes their edits.
type metricsWalk struct {
	walk
	metrics []pmetric.Metric
	lists   []pmetric.MetricSlice
}

// walkMetrics shows metrics; false when the policy rules numbers that only OTLP shows.
func walkMetrics(b *batch, md pmetric.Metrics) (*metricsWalk, bool) {
	for l, fields := range structuralOfMetrics {
		for _, f := range fields {
			if b.builtIn(l, f).show >= showSend {
				return nil, false
			}
		}
	}
	w := &metricsWalk{walk: walk{batch: b}}
	w.metrics = make([]pmetric.Metric, 0, md.MetricCount())
	name := b.builtIn(levelMetric, "name")
	description := b.builtIn(levelMetric, "description")
	unit := b.builtIn(levelMetric, "unit")
	for _, rm := range md.ResourceMetrics().All() {
		b.complete = true
		w.resource(rm.Resource(), rm)
		for _, sm := range rm.ScopeMetrics().All() {
			b.complete = true
			w.scope(sm.Scope(), sm)
			list := len(w.lists)
			w.lists = append(w.lists, sm.Metrics())
			for at, metric := range sm.Metrics().All() {
				w.record(levelMetric, list, at, pcommon.TraceID{})
				owner := int32(len(w.metrics))
				w.metrics = append(w.metrics, metric)
				b.complete = true
				w.textField(name, metric.Name(), fieldMetricName, owner)
				w.textField(unit, metric.Unit(), fieldMetricUnit, owner)
				b.complete = false
				w.textField(description, metric.Description(), fieldMetricDescription, owner)
				w.attributesOf(levelMetric, metric.Metadata())
				w.data(metric)
			}
		}
	}
	return w, true
}

func (w *metricsWalk) data(metric pmetric.Metric) {
	kind := uint32(metric.Type())
	switch metric.Type() {
	case pmetric.MetricTypeGauge:
		w.style(kind, 0, false)
		for _, point := range metric.Gauge().DataPoints().All() {
			w.point(point.Attributes())
			w.exemplars(point.Exemplars())
		}
	case pmetric.MetricTypeSum:
		w.style(kind, metric.Sum().AggregationTemporality(), metric.Sum().IsMonotonic())
		for _, point := range metric.Sum().DataPoints().All() {
			w.point(point.Attributes())
			w.exemplars(point.Exemplars())
		}
	case pmetric.MetricTypeHistogram:
		w.style(kind, metric.Histogram().AggregationTemporality(), false)
		for _, point := range metric.Histogram().DataPoints().All() {
			w.point(point.Attributes())
			w.exemplars(point.Exemplars())
		}
	case pmetric.MetricTypeExponentialHistogram:
		w.style(kind, metric.ExponentialHistogram().AggregationTemporality(), false)
		for _, point := range metric.ExponentialHistogram().DataPoints().All() {
			w.point(point.Attributes())
			w.exemplars(point.Exemplars())
		}
	case pmetric.MetricTypeSummary:
		w.style(kind, 0, false)
		for _, point := range metric.Summary().DataPoints().All() {
			w.point(point.Attributes())
		}
	}
}

// style tells what distinguishes series besides names and attributes.
func (w *metricsWalk) style(kind uint32, temporality pmetric.AggregationTemporality, monotonic bool) {
	style := kind | uint32(temporality)<<8
	if monotonic {
		style |= 1 << 16
	}
	w.mark(opStyle, style, target{})
}

func (w *metricsWalk) point(attributes pcommon.Map) {
	w.mark(opPoint, 0, target{})
	w.complete = true
	w.attributesOf(levelPoint, attributes)
	w.complete = false
}

func (w *metricsWalk) exemplars(exemplars pmetric.ExemplarSlice) {
	for _, exemplar := range exemplars.All() {
		w.attributesOf(levelExemplar, exemplar.FilteredAttributes())
	}
}

func (w *metricsWalk) set(f field, owner, at int32, e edit) {
	if w.walk.set(f, owner, at, e) {
		return
	}
	metric := w.metrics[owner]
	switch f {
	case fieldMetricName:
		metric.SetName(e.text)
	case fieldMetricDescription:
		metric.SetDescription(e.text)
	case fieldMetricUnit:
		metric.SetUnit(e.text)
	}
}

func (w *metricsWalk) finish() {
	w.removals(func(list int32, goes func() bool) {
		w.lists[list].RemoveIf(func(pmetric.Metric) bool { return goes() })
	})
}
