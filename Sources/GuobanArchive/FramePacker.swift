internal import Dispatch
internal import GuobanZstd
internal import Synchronization

/// Compresses frames on worker threads and gives them back in order; no more than a few are in memory at once.
struct FramePacker {
  private let level: Int
  private let workers: Int
  private let queue = DispatchQueue(label: "guoban.archive.pack", attributes: .concurrent)
  private var pending: [PendingFrame] = []

  init(level: Int, workers: Int) {
    self.level = level
    self.workers = max(1, workers)
  }

  /// Starts packing `raw`; gives the oldest frame back when enough are under way.
  mutating func submit(_ raw: [UInt8]) throws(ArchiveError) -> [UInt8]? {
    let frame = PendingFrame()
    let level = level
    queue.async { frame.finish(raw, level: level) }
    pending.append(frame)
    return pending.count > workers ? try next() : nil
  }

  /// Waits for the oldest frame; nil when none is left.
  mutating func next() throws(ArchiveError) -> [UInt8]? {
    pending.isEmpty ? nil : try pending.removeFirst().wait()
  }
}

/// A frame that a worker packs.
private final class PendingFrame: Sendable {
  private let done = DispatchSemaphore(value: 0)
  private let result = Mutex<Result<[UInt8], ZstdError>?>(nil)

  func finish(_ raw: [UInt8], level: Int) {
    let packed = Result { () throws(ZstdError) in try ZstdFrame.pack(raw, level: level) }
    result.withLock { $0 = packed }
    done.signal()
  }

  func wait() throws(ArchiveError) -> [UInt8] {
    done.wait()
    guard let result = result.withLock({ $0 }) else { preconditionFailure("signalled before it was packed") }
    do { return try result.get() } catch {
      throw ArchiveError(.io, "压缩失败：\(error.reason)", "zstd cannot compress: \(error.reason)", cause: error)
    }
  }
}
