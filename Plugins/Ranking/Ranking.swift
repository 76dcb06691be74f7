internal import ReporterKit
struct Counting: Reporter {
  static let id = "counting"
  static let version = "1.0.0"
  func describe(_ parameters: Parameters) throws -> [DataQuery] {
    [DataQuery("projects", from: "Project", groupBy: ["region"], measures: [.count])]
  }
  func run(_ context: RunContext) throws -> Report {
    Report(title: "项目数", tables: [], methodVersion: "counting/1")
  }
}
private let module = ReporterModule { serve(Counting(), in: $0, out: $1) }
@c(guoban_reporter_module_entry) public func entry() -> UnsafeRawPointer { module.pointer }
