import Glibc
import GuobanMessages
import GuobanWire
import NIOCore

/// A client's end of a connection that does only, and exactly, what a script says. Blocks; one thread at a time.
final class BadSocket {
  let descriptor: Int32
  private var decoder = FrameDecoder(frameBytesMax: 32 << 20, limits: BadSocket.limits)
  private var lastStream: UInt32 = 0
  private var unread: RPC.Frame?
  private(set) var methods: [String: UInt32] = [:]

  private static let limits = DecodeLimits(
    messageBytesMax: 32 << 20, depthMax: 4, elementsMax: 10_000, unknownFieldsMax: 10, memoryBytesMax: 64 << 20)

  /// A measured bad client sends through a link of a gigabit a second, as if it sat on another machine.
  private static let linkBytesPerMicrosecond = 125
  private static let linkPieceBytes = 64 << 10

  /// Longer than anything that is waited for.
  private static let receiveSeconds = 20

  init(port: Int, receiveBufferBytes: Int32? = nil) throws(Failure) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if let receiveBufferBytes { set(SO_RCVBUF, receiveBufferBytes) }
    set(SO_RCVTIMEO, timeval(tv_sec: Self.receiveSeconds, tv_usec: 0))
    set(SO_SNDTIMEO, timeval(tv_sec: Self.receiveSeconds, tv_usec: 0))
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure("connect: \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  // MARK: Sending

  /// Sends what can be sent; a server that has hung up is no failure of the script.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      let sent = bytes[start...].withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress, Run.isMeasured ? min($0.count, Self.linkPieceBytes) : $0.count,
          Int32(MSG_NOSIGNAL))
      }
      if sent < 0 && errno == EINTR { continue }
      guard sent > 0 else { return false }
      start += sent
      let linkMicroseconds = UInt32(sent / Self.linkBytesPerMicrosecond)
      if Run.isMeasured && linkMicroseconds > 0 { usleep(linkMicroseconds) }
    }
    return true
  }

  @discardableResult
  func send(_ frame: RPC.Frame) -> Bool { send(Self.wire(frame)) }

  static func wire(_ frame: RPC.Frame) -> [UInt8] {
    var buffer = ByteBuffer()
    FrameEncoder.write(frame, into: &buffer)
    return Array(buffer.readableBytesView)
  }

  /// A frame of this body, whatever it is.
  func send(body: [UInt8], flags: UInt8 = 0) {
    send([flags] + withUnsafeBytes(of: UInt32(body.count).bigEndian) { Array($0) } + body)
  }

  func greet(_ token: String) throws(Failure) {
    send(RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1], name: "bad", token: token))))
    guard case .hello(let hello) = try next()?.body else { throw Failure("no Hello came back") }
    methods = Dictionary(uniqueKeysWithValues: hello.methods.map { ($0.name, $0.id) })
  }

  /// A frame that opens the next stream, or the one named.
  func callFrame(_ method: String, _ message: [UInt8] = [], timeoutMs: UInt32 = 0, stream: UInt32? = nil) -> RPC.Frame {
    let id = stream ?? lastStream + 1
    lastStream = max(lastStream, id)
    let target: RPC.Call.Target = methods[method].map { .methodId($0) } ?? .method(method)
    return RPC.Frame(
      streamId: id, body: .call(.init(target: target, timeoutMs: timeoutMs, message: message, endStream: true)))
  }

  @discardableResult
  func call(_ method: String, _ message: [UInt8] = [], timeoutMs: UInt32 = 0, stream: UInt32? = nil) -> UInt32 {
    let frame = callFrame(method, message, timeoutMs: timeoutMs, stream: stream)
    send(frame)
    return frame.streamId
  }

  // MARK: Receiving

  /// The next frame; nil when the server has closed or reset the connection.
  func next() throws(Failure) -> RPC.Frame? {
    if let frame = unread {
      unread = nil
      return frame
    }
    while true {
      do {
        if let frame = try decoder.next() { return frame }
      } catch {
        throw Failure("the server's bytes are no frames: \(error)")
      }
      guard let bytes = try receive() else { return nil }
      decoder.append(ByteBuffer(bytes: bytes))
    }
  }

  /// What has arrived, at least a byte; nil at the end.
  func receive() throws(Failure) -> [UInt8]? {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
      count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      initialized = max(0, count)
    }
    if count < 0 && (errno == EAGAIN || errno == EINTR) {
      throw Failure("nothing came within \(Self.receiveSeconds) s")
    }
    return count > 0 ? bytes : nil
  }

  /// The next Reply, on any stream, or on the one named; other frames are passed over.
  func reply(on stream: UInt32? = nil) throws(Failure) -> RPC.Reply {
    while let frame = try next() {
      if case .goAway(let goAway) = frame.body, goAway.code != 0 { throw Failure("sent away: \(goAway.reason)") }
      guard case .reply(let reply) = frame.body, stream == nil || stream == frame.streamId else { continue }
      return reply
    }
    throw Failure("the connection ended instead of a reply")
  }

  /// Calls and takes the answer.
  func echo(_ message: [UInt8]) throws(Failure) -> [UInt8] {
    let reply = try reply(on: call("/bad/Echo", message))
    guard reply.code == 0 else { throw Failure("Echo was refused: \(reply.statusMessage)") }
    return reply.message
  }

  // MARK: The socket

  func endWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends with a reset instead of an end.
  func reset() {
    set(SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    // A reset is sent when the descriptor goes; dup2 makes it go now, and keeps the number until deinit.
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    dup2(null, descriptor)
    close(null)
  }

  private func set<Value>(_ option: Int32, _ value: Value) {
    withUnsafeBytes(of: value) { _ = setsockopt(descriptor, SOL_SOCKET, option, $0.baseAddress, socklen_t($0.count)) }
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }
}

extension BadSocket {
  /// The next Reply; nil when the server says GoAway, which stays to be read, or has closed.
  func nextReplyOrGoAway() throws(Failure) -> RPC.Reply? {
    while let frame = try next() {
      switch frame.body {
      case .reply(let reply): return reply
      case .goAway:
        unread = frame
        return nil
      default: continue
      }
    }
    return nil
  }
}
