/// Reads filters: a subset of AIP-160, checked against the columns of the source that is asked.
///
/// `region = "410928" AND (headcount >= 100 OR tags:"专精特新") AND NOT project.tier = COUNTY`
///
/// As in AIP-160, OR binds tighter than AND, and `-` before a term is NOT. A term is a column, a comparison and a
/// literal; `:` asks whether a list has an element, or a text a part. `= null` finds what has no value. Terms beside each
/// other without AND, wildcards and functions are refused.
public struct FilterParser: Sendable {
  /// The sources that filters may name.
  public let catalog: SchemaCatalog
  private let limits: FilterLimits

  /// Reads filters over the sources of `catalog`.
  public init(catalog: SchemaCatalog, limits: FilterLimits) {
    self.catalog = catalog
    self.limits = limits
  }

  /// The filter over the view's base that stands for this one over the view: its condition alone for a blank expression.
  public func parse(_ text: String, over view: SourceView) throws(StorageError) -> Filter {
    let parser = FilterParser(catalog: try catalog.adding(view), limits: limits)
    return view.onBase(try parser.parse(text, source: view.name))
  }

  /// The typed tree, or nil for a blank expression. Every error is ``StorageError/Code/invalidQuery``.
  public func parse(_ text: String, source: String) throws(StorageError) -> Filter? {
    guard text.utf8.count <= limits.bytesMax else {
      throw StorageError(
        .invalidQuery, "筛选条件有 \(text.utf8.count) 字节，最多 \(limits.bytesMax) 字节，请缩短",
        "the filter has \(text.utf8.count) bytes; at most \(limits.bytesMax)")
    }
    var pass = try Pass(lexer: FilterLexer(text), catalog: catalog, limits: limits, source: source)
    if pass.token.kind == .end { return nil }
    let filter = try pass.expression()
    guard pass.token.kind == .end else { throw pass.unexpected("AND、OR 或结尾", "AND, OR or the end") }
    return filter
  }
}

/// One run of recursive descent over one expression.
private struct Pass {
  private(set) var token: FilterToken
  private var lexer: FilterLexer
  private let catalog: SchemaCatalog
  private let limits: FilterLimits
  private let source: String
  private var depth = 0
  private var terms = 0

  init(lexer: FilterLexer, catalog: SchemaCatalog, limits: FilterLimits, source: String) throws(StorageError) {
    var lexer = lexer
    token = try lexer.next()
    self.lexer = lexer
    self.catalog = catalog
    self.limits = limits
    self.source = source
  }

  /// `factor AND factor…`
  mutating func expression() throws(StorageError) -> Filter {
    var parts = [try factor()]
    while token.kind == .word("AND") {
      try advance()
      parts.append(try factor())
    }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  func unexpected(_ expected: String, _ englishExpected: String) -> StorageError {
    StorageError(
      .invalidQuery, "筛选条件第 \(token.position) 个字符处应为 \(expected)，而不是 \(token.shown ?? "结尾")",
      "character \(token.position) of the filter must be \(englishExpected), not \(token.shown ?? "the end")")
  }

  /// `term OR term…`
  private mutating func factor() throws(StorageError) -> Filter {
    var parts = [try term()]
    while token.kind == .word("OR") {
      try advance()
      parts.append(try term())
    }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  /// `[NOT | -] (restriction | "(" expression ")")`
  private mutating func term() throws(StorageError) -> Filter {
    switch token.kind {
    case .word("NOT"), .word("-"):
      try advance()
      return .not(try nested { (pass: inout Pass) throws(StorageError) in try pass.term() })
    case .word(let text) where text.hasPrefix("-"):
      token = FilterToken(kind: .word(String(text.dropFirst())), position: token.position + 1)
      return .not(try nested { (pass: inout Pass) throws(StorageError) in try pass.term() })
    case .open:
      try advance()
      let inner = try nested { (pass: inout Pass) throws(StorageError) in try pass.expression() }
      guard token.kind == .close else { throw unexpected("AND、OR 或“)”", "AND, OR or “)”") }
      try advance()
      return inner
    case .word(let column) where column != "AND" && column != "OR":
      return try restriction(column)
    default:
      throw unexpected("列名、NOT 或“(”", "a column, NOT or “(”")
    }
  }

  private mutating func nested(
    _ body: (inout Pass) throws(StorageError) -> Filter
  ) throws(StorageError) -> Filter {
    depth += 1
    defer { depth -= 1 }
    guard depth <= limits.depthMax else {
      throw StorageError(
        .invalidQuery, "筛选条件的括号和 NOT 最多套 \(limits.depthMax) 层，请简化",
        "parentheses and NOT are nested more than \(limits.depthMax) deep in the filter; please simplify it")
    }
    return try body(&self)
  }

  /// `column comparison literal`
  private mutating func restriction(_ column: String) throws(StorageError) -> Filter {
    terms += 1
    guard terms <= limits.termsMax else {
      throw StorageError(
        .invalidQuery, "筛选条件最多有 \(limits.termsMax) 个比较，请分几次查询",
        "the filter has more than \(limits.termsMax) comparisons; please make several queries of it")
    }
    let start = token.position
    let path: ColumnPath
    do {
      path = try catalog.resolve(column, in: source)
    } catch {
      throw StorageError(
        error.code, "筛选条件第 \(start) 个字符处：\(error.message)", "character \(start) of the filter: \(error.englishMessage)")
    }
    try advance()
    guard case .comparison(let sign) = token.kind else {
      throw unexpected("= != < <= > >= : 之一（在“\(column)”之后）", "one of = != < <= > >= : (after “\(column)”)")
    }
    try advance()
    let literal: FilterLiteral
    switch token.kind {
    case .word(let text) where !["AND", "OR", "NOT"].contains(text): literal = FilterLiteral(text: text, quoted: false)
    case .quoted(let text): literal = FilterLiteral(text: text, quoted: true)
    default: throw unexpected("一个值（在“\(column) \(sign)”之后）", "a value (after “\(column) \(sign)”)")
    }
    try check(literal, against: path, column: column, sign: sign)
    guard let filter = literal.compared(with: column, of: path.kind, sign: sign) else {
      let expected = FilterLiteral.expectation(column: column, kind: path.kind, sign: sign)
      throw unexpected(expected.chinese, expected.english)
    }
    try advance()
    return filter
  }

  /// Refuses what the column cannot hold, and a bare word that is another column's name.
  private func check(
    _ literal: FilterLiteral, against path: ColumnPath, column: String, sign: String
  ) throws(StorageError) {
    if !literal.quoted, literal.text == "null" { return }
    let refusal = path.values?.refusal(of: literal.text, sign: sign)
    if !literal.quoted, path.values == nil || refusal != nil, (try? catalog.resolve(literal.text, in: source)) != nil {
      let isText = path.kind != .integer
      throw refused(
        literal, column, "“\(literal.text)”也是一列，两列不能相比，只能和一个值比" + (isText ? "；如果是文字，请加引号" : ""),
        "“\(literal.text)” is a column too; a column is compared with a value only"
          + (isText ? "; put a text into quotes" : ""))
    }
    if let refusal { throw refused(literal, column, refusal.message, refusal.english) }
  }

  private func refused(
    _ literal: FilterLiteral, _ column: String, _ reason: String, _ english: String
  ) -> StorageError {
    StorageError(
      .invalidQuery, "筛选条件第 \(token.position) 个字符处，列 \(column)：\(reason)",
      "character \(token.position) of the filter, column \(column): \(english)"
    ).about("filter", literal.text)
  }

  private mutating func advance() throws(StorageError) {
    token = try lexer.next()
  }
}
