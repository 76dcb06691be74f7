internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel

/// One event of a watch, as a line whose columns stand under ``head``.
struct WatchLine {
  let text: String

  private static let widths = [10, 19, 4, 10, 30, 12]

  static var head: String {
    row(
      say("修订号", "REVISION"), say("时间", "TIME"), say("操作", "DID"), say("类型", "TYPE"), say("编号", "KEY"),
      say("经办", "ACTOR"), say("名称", "NAME"))
  }

  init(_ event: Ledger.WatchEvent) {
    text = Self.row(
      "\(event.revision)", localTime(event.time) ?? "", Self.operation(event), Self.type(event.recordType), event.key,
      event.actor, Self.name(event))
  }

  private static func row(_ cells: String...) -> String {
    let fixed = zip(cells, widths).map { padded(Terminal.harmless($0), toWidth: $1) }
    return (fixed + [Terminal.harmless(cells[widths.count])]).joined(separator: "  ").trimmedAtEnd
  }

  private static func operation(_ event: Ledger.WatchEvent) -> String {
    if event.left { return say("移出", "left") }
    return switch event.operation {
    case .create: say("新增", "new")
    case .update: say("修改", "set")
    case .delete: say("删除", "gone")
    default: event.operation.name
    }
  }

  private static func type(_ name: String) -> String {
    // What no sheet holds.
    let others = ["Entry": "台账条目", "Report": "报表", "Grant": "授权"]
    return say(ImportTable.named(name)?.title ?? others[name] ?? name, name)
  }

  /// What a person calls the record, where it has such a name.
  private static func name(_ event: Ledger.WatchEvent) -> String {
    if event.recordTooLong { return say("（内容太长）", "(too long)") }
    let record = event.record
    if record.isEmpty { return "" }
    return switch event.recordType {
    case "Region": (try? Ledger.Region(packed: record, limits: .standard))?.name ?? ""
    case "Enterprise": (try? Ledger.Enterprise(packed: record, limits: .standard))?.name ?? ""
    case "Project": (try? Ledger.Project(packed: record, limits: .standard))?.name ?? ""
    case "Indicator": (try? Ledger.Indicator(packed: record, limits: .standard))?.name ?? ""
    case "Ticket": (try? Ledger.Ticket(packed: record, limits: .standard))?.title ?? ""
    case "Holiday": (try? Ledger.Holiday(packed: record, limits: .standard))?.name ?? ""
    case "Pass": (try? Ledger.Pass(packed: record, limits: .standard))?.plate ?? ""
    default: ""
    }
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
