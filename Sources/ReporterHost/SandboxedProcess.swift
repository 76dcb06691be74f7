internal import Glibc
internal import GuobanMessages

/// A reporter's process as the host sees it: messages in and out, a deadline over everything, its log and its end.
///
/// Used by one thread, which blocks. All reading and writing is in ``pump(until:)``, so neither side can make the other
/// wait for ever: a reporter that does not read, or writes while we write, is only ever waited for until the deadline.
final class SandboxedProcess {
  private let sandbox: SpawnedSandbox
  private let configuration: ReporterHostConfiguration
  private let deadline: ContinuousClock.Instant
  private let isCancelled: @Sendable () -> Bool

  private var outbox: [UInt8] = []
  private var outboxSent = 0
  private var inbox = FrameBuffer()
  private var outputBytes = 0
  private var outputEnded = false
  private var logEnded = false
  private var statusEnded = false
  private(set) var logBytes: [UInt8] = []
  private var statusBytes: [UInt8] = []
  private(set) var peakMemoryKiB = 0
  private var lastSample = ContinuousClock.now

  private static let pollMillisecondsMax: Int64 = 100
  private static let sampleInterval = Duration.milliseconds(20)

  init(
    _ command: SandboxCommand, configuration: ReporterHostConfiguration, deadline: ContinuousClock.Instant,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(Breakage) {
    sandbox = try command.spawn()
    self.configuration = configuration
    self.deadline = deadline
    self.isCancelled = isCancelled
  }

  var status: SandboxStatus { SandboxStatus(lines: statusBytes) }

  /// Sends a message; returns when it is written.
  func send(_ body: Reporting.HostMessage.Body) throws(Breakage) {
    outbox += FrameBuffer.framed(Reporting.HostMessage(body: body).packed())
    try pump { self.outboxSent == self.outbox.count }
    outbox.removeAll(keepingCapacity: true)
    outboxSent = 0
  }

  /// The next message; nil when the reporter has closed its output.
  func receive() throws(Breakage) -> Reporting.ReporterMessage.Body? {
    var message: [UInt8]?
    var tooLong: FrameBuffer.TooLong?
    try pump {
      do throws(FrameBuffer.TooLong) {
        message = try self.inbox.next(lengthMax: self.configuration.outputBytesMax)
      } catch {
        tooLong = error
      }
      return message != nil || tooLong != nil || self.outputEnded
    }
    sampleMemory()
    if let tooLong {
      throw Breakage(
        .protocolViolated, "输出不符合协议：声称有一条 \(tooLong.length) 字节的消息",
        "the output breaks the protocol: it announces a message of \(tooLong.length) bytes")
    }
    guard let message else {
      if !inbox.isEmpty {
        throw Breakage(
          .protocolViolated, "输出不符合协议：在一条消息中间结束", "the output breaks the protocol: it ends inside a message")
      }
      return nil
    }
    do {
      guard let body = try Reporting.ReporterMessage(packed: message, limits: limits).body else {
        throw Breakage(
          .protocolViolated, "输出不符合协议：一条空消息，或更新版本的消息",
          "the output breaks the protocol: a message that is empty, or of a newer version")
      }
      return body
    } catch let error as Breakage {
      throw error
    } catch {
      throw Breakage(.protocolViolated, "输出不符合协议：\(error)", "the output breaks the protocol: \(error)")
    }
  }

  private var limits: DecodeLimits {
    DecodeLimits(
      messageBytesMax: configuration.outputBytesMax, depthMax: 8, elementsMax: 2_000_000, unknownFieldsMax: 1_000,
      memoryBytesMax: configuration.outputBytesMax * 8)
  }

  /// Ends the process, killing it when it does not end by itself within `grace`, and leaves nothing behind.
  func end(grace: Duration) -> ProcessEnd {
    shutdown(sandbox.input, Int32(SHUT_RDWR))
    let last = min(ContinuousClock.now + grace, deadline)
    var raw: Int32 = 0
    while waitpid(sandbox.process, &raw, WNOHANG) == 0 {
      if ContinuousClock.now >= last {
        kill(-sandbox.process, SIGKILL)
        kill(sandbox.process, SIGKILL)
        while waitpid(sandbox.process, &raw, 0) < 0 && errno == EINTR {}
        break
      }
      drain()
      usleep(1_000)
    }
    drain()
    for fd in [sandbox.input, sandbox.output, sandbox.log, sandbox.status] { close(fd) }
    let signal = raw & 0x7f
    return signal == 0 ? .exited((raw >> 8) & 0xff) : .signalled(signal)
  }

  private func pump(until done: () -> Bool) throws(Breakage) {
    while !done() {
      if isCancelled() { throw Breakage(.cancelled, "调用方已取消", "the caller cancelled it") }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw Breakage(.timedOut, "超过时限，已终止", "ended: it took too long") }
      var descriptors = [
        pollfd(fd: outboxSent < outbox.count ? sandbox.input : -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: outputEnded ? -1 : sandbox.output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: logEnded ? -1 : sandbox.log, events: Int16(POLLIN), revents: 0),
        pollfd(fd: statusEnded ? -1 : sandbox.status, events: Int16(POLLIN), revents: 0),
      ]
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
      poll(&descriptors, nfds_t(descriptors.count), Int32(min(milliseconds, Self.pollMillisecondsMax)))
      if descriptors[0].revents != 0 { try write() }
      if descriptors[1].revents != 0 { try readOutput() }
      drainSides()
      if ContinuousClock.now - lastSample > Self.sampleInterval { sampleMemory() }
    }
  }

