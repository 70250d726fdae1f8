package main

import (
	"fmt"
	"math/rand"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

const (
	pointsOfResource = 64
	pointsOfMetric   = 16
)

// bounds are those of OpenTelemetry's conventions for durations in seconds.
var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

// metrics makes n data points: a gauge, a delta sum, a cumulative sum and a histogram of 16 points each, per pod.
//
// A series is told from another by its shard, so none of them depends on personal data to be one of its own.
func metrics(n int, dirty float64, r *rand.Rand) []byte {
	start := pcommon.NewTimestampFromTime(time.Unix(1700000000, 0))
	now := pcommon.NewTimestampFromTime(time.Unix(1700000060, 0))
	md := pmetric.NewMetrics()
	var scope pmetric.ScopeMetrics
	var metric pmetric.Metric
	for i := 0; i < n; i++ {
		if i%pointsOfResource == 0 {
			rm := md.ResourceMetrics().AppendEmpty()
			resource(rm.Resource().Attributes(), i/pointsOfResource, r, r.Float64() < dirty)
			scope = rm.ScopeMetrics().AppendEmpty()
			scope.Scope().SetName("example.org/checkout")
		}
		kind := i / pointsOfMetric % 4
		if i%pointsOfMetric == 0 {
			metric = scope.Metrics().AppendEmpty()
			begin(metric, kind)
		}
		d := r.Float64() < dirty
		switch kind {
		case 0:
			number(metric.Gauge().DataPoints().AppendEmpty(), start, now, i, r, d)
		case 1, 2:
			number(metric.Sum().DataPoints().AppendEmpty(), start, now, i, r, d)
		default:
			histogram(metric.Histogram().DataPoints().AppendEmpty(), start, now, i, r, d)
		}
	}
	b, err := pmetricotlp.NewExportRequestFromMetrics(md).MarshalProto()
	must(err)
	return b
}

func begin(m pmetric.Metric, kind int) {
	switch kind {
	case 0:
		m.SetName("app.queue.size")
		m.SetUnit("{item}")
		m.SetDescription("Items that wait.")
		m.SetEmptyGauge()
	case 1:
		m.SetName("app.retries")
		m.SetUnit("{retry}")
		m.SetDescription("Retries since the last report.")
		m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		m.Sum().SetIsMonotonic(true)
	case 2:
		m.SetName("app.orders")
		m.SetUnit("{order}")
		m.SetDescription("Orders since the start.")
		m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		m.Sum().SetIsMonotonic(true)
	default:
		m.SetName("http.server.request.duration")
		m.SetUnit("s")
		m.SetDescription("Duration of HTTP server requests.")
		m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	}
}

func number(p pmetric.NumberDataPoint, start, now pcommon.Timestamp, shard int, r *rand.Rand, dirty bool) {
	p.SetStartTimestamp(start)
	p.SetTimestamp(now)
	p.SetIntValue(r.Int63n(100000))
	labels(p.Attributes(), shard, r, dirty)
}

func histogram(p pmetric.HistogramDataPoint, start, now pcommon.Timestamp, shard int, r *rand.Rand, dirty bool) {
	p.SetStartTimestamp(start)
	p.SetTimestamp(now)
	p.ExplicitBounds().FromRaw(bounds)
	total := uint64(0)
	for range len(bounds) + 1 {
		count := uint64(r.Intn(50))
		p.BucketCounts().Append(count)
		total += count
	}
	p.SetCount(total)
	p.SetSum(float64(total) * 0.2)
	labels(p.Attributes(), shard, r, dirty)
	e := p.Exemplars().AppendEmpty()
	e.SetTimestamp(now)
	e.SetDoubleValue(0.2)
	e.SetTraceID([16]byte{1, byte(shard), byte(shard >> 8)})
	e.SetSpanID([8]byte{2, byte(shard), byte(shard >> 8)})
	e.FilteredAttributes().PutStr("app.order.id", path(r))
	e.FilteredAttributes().PutStr("app.message", sentence(r, 40, dirty))
}

// labels puts eight attributes on a point.
func labels(m pcommon.Map, shard int, r *rand.Rand, dirty bool) {
	m.PutStr("http.request.method", "POST")
	m.PutStr("http.route", path(r))
	m.PutInt("http.response.status_code", 200)
	m.PutStr("server.address", path(r))
	m.PutStr("app.region", path(r))
	m.PutInt("app.shard", int64(shard))
	m.PutStr("app.step", sentence(r, 20, dirty))
	if dirty {
		m.PutStr("user.email", fmt.Sprintf("anna%d@example.com", r.Intn(people)))
	} else {
		m.PutStr("app.extra", path(r))
	}
}

func resource(m pcommon.Map, number int, r *rand.Rand, dirty bool) {
	m.PutStr("service.name", "checkout")
	m.PutStr("service.version", "1.17.3")
	m.PutStr("k8s.namespace.name", "shop")
	m.PutStr("k8s.pod.name", fmt.Sprintf("checkout-%d", number))
	m.PutStr("app.contact", sentence(r, 10, dirty))
}

// path is a value as the other signals' attributes have it.
func path(r *rand.Rand) string {
	return fmt.Sprintf("%s/%s-%d", words[r.Intn(len(words))], words[r.Intn(len(words))], r.Intn(10000))
}
