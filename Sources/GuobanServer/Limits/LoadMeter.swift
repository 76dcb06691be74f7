internal import GuobanWire
internal import Synchronization

/// How many calls run on the whole server, and how many bytes of requests they hold: the hard caps.
///
/// One atomic number holds both, so that a call costs one addition when it begins and one when it ends.
final class LoadMeter: Sendable {
  private let packed = Atomic<UInt64>(0)
  private let callsMax: Int
  private let bytesMax: Int

  init(callsMax: Int, bytesMax: Int) {
    self.callsMax = min(callsMax, Self.callsLimit)
    self.bytesMax = min(bytesMax, Self.bytesLimit)
  }

  /// A call begins that holds so many bytes; gives the refusal when it may not, and then it does not count.
  func begin(_ bytes: Int) -> Status? {
    let load = packed.add(Self.oneCall | UInt64(bytes), ordering: .relaxed).newValue
    guard calls(load) <= callsMax else {
      end(bytes)
      return Status(
        .resourceExhausted, "这个守护进程同时进行的调用已有 \(callsMax) 个（calls_max）",
        "\(callsMax) calls run on this daemon already (calls_max)"
      )
      .reason("CALLS_MAX").retry(after: Self.retryDelay)
    }
    guard self.bytes(load) <= bytesMax else {
      end(bytes)
      return tooManyBytes
    }
    return nil
  }

  /// The call is over.
  func end(_ bytes: Int) { packed.subtract(Self.oneCall | UInt64(bytes), ordering: .relaxed) }

  /// A call that runs holds more; gives the refusal when it may not.
  func hold(_ bytes: Int) -> Status? {
    guard self.bytes(packed.add(UInt64(bytes), ordering: .relaxed).newValue) <= bytesMax else {
      release(bytes)
      return tooManyBytes
    }
    return nil
  }

  func release(_ bytes: Int) { packed.subtract(UInt64(bytes), ordering: .relaxed) }

  /// What runs now.
  var running: (calls: Int, bytes: Int) {
    let load = packed.load(ordering: .relaxed)
    return (calls(load), bytes(load))
  }

  private var tooManyBytes: Status {
    Status(
      .resourceExhausted, "正在进行的调用的请求合计已有 \(bytesMax) 字节（request_bytes_max）",
      "running calls hold \(bytesMax) bytes of requests already (request_bytes_max)"
    )
    .reason("REQUEST_BYTES_MAX").retry(after: Self.retryDelay)
  }

  private func calls(_ load: UInt64) -> Int { Int(load >> Self.bytesBits) }
  private func bytes(_ load: UInt64) -> Int { Int(load & (Self.oneCall - 1)) }

  /// The lower bits are bytes, the upper calls. Half of each range is left for what is refused at this moment.
  private static let bytesBits = 44
  private static let oneCall: UInt64 = 1 << 44
  private static let bytesLimit = 1 << 43
  private static let callsLimit = 1 << 19
  /// Calls are short: a moment later there is room, or there is none for long.
  private static let retryDelay = Duration.milliseconds(200)
}
