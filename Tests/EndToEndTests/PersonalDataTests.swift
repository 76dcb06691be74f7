import Foundation
import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanWire
import Testing

/// Personal data through the whole daemon: nothing that is written anywhere holds them in plain.
struct PersonalDataTests {
  private static let plain = ["欧阳明月", "13698761234", "11010519491231002X", "13698765678"]

  @Test func noFileLogOrExportHoldsAPlainValue() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: ["listen.tcpEnabled=false", "logs.level=trace"])
    let client = try await daemon.connect()
    let rpc = Calls(client)
    try await rpc.createRegion("430500", "邵阳市")
    let contact = Ledger.Contact(name: Self.plain[0], phone: Self.plain[1], idNumber: Self.plain[2])
    let enterprise = Ledger.Enterprise(uscc: "91430502MA9GAAAA5X", name: "企业", region: "430500", contact: contact)
    let created: Ledger.Enterprise = try await client.call(
      "/guoban.v1.EnterpriseService/CreateEnterprise",
      Ledger.CreateEnterpriseRequest(enterprise: enterprise, requestId: "create-1"))
    #expect(created.contact?.name == "欧***" && created.contact?.phone == "136****1234")
    // The same request again is the same; the digest of it says nothing of what is masked.
    let again: Ledger.Enterprise = try await client.call(
      "/guoban.v1.EnterpriseService/CreateEnterprise",
      Ledger.CreateEnterpriseRequest(enterprise: enterprise, requestId: "create-1"))
    #expect(again == created)
    var update = created
    update.contact?.phone = Self.plain[3]
    let updated: Ledger.Enterprise = try await client.call(
      "/guoban.v1.EnterpriseService/UpdateEnterprise", Ledger.UpdateEnterpriseRequest(enterprise: update))
    #expect(updated.contact?.phone == "136****5678")
    let _: Ledger.IssuePassResponse = try await client.call(
      "/guoban.v1.PassService/IssuePass",
      Ledger.IssuePassRequest(
        division: "430500", kind: .city, plate: "湘E12345", goods: "米", origin: "430500", destination: "430500",
        holder: contact, requestId: "issue-1"))
    let ticket: Ledger.Ticket = try await client.call(
      "/guoban.v1.TicketService/SubmitTicket",
      Ledger.SubmitTicketRequest(
        ticket: Ledger.Ticket(
          region: "430500", title: "停水", category: .water, channel: .app, severity: .ordinary, contact: contact),
        requestId: "submit-1"))
    #expect(ticket.contact?.name == "欧***" && ticket.contact?.phone == "136****1234")
    let together: Ledger.ApplyResponse = try await client.call(
      "/guoban.v1.LedgerService/Apply",
      Ledger.ApplyRequest(
        mutations: [Ledger.Mutation(kind: .upsert, recordType: "Enterprise", record: update.packed())],
        requestId: "apply-1"))
    #expect(together.results.map(\.key) == [enterprise.uscc])
    // A refusal does not repeat them either.
    let refused = try await refusal {
      var bad = enterprise
      bad.contact?.phone = Self.plain[1] + "9"
      bad.uscc = "91410421MA9GAAAA51"
      let _: Ledger.Enterprise = try await client.call(
        "/guoban.v1.EnterpriseService/CreateEnterprise", Ledger.CreateEnterpriseRequest(enterprise: bad))
    }
    #expect(refused.code == .invalidArgument)
    for plain in Self.plain { #expect(!"\(refused)".contains(plain)) }

    let revealed: Ledger.RevealPersonalDataResponse = try await client.call(
      "/guoban.v1.PersonalDataService/RevealPersonalData",
      Ledger.RevealPersonalDataRequest(recordType: "Enterprise", key: enterprise.uscc, reason: "核实地址"))
    #expect(
      revealed.contacts.first?.contact
        == Ledger.Contact(name: Self.plain[0], phone: Self.plain[3], idNumber: Self.plain[2]))
    let rotated: Ledger.DaemonKey = try await client.call(
      "/guoban.v1.PersonalDataService/RotateKey", Ledger.RotateKeyRequest(purpose: .personalData))
    for _ in 0..<600 {
      let keys: Ledger.ListKeysResponse = try await client.call(
        "/guoban.v1.PersonalDataService/ListKeys", Ledger.ListKeysRequest())
      if !keys.keys.contains(where: { $0.state == .retiring }) { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    let afterwards: Ledger.RevealPersonalDataResponse = try await client.call(
      "/guoban.v1.PersonalDataService/RevealPersonalData",
      Ledger.RevealPersonalDataRequest(recordType: "Enterprise", key: enterprise.uscc, reason: "换钥后核对"))
    #expect(afterwards.contacts == revealed.contacts && rotated.state == .current)
    let snapshot: Ledger.Snapshot = try await client.call(
      "/guoban.v1.SnapshotService/CreateSnapshot", Ledger.CreateSnapshotRequest(), timeout: .seconds(60))
    try await place.run("/usr/bin/zstd", ["-dq", snapshot.path, "-o", "\(place.path)/snapshot"])
    let verified: Ledger.VerifyChangeLogResponse = try await client.call(
      "/guoban.v1.LedgerService/VerifyChangeLog", Ledger.VerifyChangeLogRequest())
    #expect(verified.intact)

    var exported: [UInt8] = []
    for type in ["Enterprise", "Pass", "Ticket"] {
      let stream: AsyncThrowingMapSequence<ServerStream, Ledger.ExportResponse> = try client.stream(
        "/guoban.v1.LedgerService/Export", Ledger.ExportRequest(recordType: type))
      for try await part in stream { exported += part.packed() }
    }
    var reveals: [Ledger.Change] = []
    let log: AsyncThrowingMapSequence<ServerStream, Ledger.ReadChangeLogResponse> = try client.stream(
      "/guoban.v1.LedgerService/ReadChangeLog", Ledger.ReadChangeLogRequest())
    for try await part in log {
      exported += part.packed()
      reveals += part.changes.filter { $0.operation == .reveal }
    }
    #expect(reveals.map(\.note) == ["核实地址", "换钥后核对"] && reveals.allSatisfy { $0.record.isEmpty })
    #expect(!exported.isEmpty)
    // While it runs, the write-ahead log and all; and what it logged.
    let files = try grep(place.path) + [("export", Data(exported)), ("log", Data(daemon.text.utf8))]
    #expect(files.count > 6)
    for (name, bytes) in files {
      for plain in Self.plain { #expect(bytes.range(of: Data(plain.utf8)) == nil, "\(name) holds \(plain)") }
    }
    try await daemon.stop()
    for (name, bytes) in try grep(place.path) {
      for plain in Self.plain { #expect(bytes.range(of: Data(plain.utf8)) == nil, "\(name) holds \(plain)") }
    }
  }

  /// Every regular file below a folder.
  private func grep(_ folder: String) throws -> [(String, Data)] {
    var files: [(String, Data)] = []
    let names = FileManager.default.enumerator(atPath: folder)
    while let name = names?.nextObject() as? String {
      var isFolder: ObjCBool = false
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
        !name.hasSuffix(".sock"), let bytes = FileManager.default.contents(atPath: path)
      else { continue }
      files.append((name, bytes))
    }
    return files
  }

  @Test func aPrintedPassIsCheckedWithNothingButThePublicKey() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    try await Calls(client).createRegion("430500", "邵阳市")
    let issued: Ledger.IssuePassResponse = try await client.call(
      "/guoban.v1.PassService/IssuePass",
      Ledger.IssuePassRequest(
        division: "430500", kind: .province, plate: "湘E12345", plateColor: .yellow, goods: "面粉", loadKg: 26_170,
        origin: "430500", destination: "430500", conditions: [.driverStaysInCab], validFrom: "2099-11-01",
        validUntil: "2099-11-07", holder: Ledger.Contact(name: "张三丰")))
    let number = try #require(issued.pass?.number)
    let dataDir = ["--data-dir", daemon.dataDirectory]
    let keys = try await place.run("guobanctl", ["pass", "public-key"] + dataDir)
    try keys.write(toFile: place.path + "/pass.pub", atomically: true, encoding: .utf8)
    for suffix in ["html", "svg", "png"] {
      try await place.run("guobanctl", ["pass", "print", number, "-o", "\(place.path)/pass.\(suffix)"] + dataDir)
    }
    let html = try String(contentsOfFile: place.path + "/pass.html", encoding: .utf8)
    #expect(html.contains("邵阳市（430500）") && html.contains("张**") && !html.contains("张三丰"))
    try await daemon.stop()

    // From here on there is no daemon. The image is read by another program.
    let read = try await place.run("/usr/bin/zbarimg", ["--quiet", "--raw", place.path + "/pass.png"])
    // It may complain first that there is no D-Bus.
    let code = String(try #require(read.split(separator: "\n").last { $0.hasPrefix("GBP1:") }))
    let check = ["pass", "check", code, "--public-key", place.path + "/pass.pub", "--date"]
    let good = try await place.run("guobanctl", check + ["2099-11-03", "--plate", "湘E12345"])
    #expect(good.contains("有效，至 2099-11-07") && good.contains(number) && good.contains("司机不下车"))
    for (arguments, words) in [
      (check + ["2099-11-08"], "已于 2099-11-07 到期"), (check + ["2099-10-31"], "2099-11-01 起才有效"),
      (check + ["2099-11-03", "--plate", "湘E54321"], "不是 湘E54321 的"),
    ] {
      let text = try await self.refused(place, arguments)
      #expect(text.contains(words), "\(text)")
    }
    var forged = check
    forged[2] = String(code.dropLast(3)) + "000"
    #expect(try await refused(place, forged + ["2099-11-03"]).contains("签名不对"))
  }

  /// What a program says that must end with 1.
  private func refused(_ place: Workplace, _ arguments: [String]) async throws -> String {
    let quoted = ([Workplace.products.appendingPathComponent("guobanctl").path] + arguments)
      .map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }.joined(separator: " ")
    return try await place.run("/bin/sh", ["-c", "\(quoted); test $? = 1"])
  }
}
