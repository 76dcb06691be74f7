import Foundation
import GuobanTestSupport
import Testing

/// Long files, as a clerk sees them go in: what is shown meanwhile, and what they cost in memory.
struct LongImportTests {
  /// Runs a program on a terminal of its own; says at the end how much memory it had at most, in KiB.
  private static let onATerminal = """
    import os, pty, resource, sys
    code = os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:]))
    print("\\nmemory", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    sys.exit(code)
    """

  private static let workbook = """
    import csv, openpyxl, sys
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in csv.reader(open(sys.argv[1], encoding="utf-8")): sheet.append(row)
    book.save(sys.argv[2])
    """

  private struct Run {
    var text: String
    var memoryKiB: Int
  }

  private static func importing(_ path: String, _ daemon: Guoband, _ place: Workplace) async throws -> Run {
    let program = Workplace.products.appendingPathComponent("guobanctl").path
    let text = try await place.run(
      "/usr/bin/python3", ["-c", onATerminal, program, "import", path, "--data-dir", daemon.dataDirectory])
    let memory = try #require(text.firstMatch(of: /memory (\d+)/)?.output.1)
    return Run(text: text, memoryKiB: try #require(Int(memory)))
  }

  private static func write(_ rows: Int, name: String, to path: String) throws {
    let lines = (0..<rows).map { "\(name)-\($0),项目\($0)的名称,410928,县,新建\n" }
    try ("项目代码,项目名称,所属区划,层级,性质\n" + lines.joined()).write(toFile: path, atomically: true, encoding: .utf8)
  }

  private static func start(_ place: Workplace) async throws -> Guoband {
    let daemon = try await Guoband(place, settings: ["listen.tcpEnabled=false"])
    let regions = "\(place.path)/regions.csv"
    try "区划代码,名称,类型\n410928,濮阳县,县\n".write(toFile: regions, atomically: true, encoding: .utf8)
    try await place.run("guobanctl", ["import", regions, "--data-dir", daemon.dataDirectory])
    return daemon
  }

  @Test(arguments: ["csv", "xlsx"])
  func tenTimesTheRowsNeedNoMoreMemoryAndShowHowFarTheyAre(format: String) async throws {
    let place = try Workplace()
    let daemon = try await Self.start(place)
    var runs: [Run] = []
    for (rows, name) in [(4000, "少"), (40_000, "多")] {
      let table = "\(place.path)/\(name).csv"
      try Self.write(rows, name: name, to: table)
      var path = table
      if format == "xlsx" {
        path = "\(place.path)/\(name).xlsx"
        try await place.run("/usr/bin/python3", ["-c", Self.workbook, table, path])
      }
      let run = try await Self.importing(path, daemon, place)
      #expect(run.text.contains("新增 \(rows)"), "\(run.text.suffix(600))")
      runs.append(run)
    }
    // Rewritten on one line: a bar, how many of how many, how fast, and how much longer.
    let line = /▕[█░]{20}▏ \d+% \d+\/40000 [条行]，\d+ [条行]\/秒，还要 \d+ 秒/
    #expect(runs[1].text.contains(line), "\(runs[1].text.prefix(2000))")
    // What a sanitizer keeps of freed memory is its own.
    if sanitizerEnvironment.isEmpty {
      let more = runs[1].memoryKiB - runs[0].memoryKiB
      #expect(more < 10 * 1024, "\(runs.map(\.memoryKiB)) KiB")
    }
    try await daemon.stop()
  }
}
