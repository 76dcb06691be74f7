extension QRCode {
  /// The code as an SVG element: sharp at any size, quiet zone included.
  ///
  /// - Parameter isStandalone: with the XML head of a file of its own.
  public func svg(isStandalone: Bool) -> String {
    let side = size + 2 * Self.quietZone
    var path = ""
    for y in 0..<size {
      var x = 0
      while x < size {
        guard isDark(x, y) else {
          x += 1
          continue
        }
        var end = x
        while isDark(end, y) { end += 1 }
        path += "M\(x + Self.quietZone) \(y + Self.quietZone)h\(end - x)v1h-\(end - x)z"
        x = end
      }
    }
    let head = isStandalone ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : ""
    return head + """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges">\
      <rect width="\(side)" height="\(side)" fill="#fff"/><path d="\(path)" fill="#000"/></svg>

      """
  }
}