  /// The peak so far. Not ru_maxrss: a child made by vfork starts with its parent's.
  private func sampleMemory() {
    lastSample = .now
    guard let file = fopen("/proc/\(sandbox.process)/status", "r") else { return }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      peakMemoryKiB = max(peakMemoryKiB, Int(text.filter(\.isNumber)) ?? 0)
      return
    }
  }

  private func write() throws(Breakage) {
    let count = outbox.count - outboxSent
    // Safety: send(2) reads `count` bytes from `outboxSent`, which end where the array does.
    let sent = outbox.withUnsafeBytes {
      Glibc.send(sandbox.input, $0.baseAddress?.advanced(by: outboxSent), count, Int32(MSG_NOSIGNAL))
    }
    if sent >= 0 {
      outboxSent += sent
    } else if errno != EAGAIN && errno != EINTR {
      throw Breakage(.exited, "没有读完数据就结束了", "it ended before it had read all data")
    }
  }

  private func readOutput() throws(Breakage) {
    guard let bytes = Self.available(sandbox.output, ended: &outputEnded) else { return }
    outputBytes += bytes.count
    guard outputBytes <= configuration.outputBytesMax else {
      throw Breakage(
        .outputTooLarge, "输出超过 \(configuration.outputBytesMax) 字节，已终止",
        "ended: its output has more than \(configuration.outputBytesMax) bytes")
    }
    inbox.append(bytes)
  }

  /// What is left in the pipes when the reporter is not listened to any more.
  private func drain() {
    if !outputEnded { _ = Self.available(sandbox.output, ended: &outputEnded) }
    drainSides()
  }

  private func drainSides() {
    while !logEnded, let bytes = Self.available(sandbox.log, ended: &logEnded) {
      logBytes += bytes
      // The end tells why; the beginning is let go.
      if logBytes.count > configuration.logBytesMax { logBytes.removeFirst(logBytes.count - configuration.logBytesMax) }
    }
    while !statusEnded, let bytes = Self.available(sandbox.status, ended: &statusEnded) {
      statusBytes += bytes.prefix(SandboxStatus.bytesMax - statusBytes.count)
    }
  }

  /// What can be read now; nil when there is nothing, or no more.
  private static func available(_ fd: Int32, ended: inout Bool) -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
      let got = read(fd, buffer.baseAddress, buffer.count)
      ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)
      count = max(got, 0)
    }
    return bytes.isEmpty ? nil : bytes
  }
}
