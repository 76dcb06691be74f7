import Foundation
import GuobanMetrics
import GuobanTestSupport
import Testing

struct MetricsTests {
  @Test func whatManyThreadsAddIsAllThere() {
    let counter = Counter()
    let table = CounterTable(rows: 3, columns: 17)
    let histogram = HistogramTable(rows: 3, bounds: .durations)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for step in 0..<10_000 {
        counter.add()
        table.add(row: step % 3, column: thread)
        histogram.record(UInt64(step) * 1000, row: 1)
      }
    }
    #expect(counter.value == 80_000)
    #expect((0..<3).flatMap { row in (0..<17).map { table.value(row: row, column: $0) } }.reduce(0, +) == 80_000)
    #expect(table.value(row: 0, column: 7) == 3334)
    let snapshot = histogram.snapshot(row: 1)
    #expect(snapshot.count == 80_000 && snapshot.sum == 8 * 49_995_000 * 1000)
    #expect(histogram.snapshot(row: 0).count == 0)
  }

  @Test func placesThatDoNotExistAreIgnored() {
    let table = CounterTable(rows: 2, columns: 2)
    for (row, column) in [(-1, 0), (2, 0), (0, 2), (0, -1), (Int.max, Int.max)] { table.add(row: row, column: column) }
    let histogram = HistogramTable(rows: 1, bounds: .counts)
    histogram.record(1, row: 1)
    histogram.record(1, row: -1)
    #expect((0..<2).flatMap { row in (0..<2).map { table.value(row: row, column: $0) } } == [0, 0, 0, 0])
    #expect(histogram.snapshot().count == 0)
  }

  @Test func aValueOnABoundIsInsideIt() {
    let bounds = HistogramBounds.durations.values
    #expect(bounds.first == 10_000 && bounds.last == 10_000_000_000 && bounds.count == 19)
    for (index, bound) in bounds.enumerated() {
      let histogram = HistogramTable(rows: 1, bounds: .durations)
      histogram.record(bound)
      histogram.record(bound + 1)
      #expect(histogram.snapshot().counts[index] == 1 && histogram.snapshot().counts[index + 1] == 1)
    }
    let ends = HistogramTable(rows: 1, bounds: .durations)
    ends.record(0)
    ends.record(UInt64.max)
    #expect(ends.snapshot().counts.first == 1 && ends.snapshot().counts.last == 1)
  }

  @Test func quantilesAreThoseOfPrometheus() {
    let snapshot = HistogramSnapshot(bounds: [10, 20, 40], counts: [2, 6, 0, 2], sum: 200)
    #expect(snapshot.quantile(0.5) == 15)  // rank 5: the third of six in 10…20
    #expect(snapshot.quantile(0.2) == 10)
    #expect(snapshot.quantile(0.99) == 40)
    #expect(HistogramSnapshot(bounds: [10], counts: [], sum: 0).quantile(0.5) == nil)
    let earlier = HistogramSnapshot(bounds: [10, 20, 40], counts: [2, 1, 0, 0], sum: 30)
    #expect(snapshot.since(earlier).counts == [0, 5, 0, 2])
    #expect(earlier.since(snapshot) == earlier, "after a restart everything is new")
  }

  @Test func thePageIsWhatPrometheusOwnParserReads() async throws {
    let nasty = "a\"b\\c\nd中文"
    let page = PrometheusText.page([
      .counter("guoban_things_total", "Things \\ and\nlines.", 18_446_744_073_709_551_615),
      .gauge("guoban_share", "A share.", 0.25), .gauge("guoban_never", "Never.", .infinity),
      MetricFamily("guoban_named", .gauge, "Named.", [.init(.count(3), [("name", nasty)])]),
      .seconds(
        "guoban_wait_seconds", "Waits.", HistogramSnapshot(bounds: [10_000, 25_000], counts: [1, 2, 3], sum: 999)),
    ])
    let script = """
      import json, sys
      from prometheus_client.parser import text_string_to_metric_families as parse
      rows = [[s.name, dict(s.labels), repr(s.value), f.type] for f in parse(sys.stdin.read()) for s in f.samples]
      print(json.dumps(rows))
      """
    let run = try await ProgramRun("/usr/bin/python3", ["-c", script], input: Array(page.utf8))
    try #require(run.exitCode == 0, "\(run.complaint)\n\(page)")
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [[Any]])
    #expect(rows.count == 9)
    #expect(rows.contains { ($0[1] as? [String: String]) == ["name": nasty] })
    #expect(rows.contains { $0[0] as? String == "guoban_never" && $0[2] as? String == "inf" })
    let last = try #require(rows.first { ($0[1] as? [String: String])?["le"] == "+Inf" })
    #expect(last[2] as? String == "6.0" && last[3] as? String == "histogram")
    #expect(rows.contains { ($0[1] as? [String: String])?["le"] == "2.5e-05" && $0[2] as? String == "3.0" })
  }
}
