import Foundation
import GuobanImport
import GuobanMessages
import GuobanModel
import Testing

private let text = "区划代码,名称,类型\n410928,濮阳县,县\n410923,南乐县㐂𠮷,县\n"

@Test func aByteOrderMarkAndCRLFAreFine() throws {
  let crlf = text.split(separator: "\n").joined(separator: "\r\n")
  let file = try table("regions.csv").read(["regions.csv": [0xEF, 0xBB, 0xBF] + Array(crlf.utf8)], limits: .standard)
  #expect(file.found.isEmpty)
  #expect(file.encoding == .utf8)
  #expect(try file.decoded(Ledger.Region.self).map(\.name) == ["濮阳县", "南乐县㐂𠮷"])
}

@Test func whatExcelInChinaWritesIsRead() async throws {
  let bytes = try await output("iconv", ["-f", "UTF-8", "-t", "GB18030"], input: Array(text.utf8))
  #expect(String(validating: bytes, as: UTF8.self) == nil)
  let file = try table("regions.csv").read(["regions.csv": bytes], limits: .standard)
  #expect(file.found.isEmpty)
  #expect(file.encoding == .gb18030)
  #expect(try file.decoded(Ledger.Region.self).map(\.name) == ["濮阳县", "南乐县㐂𠮷"])
}

@Test func wholeSampleReadsTheSameInGB18030() async throws {
  for table in sampleTables {
    let utf8 = try sample(table.file)
    // iconv's output is larger than a pipe's buffer, so it goes the other way round: a file in, a pipe out.
    let bytes = try await output("iconv", ["-f", "UTF-8", "-t", "GB18030", sampleFolder.path + "/" + table.file])
    let one = table.read([table.file: utf8], limits: .standard)
    let other = table.read([table.file: bytes], limits: .standard)
    #expect(one.records.map(\.bytes) == other.records.map(\.bytes))
    #expect(other.encoding == .gb18030)
  }
}

@Test func bytesThatAreNoTextAreRefusedWithTheirPlace() async throws {
  let good = try await output("iconv", ["-f", "UTF-8", "-t", "GB18030"], input: Array(text.utf8))
  let cases: [([UInt8], String, String)] = [
    (good + [0x34, 0x31, 0xFF, 0xFF], "regions.csv:4  FILE_ENCODING", "第 \(good.count + 2) 字节"),
    (good + [0xB0], "regions.csv:4  FILE_ENCODING", "第 \(good.count) 字节"),
    ([0xFF, 0xFE, 0x41, 0x00], "regions.csv:0  FILE_ENCODING", "UTF-16"),
    (Array("a\nb\u{0}".utf8), "regions.csv:2  FILE_ENCODING", "空字节"),
  ]
  for (bytes, expected, part) in cases {
    let file = try table("regions.csv").read(["regions.csv": bytes], limits: .standard)
    #expect(file.found == [expected])
    #expect(file.problems.kept.first?.violation.message.contains(part) == true)
    #expect(file.records.isEmpty)
  }
}
