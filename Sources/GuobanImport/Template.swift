internal import GuobanModel
public import GuobanSheet

/// An empty file for a record type, with what each column takes.
public struct Template: Sendable {
  /// One column, for the person who fills it in.
  public struct Column: Sendable {
    public var head: String
    public var isRequired: Bool
    /// 文字, 日期, 金额…
    public var kind: String
    public var allowed: [String]
    public var example: String
    public var note: String
    /// Other heads that are understood.
    public var otherHeads: [String]
  }

  public let title: String
  public let columns: [Column]
  private let notes: [String]

  /// The heads over the explanations.
  public static let explanationHeads = ["列名", "必填", "填什么", "可选项", "例", "说明", "也可写作"]

  init<Row>(_ table: RecordTable<Row>) {
    title = table.title
    columns = table.columns.map { column in
      Column(
        head: column.recommendedHead, isRequired: column.isRequired, kind: column.guide.kind,
        allowed: column.guide.allowed, example: column.guide.example, note: column.guide.note,
        otherHeads: Array(column.heads.dropFirst()))
    }
    notes = table.openNotes
  }

  /// The explanations as rows of text.
  public var explanations: [[String]] {
    columns.map { column in
      [
        column.head, column.isRequired ? "必填" : "", column.kind, column.allowed.joined(separator: "、"), column.example,
        column.note, column.otherHeads.joined(separator: "、"),
      ]
    } + (notes + Self.common).map { ["", "", "", "", "", $0, ""] }
  }

  private static let common = [
    "红色列名必填；列的次序不限；不认识的列会指出来。",
    "用不到的列可以删去：没有的列，台账里已有的内容不动；列在而格子空着，就是清空。",
    "金额、比例的单位写在列名的括号里，换单位只改括号，如 总投资(亿元)。",
    "日期写 2023-06-30、2023/6/30 或 2023年6月30日；代码、车牌等请把单元格设为“文本”。",
    "不要合并单元格；公式要先算出结果（用 Excel 保存一次）。导入不通过时会写出带“错误原因”列的副本，改好那个文件再导入即可。",
  ]

  /// Writes the template as a workbook: the empty sheet, and the explanations on a second one.
  public func writeWorkbook(_ path: String, temporaryFolder: String) throws(SheetError) {
    let writer = try SheetWriter(path: path, sheetName: title, temporaryFolder: temporaryFolder)
    writer.setWidths(columns.map { Double(min(40, max(10, $0.head.count * 2 + 4))) })
    writer.freezeHead()
    for (index, column) in columns.enumerated() where !column.allowed.isEmpty {
      writer.offer(SheetChoice(column: index, allowed: column.allowed))
    }
    try writer.write(columns.map { .text($0.head) }, styles: columns.map { $0.isRequired ? .requiredHead : .head })
    try writer.addSheet("填写说明")
    writer.setWidths([24, 6, 14, 48, 26, 60, 24])
    writer.freezeHead()
    try writer.write(Self.explanationHeads.map { .text($0) }, style: .head)
    for row in explanations { try writer.write(row.map { .text($0) }) }
    try writer.close()
  }

  /// The empty file as CSV: the heads alone, as everything under them would be read.
  public var csv: [UInt8] { CSVText.byteOrderMark + Array(CSVText.line(columns.map { .text($0.head) }).utf8) }

  /// The explanations as CSV.
  public var csvExplanations: [UInt8] {
    CSVText.byteOrderMark
      + ([Self.explanationHeads] + explanations).flatMap { CSVText.line($0.map { .text($0) }).utf8 }
  }
}
