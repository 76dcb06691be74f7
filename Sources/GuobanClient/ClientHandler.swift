internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// The client's end of a connection, on its event loop: sends what callers left, hands answers to those who wait.
final class ClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connection: ClientConnection
  private let hello: RPC.Hello
  private var decoder: FrameDecoder
  private var streams: [UInt32: Stream] = [:]
  private var context: ChannelHandlerContext?
  private var alarm: Alarm?
  private var output = ByteBuffer()
  private var isReading = false
  private var isOpen = false
  /// Why no new call is possible.
  private var ending: Status?
  private var connectionCredit = ReceiveCredit(batchBytes: .max)

  private struct Stream {
    let waiter: ClientConnection.Waiter
    let deadline: NIODeadline
  }

  init(connection: ClientConnection, hello: RPC.Hello) {
    self.connection = connection
    self.hello = hello
    let configuration = connection.configuration
    decoder = FrameDecoder(
      frameBytesMax: configuration.helloBytesMax, limits: configuration.frameLimits(configuration.helloBytesMax))
  }

  // MARK: The channel

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    alarm = Alarm(on: context.eventLoop) { this.value.timePassed(.now()) }
    connection.onLetters { this.value.deliver() }
    write(RPC.Frame(body: .hello(hello)))
    flush()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReading = true
    decoder.append(unwrapInboundIn(data))
    do {
      while let frame = try decoder.next() { received(frame) }
    } catch {
      end(
        Status(
          .unavailable, "\(connection.endpoint) does not answer as a Guoban daemon would: \(error.status.message)",
          cause: error))
      context.close(promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    flush()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(Status(.unavailable, "the connection to \(connection.endpoint) was lost: connect again"))
    alarm?.clear()
    self.context = nil
    let lost = Status(.unavailable, ending?.message ?? "", cause: ending?.cause)
    for case .call(_, _, let waiter, _) in connection.ended(lost) { waiter.finish(.failure(lost)) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let lost = Status(.unavailable, "the connection to \(connection.endpoint) was lost: \(error)", cause: error)
    end(error as? Status ?? lost)
    context.close(promise: nil)
  }

  // MARK: Frames

  private func received(_ frame: RPC.Frame) {
    switch frame.body {
    case .hello(let hello): greeted(hello)
    case .reply(let reply): finish(frame.streamId, reply)
    case .data(let data): received(data, frame.streamId)
    case .ping(let ping) where !ping.answer:
      write(RPC.Frame(body: .ping(RPC.Ping(payload: ping.payload, answer: true))))
    case .goAway(let goAway): sentAway(goAway)
    case .ping, .call, .credit, .cancel, nil: break
    }
  }

  private func greeted(_ hello: RPC.Hello) {
    guard !isOpen else { return }
    isOpen = true
    let frameBytesMax = Int(hello.limits?.frameBytesMax ?? 0)
    decoder.raise(frameBytesMax: frameBytesMax, limits: connection.configuration.frameLimits(frameBytesMax))
    connectionCredit = ReceiveCredit(batchBytes: Int(hello.limits?.connectionCreditBytes ?? 0) / 2)
    connection.greeted(.success(hello))
  }

  private func received(_ data: RPC.Data, _ id: UInt32) {
    // The connection's credit comes back at once, so that a stream nobody consumes cannot hold up the others; the
    // stream's own credit comes back as its messages are consumed.
    if let bytes = connectionCredit.add(data.message.count) { write(credit(0, bytes)) }
    guard case .stream(let inbox) = streams[id]?.waiter else { return }
    inbox.push(data.message)
  }

  private func sentAway(_ goAway: RPC.GoAway) {
    let code = Status.Code(number: goAway.code)
    end(Status(code == .ok ? .unavailable : code, "\(connection.endpoint): \(goAway.reason)"))
    let lost = streams.keys.filter { $0 > goAway.lastStreamId }
    for id in lost { fail(id, ending ?? Status(.unavailable, goAway.reason)) }
  }

  private func finish(_ id: UInt32, _ reply: RPC.Reply) {
    guard let stream = streams.removeValue(forKey: id) else { return }
    let result: Result<[UInt8], Status> =
      if let status = Status(reply, limits: connection.configuration.decodeLimits) { .failure(status) } else {
        .success(reply.message)
      }
    stream.waiter.finish(result)
  }

  private func fail(_ id: UInt32, _ status: Status) {
    streams.removeValue(forKey: id)?.waiter.finish(.failure(status))
  }

  /// No new calls from now on; the first reason is the one that counts.
  private func end(_ status: Status) {
    let status = ending ?? status
    ending = status
    connection.greeted(.failure(status))
    guard context?.channel.isActive != true else { return }
    for id in streams.keys.sorted() { fail(id, Status(.unavailable, status.message, cause: status.cause)) }
  }

  // MARK: Callers

  private func deliver() {
    for letter in connection.takeLetters() {
      switch letter {
      case .call(let id, let call, let waiter, let deadline):
        if let ending {
          waiter.finish(.failure(Status(.unavailable, ending.message, cause: ending.cause)))
        } else {
          streams[id] = Stream(waiter: waiter, deadline: deadline)
          if deadline != .distantFuture { alarm?.set(deadline) }
          write(RPC.Frame(streamId: id, body: .call(call)))
        }
      case .cancel(let id):
        cancel(id, Status(.cancelled, "the call was cancelled"))
      case .credit(let id, let bytes):
        if streams[id] != nil { write(credit(id, bytes)) }
      }
    }
    if !isReading { flush() }
  }

  private func cancel(_ id: UInt32, _ status: Status) {
    guard streams[id] != nil else { return }
    write(RPC.Frame(streamId: id, body: .cancel(RPC.Cancel())))
    fail(id, status)
  }

  private func timePassed(_ now: NIODeadline) {
    alarm?.clear()
    for (id, stream) in streams where stream.deadline <= now {
      cancel(id, Status(.deadlineExceeded, "no answer from \(connection.endpoint) in time"))
    }
    if let next = streams.values.map(\.deadline).min(), next != .distantFuture { alarm?.set(next) }
    flush()
  }

  private func credit(_ id: UInt32, _ bytes: Int) -> RPC.Frame {
    RPC.Frame(streamId: id, body: .credit(RPC.Credit(bytes: UInt32(clamping: bytes))))
  }

  // MARK: Writing

  private func write(_ frame: RPC.Frame) {
    guard context != nil else { return }
    FrameEncoder.write(frame, into: &output)
  }

  private func flush() {
    guard let context, output.readableBytes > 0 else { return }
    let batch = exchange(&output, with: ByteBuffer())
    context.writeAndFlush(wrapOutboundOut(batch), promise: nil)
  }
}

extension ClientConnection.Waiter {
  /// The stream has ended.
  func finish(_ result: Result<[UInt8], Status>) {
    switch self {
    case .unary(let continuation): continuation.resume(returning: result)
    case .stream(let inbox): inbox.finish(result)
    }
  }
}

extension ClientConfiguration {
  /// What unpacking one frame may cost.
  func frameLimits(_ bytesMax: Int) -> DecodeLimits {
    DecodeLimits(
      messageBytesMax: bytesMax, depthMax: 4, elementsMax: frameElementsMax, unknownFieldsMax: frameElementsMax,
      memoryBytesMax: bytesMax + (4 << 20))
  }
}
