public import GuobanMessages

/// A pass on a sheet of A4: one file of HTML that needs nothing else, for any browser's print.
public struct PassSheet: Sendable {
  public var pass: Ledger.Pass
  /// What the QR code says.
  public var payload: String
  /// Names of regions by code; a code that is not here is printed itself.
  public var regionNames: [String: String]
  /// Empty: its code is printed.
  public var enterpriseName: String

  /// Puts a sheet together.
  public init(pass: Ledger.Pass, payload: String, regionNames: [String: String], enterpriseName: String) {
    self.pass = pass
    self.payload = payload
    self.regionNames = regionNames
    self.enterpriseName = enterpriseName
  }

  /// The page; nil when the payload makes no QR code.
  public func html() -> String? {
    guard let code = QRCode(payload) else { return nil }
    let rows = fields.map { "<tr><th>\(Self.escaped($0.0))</th><td>\(Self.escaped($0.1))</td></tr>" }
    return """
      <!DOCTYPE html>
      <html lang="zh-CN">
      <head>
      <meta charset="UTF-8">
      <title>通行证 \(Self.escaped(pass.number))</title>
      <style>
      @page { size: A4 portrait; margin: 15mm; }
      * { box-sizing: border-box; }
      body { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "SimHei", sans-serif; color: #000; margin: 0 auto; max-width: 180mm; }
      .sheet { border: 1mm solid #000; padding: 8mm; page-break-inside: avoid; }
      h1 { font-size: 30pt; letter-spacing: 4pt; text-align: center; margin: 0 0 2mm; }
      .kind { text-align: center; font-size: 16pt; margin: 0 0 6mm; }
      .plate { text-align: center; font-size: 44pt; font-weight: bold; border: .6mm solid #000; padding: 3mm; margin: 0 0 6mm; }
      table { width: 100%; border-collapse: collapse; font-size: 14pt; }
      th, td { border: .3mm solid #000; padding: 2mm 3mm; text-align: left; vertical-align: top; }
      th { width: 34mm; font-weight: normal; background: #eee; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      .code { display: flex; gap: 8mm; align-items: center; margin-top: 6mm; }
      .code svg { width: 62mm; height: 62mm; flex: none; }
      .note { font-size: 11pt; line-height: 1.6; }
      .text { font-family: monospace; font-size: 6pt; word-break: break-all; margin-top: 3mm; white-space: pre-wrap; }
      </style>
      </head>
      <body>
      <div class="sheet">
      <h1>\(Self.escaped(title))</h1>
      <p class="kind">No. \(Self.escaped(pass.number))</p>
      <div class="plate">\(Self.escaped(pass.plate))</div>
      <table>
      \(rows.joined(separator: "\n"))
      </table>
      <div class="code">
      \(code.svg(isStandalone: false))<div class="note">一车一证一线路。<br>二维码有发证机关的数字签名，无网络时也可核验：<br>guobanctl pass check 内容 --public-key 公钥文件<br>涂改、转借、过期无效。吊销和换证须联网核验。</div>
      </div>
      <div class="text">\(Self.escaped(payload))</div>
      </div>
      </body>
      </html>

      """
  }

  private var title: String {
    switch pass.kind {
    case .city: "市内货运车辆通行证"
    case .province: "省内重点物资运输车辆通行证"
    case .interprovince: "跨省货运车辆通行证"
    default: "货运车辆通行证"
    }
  }

  /// Heads and values, in the order in which a checkpoint asks.
  private var fields: [(String, String)] {
    let tonnes = "\(pass.loadKg / 1000).\(String(String(pass.loadKg % 1000 + 1000).dropFirst()))"
    let all = [
      ("有效期", "\(pass.validFrom) 至 \(pass.validUntil)（首尾两日均有效）"),
      ("线路", "\(place(pass.origin)) → \(place(pass.destination))"),
      ("货物", pass.goods), ("载重", pass.loadKg > 0 ? "\(tonnes) 吨" : ""),
      ("通行条件", pass.conditions.map(Self.name).joined(separator: "、")),
      ("号牌颜色", Self.name(pass.plateColor)),
      ("企业", enterpriseName.isEmpty ? pass.enterprise : enterpriseName),
      ("持证人", [pass.holder?.name ?? "", pass.holder?.phone ?? ""].filter { !$0.isEmpty }.joined(separator: " ")),
      ("发证机关", place(String(pass.number.prefix(6)))),
    ]
    return all.filter { !$0.1.isEmpty }
  }

  private func place(_ code: String) -> String {
    regionNames[code].map { "\($0)（\(code)）" } ?? code
  }

  private static func name(_ condition: Ledger.PassCondition) -> String {
    switch condition {
    case .driverStaysInCab: "司机不下车"
    case .escort: "护送"
    default: condition.name
    }
  }

  private static func name(_ color: Ledger.PlateColor) -> String {
    switch color {
    case .blue: "蓝"
    case .yellow: "黄"
    case .green: "绿"
    case .yellowGreen: "黄绿"
    case .white: "白"
    case .black: "黑"
    default: ""
    }
  }

  static func escaped(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}
