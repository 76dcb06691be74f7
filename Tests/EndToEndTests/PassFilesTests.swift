import Foundation
import GuobanModel
import Testing

/// Passes of before the daemon, and trips of a checkpoint that was offline, come in from files.
struct PassFilesTests {
  private let heads = "通行证号,类型,车牌号,货物,起点区划,终点区划,有效期起,有效期止,状态,持证人,持证人电话,吊销原因"

  @Test func passesAndTripsComeInAndGoOutAgain() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let today = try CivilDate(epochSeconds: Int64(Date().timeIntervalSince1970), in: .shanghai)
    let (first, last, seen) = (try today.addingDays(-9), try today.addingDays(9), try today.addingDays(-2))
    let dates = "430500,430100,\(first),\(last)"
    try write(place, "regions.csv", "区划代码,名称,类型", "430500,邵阳市,市", "430100,长沙市,市")
    try write(
      place, "passes.csv", heads, "430500000145,跨省,湘E12345,原料,\(dates),有效,王小明,13912345678,",
      "430500000146,省内,湘E54321,原料,\(dates),已吊销,,,旧系统吊销")
    try write(
      place, "pass_trips.csv", "通行证号,车牌号,通行时间,卡口,载重(吨)", "430500000145,湘E12345,\(seen) 09:00,邵阳南,26.17",
      "430500000145,湘E12345,\(seen.text.replacing("-", with: "/")) 17:05,邵阳南,26",
      "430500000146,湘E54321,\(seen.year)年\(seen.month)月\(seen.day)日14:30,邵阳北,8")
    let dry = try await ctl(["import", place.path, "--dry-run"], daemon, place)
    #expect(dry.contains("新增 7"), "\(dry)")
    let written = try await ctl(["import", place.path], daemon, place)
    #expect(written.contains("新增 7"), "\(written)")
    let again = try await ctl(["import", place.path], daemon, place)
    #expect(again.contains("未变 7"), "\(again)")

    for (type, count) in [("通行证", 2), ("通行记录", 3)] {
      for format in ["csv", "jsonl", "xlsx"] {
        let path = "\(place.path)/out-\(type).\(format)"
        _ = try await ctl(["export", type, "-o", path], daemon, place)
        let back = try await ctl(["import", path, "--type", type], daemon, place)
        #expect(back.contains("未变 \(count)"), "\(type).\(format): \(back)")
      }
    }
    // Contacts go out masked, and a mask that comes back changes nothing.
    let masked = try String(contentsOfFile: "\(place.path)/out-通行证.csv", encoding: .utf8)
    #expect(masked.contains("王**,139****5678") && !masked.contains("王小明"), "\(masked)")

    // The daemon's refusal names the row and the column.
    try write(
      place, "passes.csv", heads, "430500000145,跨省,湘E99999,原料,\(dates),有效,,,",
      "430500000146,省内,湘E54321,原料,\(dates),有效,,,")
    let revived = try await refused("passes.csv", daemon, place)
    #expect(revived.contains("第 2 行“车牌号”") && revived.contains("第 3 行“状态”"), "\(revived)")
    try write(place, "pass_trips.csv", "通行证号,车牌号,通行时间", "430500000145,湘E12345,\(try first.addingDays(-1)) 09:00")
    let early = try await refused("pass_trips.csv", daemon, place)
    #expect(early.contains("第 2 行“通行时间”") && early.contains("起才有效"), "\(early)")
    try await daemon.stop()
  }

  private func refused(_ name: String, _ daemon: Guoband, _ place: Workplace) async throws -> String {
    let (code, text) = try await place.attempt(
      "guobanctl", ["import", "\(place.path)/\(name)", "--data-dir", daemon.dataDirectory])
    #expect(code == 1)
    return text
  }

  private func write(_ place: Workplace, _ name: String, _ lines: String...) throws {
    let text = lines.joined(separator: "\n") + "\n"
    try text.write(toFile: "\(place.path)/\(name)", atomically: true, encoding: .utf8)
  }

  private func ctl(_ arguments: [String], _ daemon: Guoband, _ place: Workplace) async throws -> String {
    try await place.run("guobanctl", arguments + ["--data-dir", daemon.dataDirectory])
  }
}
