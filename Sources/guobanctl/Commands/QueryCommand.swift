internal import ArgumentParser
internal import Foundation
internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel

struct QueryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: say("分组统计任何一种记录。", "Grouped figures over any record type."),
    discussion: say(
      """
      例：
        guobanctl query project --group-by region --sum plan_fen,done_fen
        guobanctl query project --group-by region@city,tier \\
          --ratio done_fen/plan_fen --period 2023-06
        guobanctl query project --group-by milestones_started@month --count
        guobanctl query enterprise --filter 'status = SUSPENDED' \\
          --group-by region --order-by -count --limit 10
        guobanctl query awards --group-by year,region --streak
      分组列后可加 @province @city @county @township（区划归到哪一级），日期列后可加 @year @quarter @month。
      plan_fen、done_fen、funds_fen、physical_permille 按年取数：--period 写年份或月份，不写取最近有数的一年。
      """,
      """
      Examples:
        guobanctl query project --group-by region --sum plan_fen,done_fen
        guobanctl query project --group-by region@city,tier \\
          --ratio done_fen/plan_fen --period 2023-06
        guobanctl query project --group-by milestones_started@month --count
        guobanctl query enterprise --filter 'status = SUSPENDED' \\
          --group-by region --order-by -count --limit 10
        guobanctl query awards --group-by year,region --streak
      A column of regions may be followed by @province, @city, @county or @township, one of dates by @year, @quarter, @month.
      plan_fen, done_fen, funds_fen and physical_permille are taken at --period, a year or a month; else at the last year.
      """))

  @Argument(
    help: ArgumentHelp(
      say("记录类型，如 项目、project、project-plan、register:编号", "The record type, as project or register:ID"),
      valueName: "source"))
  var source: String

  @Option(help: ArgumentHelp(say("筛选条件", "A filter")))
  var filter = ""

  @Option(help: ArgumentHelp(say("按哪些列分组，逗号隔开", "Columns to group by"), valueName: "columns"))
  var groupBy: [String] = []

  @Option(help: ArgumentHelp(say("合计哪些列", "Columns to sum"), valueName: "columns"))
  var sum: [String] = []

  @Option(
    name: .customLong("min"), help: ArgumentHelp(say("求哪些列的最小值", "Columns to find the least of"), valueName: "columns"))
  var least: [String] = []

  @Option(
    name: .customLong("max"), help: ArgumentHelp(say("求哪些列的最大值", "Columns to find the most of"), valueName: "columns"))
  var most: [String] = []

  @Option(help: ArgumentHelp(say("数哪些列有几个不同的值", "Columns to count different values of"), valueName: "columns"))
  var distinct: [String] = []

  @Option(help: ArgumentHelp(say("两列合计之比", "The ratio of two sums"), valueName: "a/b"))
  var ratio: [String] = []

  @Flag(help: ArgumentHelp(say("条数", "How many there are")))
  var count = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(say("按哪些列排序，前面加 - 为从大到小", "Columns to order by; - before one reverses"), valueName: "columns"))
  var orderBy: [String] = []

  @Option(help: ArgumentHelp(say("最多几组；0 为全部", "Groups at most; 0 = all"), valueName: "count"))
  var limit: UInt32 = 0

  @Option(help: ArgumentHelp(say("按年取数的列取哪一年，或到哪一月", "The year or month of yearly columns"), valueName: "2023|2023-06"))
  var period = ""

  @Option(help: ArgumentHelp(say("金额单位：元、万元、亿元、分", "Unit of money: 元, 万元, 亿元, 分"), valueName: "unit"))
  var unit = "万元"

  @Flag(help: ArgumentHelp(say("每组一个 JSON，金额单位是分", "One JSON per group, money in fen"))) var json = false
  @Flag(help: ArgumentHelp(say("CSV", "CSV"))) var csv = false
  @Flag(help: ArgumentHelp(say("不查区划名称", "Leave out the names of regions"))) var codes = false
  @Flag(
    help: ArgumentHelp(
      say("第一个分组列是期别：最后一期里有谁，到那时已连续几期", "By the first column, a period: who is in the last, for how many in a row")))
  var streak = false

  @Flag(help: ArgumentHelp(say("说明存储怎样查", "Say how the storage goes about it"))) var explain = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let query = try dataQuery()
    let money: MoneyUnit
    do throws(RuleViolation) { money = try MoneyUnit(unit) } catch {
      throw Failure.input(say(error.message, error.englishMessage))
    }
    try await common.withClient { client in
      var answer: Ledger.QueryResponse = try await client.call(
        "/guoban.v1.QueryService/Query", Ledger.QueryRequest(query: query, explain: explain),
        timeout: common.callTimeout)
      var measures = query.measures
      if streak {
        (answer, measures) = (try QueryStreaks.answer(answer, keys: query.groupBy.count), [])
      }
      let names = codes || json ? [:] : await regionNames(client, answer)
      let titles = json ? [:] : await fieldTitles(client)
      let table = QueryTable(answer, measures: measures, money: money, regionNames: names) { column in
        titles[column] ?? columnTitle(column)
      }
      if json {
        for line in table.jsonLines { Terminal.print(Terminal.harmless(line)) }
      } else if csv {
        for line in table.csvLines { Terminal.print(Terminal.harmless(line)) }
      } else {
        for line in table.lines { Terminal.print(line) }
        for line in notes(answer) { Terminal.complain(line) }
      }
      for line in answer.plan { Terminal.complain(Terminal.harmless(line)) }
    }
  }

  private func notes(_ answer: Ledger.QueryResponse) -> [String] {
    var notes: [String] = []
    if !answer.period.isEmpty { notes.append(say("按年取数的列：\(answer.period)", "Yearly columns: \(answer.period)")) }
    if answer.more { notes.append(say("还有更多组没有列出（--limit \(limit)）", "There are more groups (--limit \(limit))")) }
    return notes
  }

  func dataQuery() throws(Failure) -> Reporting.DataQuery {
    var measures: [Reporting.Measure] = []
    if count { measures.append(Reporting.Measure(kind: .count)) }
    for (columns, kind) in [
      (sum, Reporting.MeasureKind.sum), (least, .min), (most, .max), (distinct, .countDistinct),
    ] {
      measures += list(columns).map { Reporting.Measure(kind: kind, column: $0) }
    }
    for text in list(ratio) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw .input(say("--ratio 应写作 分子/分母，如 done_fen/plan_fen", "--ratio must be a/b, as done_fen/plan_fen"))
      }
      measures.append(Reporting.Measure(kind: .ratio, column: parts[0], divisor: parts[1]))
    }
    if streak, !measures.isEmpty {
      throw .input(say("--streak 只数连续几期，不能与合计同用", "--streak counts periods alone: leave out the measures"))
    }
    if measures.isEmpty { measures.append(Reporting.Measure(kind: .count)) }
    let keys = list(groupBy)
    let names = keys + measures.map(\.name)
    let orders = list(orderBy).map { text in
      let column = text.hasPrefix("-") ? String(text.dropFirst()) : text
      // "plan_fen" stands for "sum(plan_fen)" where that is what there is.
      let known = names.contains(column) ? column : names.first { $0.hasSuffix("(\(column))") } ?? column
      let order = known.replacing("/", with: ",")
      return Reporting.QueryOrder(
        column: names.contains(order) ? order : names.first { $0 == "ratio(\(order))" } ?? order,
        descending: text.hasPrefix("-"))
    }
    return Reporting.DataQuery(
      name: "query", source: recordSource, filter: filter, groupBy: keys,
      measures: measures, orderBy: orders, limit: limit,
      period: period)
  }

  /// 项目 is Project. What is not Chinese the daemon knows best: it may be a register's name.
  private var recordSource: String {
    guard source.contains(where: { !$0.isASCII }) else { return source }
    return ImportTable.named(source)?.recordType ?? source
  }

  private func list(_ options: [String]) -> [String] {
    // A measure's own name may have a comma in it: "ratio(done_fen,plan_fen)".
    options.flatMap { $0.contains("(") ? [Substring($0)] : $0.split(separator: ",") }
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  /// By code; what cannot be found out stays a code.
  private func regionNames(_ client: GuobanClient, _ answer: Ledger.QueryResponse) async -> [String: String] {
    let columns = zip(answer.columns?.columns ?? [], answer.meanings).filter { $1.references == "Region" && $0.isText }
    let codes = Array(Set(columns.flatMap(\.0.texts)).subtracting([""])).sorted()
    var names: [String: String] = [:]
    for start in stride(from: 0, to: codes.count, by: Self.regionsPerCall) {
      let keys = Array(codes[start..<min(start + Self.regionsPerCall, codes.count)])
      let regions: Ledger.BatchGetRegionsResponse? = try? await client.call(
        "/guoban.v1.RegionService/BatchGetRegions", Ledger.BatchGetRecordsRequest(keys: keys),
        timeout: common.callTimeout)
      for region in regions?.regions ?? [] { names[region.code] = region.name }
    }
    return names
  }

  /// Of a register's fields, by their names; what cannot be found out keeps its name.
  private func fieldTitles(_ client: GuobanClient) async -> [String: String] {
    let prefix = "register:"
    guard source.hasPrefix(prefix) else { return [:] }
    let register: Ledger.Register? = try? await client.call(
      "/guoban.v1.RegisterService/GetRegister",
      Ledger.GetRecordRequest(key: String(source.dropFirst(prefix.count))), timeout: common.callTimeout)
    return Dictionary((register?.fields ?? []).map { ($0.name, say($0.title, $0.titleEnglish)) }) { first, _ in first }
  }

  private static let regionsPerCall = 500
}
