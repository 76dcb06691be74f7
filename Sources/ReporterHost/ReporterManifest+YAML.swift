internal import GuobanMessages

extension ReporterManifest {
  static let fileName = "reporter.yaml"
  static let protocolMajor = 1

  /// Reads a `reporter.yaml`.
  init(yaml text: String, file: String) throws(ReporterError) {
    var reader = try YAMLReader(file: file, text: text)
    id = try reader.text("id", bytesMax: 64)
    guard Self.isIdentifier(id) else {
      throw reader.problem(
        "id", "只能用小写字母、数字和下划线，以字母开头，现在是 \(id)",
        "has lower-case letters, digits and underscores only, and begins with a letter; it is \(id)")
    }
    version = try reader.text("version", bytesMax: 32)
    title = try reader.text("title", bytesMax: 256)
    description = try reader.optionalText("description", bytesMax: 4096) ?? ""
    guard let spoken = try reader.optionalInteger("protocol", in: 1...1000) else {
      throw reader.problem(
        "protocol", "必须填写，本版本支持 \(Self.protocolMajor)", "is required; this version speaks \(Self.protocolMajor)")
    }
    guard spoken == Self.protocolMajor else {
      throw reader.problem(
        "protocol", "本版本只支持 \(Self.protocolMajor)，现在是 \(spoken)",
        "this version speaks \(Self.protocolMajor) only, not \(spoken)")
    }
    program = try Self.program(&reader)
    parameters = []
    for var item in try reader.readers("parameters", countMax: 64) {
      let parameter = try Parameter(&item)
      guard !parameters.contains(where: { $0.name == parameter.name }) else {
        throw item.problem("name", "参数 \(parameter.name) 重复", "the parameter \(parameter.name) is repeated")
      }
      parameters.append(parameter)
    }
    sources = try reader.texts("data", countMax: 64, bytesMax: 64)
    limits = Limits()
    if var reader = try reader.optionalReader("limits") {
      limits.memoryMiB = try reader.optionalInteger("memory_mib", in: 32...1_048_576)
      limits.cpuSeconds = try reader.optionalInteger("cpu_seconds", in: 1...86_400)
      limits.wallSeconds = try reader.optionalInteger("wall_seconds", in: 1...86_400)
      limits.rows = try reader.optionalInteger("rows", in: 1...10_000_000)
      try reader.refuseOthers()
    }
    try reader.refuseOthers()
  }

  private static func program(_ reader: inout YAMLReader) throws(ReporterError) -> Program {
    let module = try reader.optionalText("module", bytesMax: 255)
    let executable = try reader.optionalText("executable", bytesMax: 255)
    let program: Program
    switch (module, executable) {
    case (let file?, nil): program = .module(file)
    case (nil, let file?): program = .executable(file)
    default: throw reader.problem("module", "module 和 executable 必须且只能填一个", "give one of module and executable")
    }
    guard isPlainPath(program.file) else {
      throw reader.problem(
        "module", "必须是本文件夹内的文件，不能有 .. 或以 / 开头，现在是 \(program.file)",
        "must be a file in this folder, without .. and not beginning with /; it is \(program.file)")
    }
    return program
  }

  private static func isPlainPath(_ path: String) -> Bool {
    !path.isEmpty && !path.utf8.contains(0)
      && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && $0 != "." && $0 != ".."
      }
  }

  fileprivate static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, (97...122).contains(first) else { return false }
    return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}

extension ReporterManifest.Parameter {
  fileprivate init(_ reader: inout YAMLReader) throws(ReporterError) {
    name = try reader.text("name", bytesMax: 64)
    guard ReporterManifest.isIdentifier(name) else {
      throw reader.problem(
        "name", "只能用小写字母、数字和下划线，以字母开头，现在是 \(name)",
        "has lower-case letters, digits and underscores only, and begins with a letter; it is \(name)")
    }
    title = try reader.text("title", bytesMax: 256)
    let type = try reader.text("type", bytesMax: 16)
    guard let kind = Reporting.ParameterKind(name: type.uppercased()), kind != .unspecified else {
      throw reader.problem(
        "type", "只能是 text、integer、choice、decimal、bool，现在是 \(type)",
        "must be text, integer, choice, decimal or bool, not \(type)")
    }
    self.kind = kind
    isRequired = try reader.bool("required")
    defaultValue = try reader.optionalText("default", bytesMax: 1024) ?? ""
    choices = try reader.texts("choices", countMax: 64, bytesMax: 256)
    guard (kind == .choice) == !choices.isEmpty else {
      throw reader.problem(
        "choices", "type 为 choice 时必须有，其他类型不能有", "a parameter of type choice has some, any other none")
    }
    if !defaultValue.isEmpty, let rule = violation(of: defaultValue) {
      throw reader.problem("default", rule.chinese, rule.english)
    }
    try reader.refuseOthers()
  }
}
