internal import ArgumentParser
internal import GuobanMessages

struct PassTripCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trip",
    abstract: say("登记一次行程；证在当天无效就不登记。", "Record a trip; refused when the pass is not valid that day."),
    discussion: say(
      "例：guobanctl pass trip 410928000001 --place 濮阳南收费站 --load-tonnes 26.17",
      "Example: guobanctl pass trip 410928000001 --plate 豫J12345 --place gate-3 --load-tonnes 26.17"))

  @Argument(help: ArgumentHelp(say("12 位证号", "The pass's 12 digits"), valueName: "number"))
  var number: String

  @Option(help: ArgumentHelp(say("号牌，写了就须与证相符", "The plate; when given it must be the pass's")))
  var plate = ""

  @Option(help: ArgumentHelp(say("卡口名称", "The checkpoint")))
  var place = ""

  @Option(help: ArgumentHelp(say("卡口所在区划代码", "Region code of the checkpoint"), valueName: "code"))
  var region = ""

  @Option(help: ArgumentHelp(say("本次载重，吨", "Load of this trip in tonnes"), valueName: "tonnes"))
  var loadTonnes: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    var request = Ledger.RecordTripRequest(
      number: number, plate: plate, region: region, place: place, requestId: newRequestID())
    if let loadTonnes { request.loadKg = try kilograms(loadTonnes, option: "--load-tonnes") }
    let trip: Ledger.PassTrip = try await common.call("/guoban.v1.PassService/RecordTrip", request)
    Terminal.print(
      say(
        "已登记：\(trip.pass) 第 \(trip.sequence) 次，\(trip.plate)，\(trip.date)",
        "recorded: trip \(trip.sequence) of \(trip.pass), \(trip.plate), \(trip.date)"))
  }
}
