internal import CPNG

extension QRCode {
  /// Dots on a side of a module in an image.
  public static let dotsMax = 64

  /// The code as a grey PNG image, quiet zone included; nil when libpng has no memory for it.
  ///
  /// - Parameter dots: on a side of a module, 1…``dotsMax``.
  public func png(dots: Int) -> [UInt8]? {
    let dots = min(max(dots, 1), Self.dotsMax)
    let side = (size + 2 * Self.quietZone) * dots
    var pixels = [UInt8](repeating: 0xFF, count: side * side)
    for y in 0..<side {
      for x in 0..<side where isDark(x / dots - Self.quietZone, y / dots - Self.quietZone) { pixels[y * side + x] = 0 }
    }
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(side)
    image.height = UInt32(side)
    image.format = 0  // PNG_FORMAT_GRAY
    var count = 0
    guard png_image_write_to_memory(&image, nil, &count, 0, pixels, 0, nil) != 0, count > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    guard png_image_write_to_memory(&image, &bytes, &count, 0, pixels, 0, nil) != 0 else { return nil }
    return Array(bytes.prefix(count))
  }
}
