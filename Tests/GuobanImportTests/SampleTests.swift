import Foundation
import GuobanImport
import GuobanMessages
import Testing

@Test func everyFileOfTheSampleIsReadWithoutAProblem() throws {
  for table in sampleTables {
    let file = table.read([table.file: try sample(table.file)], limits: .standard)
    #expect(file.found.isEmpty)
    #expect(!file.records.isEmpty)
    #expect(file.records.count == file.rowCount)
  }
}

/// The published figures, added up by Python's decimal arithmetic: nothing of this project takes part.
@Test func theSamplesSumsAreThePublishedFigures() async throws {
  let program = """
    import csv, sys, json
    from decimal import Decimal as D
    from collections import Counter
    def rows(name):
      with open(f'{sys.argv[1]}/{name}.csv', encoding='utf-8', newline='') as f: return list(csv.DictReader(f))
    projects = {r['项目代码']: r for r in rows('projects')}
    progress = rows('project_progress')
    batches = rows('batch_entries')
    def num(text): return D(text or '0')
    def place(region, year, month, tiers):
      own = {c: r for c, r in projects.items() if r['所属区划'] == region and r['项目层级'] in tiers and r[f'{year}年计划(亿元)']}
      done = [num(p['本年累计完成投资(万元)']) / 10000 for p in progress if p['项目代码'] in own and p['月份'] == month]
      total = sum(num(r['总投资(亿元)']) for r in own.values())
      plan = sum(num(r[f'{year}年计划(亿元)']) for r in own.values())
      kinds = Counter(r['建设性质'] for r in own.values())
      return [len(own), kinds['新建'], kinds['续建'], total, plan, sum(done), len(done)]
    def batch(region, kind, left):
      own = [b for b in batches if projects[b['项目代码']]['所属区划'] == region and (not kind or b['批次'] == kind)
             and bool(b['达效调出日期']) == left]
      return [len(own), sum(num(projects[b['项目代码']]['总投资(亿元)']) for b in own),
              sum(1 for b in own if b['进入下一阶段日期'])]
    key = ('省重点', '市重点')
    out = {
      '濮阳县': place('410928', 2023, '2023-03', key), '南乐县': place('410923', 2023, '2023-06', key),
      '邵阳省': place('430500', 2022, '2022-10', ['省重点']), '邵阳市': place('430500', 2022, '2022-10', ['市重点']),
      '邵阳三高四新': place('430500', 2022, '2022-10', ['三高四新']), '邵阳火车站': place('430500', 2022, '2022-10', ['县']),
      '濮阳县离榜': batch('410928', '', True), '濮阳县在榜': batch('410928', '', False),
      '签约': batch('410928', '签约一批', False), '开工': batch('410928', '开工一批', False), '投产': batch('410928', '投产一批', False),
      '范县': [batch('410926', k, False)[i] for k in ('签约一批', '开工一批', '投产一批') for i in (0, 2)],
      '观测': sorted([o['指标代码'], o['区划'], o['时期'], str(D(o['数值']))] for o in rows('observations')
                  if o['指标代码'] in ('PLAN_COMPLETION_RATE', 'ZDXM_TZ_WCL', 'XKG', 'DK_XZ', 'DK_ZS')),
    }
    print(json.dumps({k: [x if isinstance(x, list) else format(x.normalize(), 'f') if isinstance(x, D) else str(x)
                          for x in v] for k, v in out.items()}, ensure_ascii=False))
    """
  let answer = try await output("python3", ["-c", program, sampleFolder.path])
  let figures = try #require(try JSONSerialization.jsonObject(with: Data(answer)) as? [String: NSArray])
  let expected: [String: NSArray] = [
    "濮阳县": ["56", "36", "20", "796.5", "343.4", "128.4", "56"],
    "濮阳县离榜": ["65", "458.2", "65"], "濮阳县在榜": ["39", "258.7", "39"],
    "签约": ["7", "48", "7"], "开工": ["16", "76.2", "16"], "投产": ["16", "134.5", "16"],
    "范县": ["5", "5", "18", "18", "5", "5"],
    "观测": [
      ["DK_XZ", "410200", "2022-06", "159.2"], ["DK_ZS", "410000", "2022-06", "8.26"],
      ["DK_ZS", "410200", "2022-06", "11.55"], ["PLAN_COMPLETION_RATE", "410923", "2023-06", "45.5"],
      ["PLAN_COMPLETION_RATE", "410928", "2023-03", "37.41"], ["XKG", "410600", "2019-05", "149"],
      ["XKG", "410600", "2020-05", "173"], ["ZDXM_TZ_WCL", "410600", "2020-05", "63.8"],
    ],
  ]
  for (name, values) in expected { #expect(figures[name] == values, "\(name)") }
  // Number, total, plan, done, projects with progress; new and continuing are not published for these.
  let published: [String: [String]] = [
    "南乐县": ["41", "261.35", "120.03", "54.56", "41"], "邵阳省": ["34", "0", "214.51", "217.3", "34"],
    "邵阳市": ["326", "0", "546.21", "511.8", "326"], "邵阳三高四新": ["6", "0", "38.9465", "45.1", "6"],
    "邵阳火车站": ["1", "0", "4", "5.31", "1"],
  ]
  for (name, values) in published {
    let row = try #require(figures[name] as? [String])
    #expect([row[0]] + row[3...] == values, "\(name)")
  }
}

@Test func theSampleStaysSmallAndItsReferencesHold() throws {
  var keys: [String: Set<String>] = [:]
  var bytes = 0
  for table in sampleTables {
    let contents = try sample(table.file)
    bytes += contents.count
    let file = table.read([table.file: contents], limits: .standard)
    switch table.recordType {
    case "Region":
      let regions = try file.decoded(Ledger.Region.self)
      keys["Region"] = Set(regions.map(\.code))
      for region in regions where region.kind != .province { #expect(keys["Region"]?.contains(region.parent) == true) }
    case "Enterprise":
      for record in try file.decoded(Ledger.Enterprise.self) {
        #expect(keys["Region"]?.contains(record.region) == true, "\(record.uscc)")
      }
    case "Project":
      let projects = try file.decoded(Ledger.Project.self)
      keys["Project"] = Set(projects.map(\.code))
      #expect(Set(projects.map(\.name)).count == projects.count)
      for record in projects { #expect(keys["Region"]?.contains(record.region) == true, "\(record.code)") }
    case "ProjectProgress":
      for record in try file.decoded(Ledger.ProjectProgress.self) {
        #expect(keys["Project"]?.contains(record.project) == true)
      }
    case "BatchEntry":
      for record in try file.decoded(Ledger.BatchEntry.self) {
        #expect(keys["Project"]?.contains(record.project) == true)
      }
    case "Indicator": keys["Indicator"] = Set(try file.decoded(Ledger.Indicator.self).map(\.code))
    case "Target":
      for record in try file.decoded(Ledger.Target.self) {
        #expect(keys["Indicator"]?.contains(record.indicator) == true)
      }
    default:
      for record in try file.decoded(Ledger.Observation.self) {
        #expect(keys["Indicator"]?.contains(record.indicator) == true)
        #expect(keys["Region"]?.contains(record.region) == true)
      }
    }
  }
  #expect(bytes < 200_000)
}
