/// Bytes as lower-case hexadecimal digits, two each, as `sha256sum` writes them.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.reduce(into: "") { text, byte in
    if byte < 0x10 { text += "0" }
    text += String(byte, radix: 16)
  }
}
