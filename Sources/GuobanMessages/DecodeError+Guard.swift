internal import CProtobufC

extension DecodeError {
  /// Says in words what the guard found in a message of type `name`.
  init(_ error: guoban_guard_error, name: String, bytes: Int, limits: DecodeLimits) {
    // Safety: the guard ends the path with a NUL inside the array.
    let path = withUnsafePointer(to: error.path) { path in
      path.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: error.path)) { String(cString: $0) }
    }
    let (code, what) = Self.reason(error.reason, bytes: bytes, limits: limits)
    let place = path.isEmpty ? name : "\(name).\(path)"
    self.init(
      code: code, field: path, offset: Int(error.offset), message: "\(place): \(what) (at byte \(error.offset))")
  }

  private static func reason(
    _ reason: guoban_guard_reason, bytes: Int, limits: DecodeLimits
  ) -> (code: Code, what: String) {
    switch reason {
    case GUOBAN_GUARD_TRUNCATED: (.malformed, "the bytes end inside a field")
    case GUOBAN_GUARD_BAD_VARINT: (.malformed, "a number does not fit in 64 bits")
    case GUOBAN_GUARD_BAD_FIELD_NUMBER: (.malformed, "a field number is not between 1 and 536870911")
    case GUOBAN_GUARD_BAD_WIRE_TYPE: (.malformed, "wire types 6 and 7 do not exist")
    case GUOBAN_GUARD_GROUP: (.malformed, "groups are not supported")
    case GUOBAN_GUARD_WRONG_WIRE_TYPE: (.wrongType, "the wire type is not that of the field's type")
    case GUOBAN_GUARD_BAD_PACKED: (.malformed, "the packed elements do not fill their field")
    case GUOBAN_GUARD_BAD_UTF8: (.invalidUTF8, "the text is not valid UTF-8")
    case GUOBAN_GUARD_NUL: (.nulInString, "the text has a NUL character in it")
    case GUOBAN_GUARD_REPEATED_MESSAGE: (.repeatedMessage, "the field may come only once")
    case GUOBAN_GUARD_MESSAGE_BYTES:
      (.messageTooLarge, "the message has \(bytes) bytes; the limit is \(limits.messageBytesMax)")
    case GUOBAN_GUARD_DEPTH: (.tooDeep, "messages are nested more than \(limits.depthMax) deep")
    case GUOBAN_GUARD_ELEMENTS: (.tooManyElements, "repeated fields have more than \(limits.elementsMax) elements")
    case GUOBAN_GUARD_UNKNOWN_FIELDS:
      (.tooManyUnknownFields, "more than \(limits.unknownFieldsMax) fields are unknown to this version")
    case GUOBAN_GUARD_MEMORY:
      (.tooMuchMemory, "unpacking would take more than \(limits.memoryBytesMax) bytes of memory")
    default: (.malformed, "the message cannot be checked")
    }
  }
}
