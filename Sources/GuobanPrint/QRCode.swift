internal import CQRCode

/// A QR code (ISO/IEC 18004), error correction M or better: a fold or a smear of 15 % is read through.
///
/// Text of the 45 characters of ``GuobanModel/Base45`` goes into alphanumeric mode, which packs it most densely.
public struct QRCode: Sendable, Equatable {
  /// Modules on a side, without the quiet zone.
  public let size: Int
  /// Row by row; true is dark.
  public let modules: [Bool]

  /// Light modules that must stay around the code.
  public static let quietZone = 4
  /// The largest code that a checkpoint's scanner should be asked to read from paper: 97 modules.
  static let versionMax: CInt = 20

  /// Nil when the text does not fit into ``versionMax``.
  public init?(_ text: String) {
    let side = Int(Self.versionMax) * 4 + 17
    let bufferBytes = (side * side + 7) / 8 + 1
    var scratch = [UInt8](repeating: 0, count: bufferBytes)
    var code = [UInt8](repeating: 0, count: bufferBytes)
    guard !text.utf8.contains(0), text.utf8.count < bufferBytes * 8 / 5,
      qrcodegen_encodeText(
        text, &scratch, &code, qrcodegen_Ecc_MEDIUM, 1, Self.versionMax, qrcodegen_Mask_AUTO, true)
    else { return nil }
    let size = qrcodegen_getSize(code)
    self.size = Int(size)
    modules = (0..<size).flatMap { y in (0..<size).map { x in qrcodegen_getModule(code, x, y) } }
  }

  /// Whether the module is dark; outside of the code none is.
  public func isDark(_ x: Int, _ y: Int) -> Bool {
    (0..<size).contains(x) && (0..<size).contains(y) && modules[y * size + x]
  }
}
