internal import DequeModule
internal import GuobanMessages

/// Decides which of the frames that wait for a socket goes next, so that small ones pass large ones and no stream holds
/// up another by more than one message.
///
/// Frames of the connection itself go first. Among streams it is FlowQueue's scheme (RFC 8290, section 4.1): a stream
/// that had nothing waiting is *fresh* and goes before the others until it has used a quantum; those with more take
/// turns, and a message longer than the quantum is paid off in the rounds after it. Frames of one stream keep their
/// order. Fresh streams cannot starve the others: after ``freshBytesMax`` one of the others has its turn.
struct OutboundScheduler {
  /// What is waiting, in bytes.
  private(set) var queuedBytes = 0
  private let quantumBytes: Int
  private var control = Deque<Item>()
  private var flows: [UInt32: Flow] = [:]
  private var fresh = Deque<UInt32>()
  private var others = Deque<UInt32>()
  /// Sent by fresh streams since one of the others had its turn.
  private var freshBytes = 0

  /// A frame that waits.
  struct Item {
    var frame: RPC.Frame
    /// About what it takes on the wire.
    var bytes: Int
    /// Bytes of a Data message, which hold room in the queue until it goes.
    var dataBytes: Int
  }

  private struct Flow {
    var items = Deque<Item>()
    var deficit: Int
  }

  init(quantumBytes: Int) {
    self.quantumBytes = max(1, quantumBytes)
  }

  var isEmpty: Bool { queuedBytes == 0 }

  mutating func enqueue(_ item: Item) {
    queuedBytes += item.bytes
    let stream = item.frame.streamId
    guard stream != 0 else { return control.append(item) }
    if flows[stream] == nil {
      flows[stream] = Flow(deficit: quantumBytes)
      if item.bytes <= quantumBytes { fresh.append(stream) } else { others.append(stream) }
    }
    flows[stream]?.items.append(item)
  }

  /// The frame to send now.
  mutating func next() -> Item? {
    if let item = control.popFirst() {
      queuedBytes -= item.bytes
      return item
    }
    repeat {
      if let item = nextFresh() ?? nextOther() { return item }
      // Only empty ones were left of the others: the fresh ones need not wait for them.
    } while !fresh.isEmpty
    return nil
  }

  /// Forgets the Data of a stream that nobody waits for, and gives its bytes.
  mutating func dropData(_ stream: UInt32) -> Int {
    guard var flow = flows[stream] else { return 0 }
    var dropped = 0
    flow.items.removeAll { item in
      guard item.dataBytes > 0 || item.frame.isData else { return false }
      dropped += item.dataBytes
      queuedBytes -= item.bytes
      return true
    }
    flows[stream] = flow
    return dropped
  }

  /// Forgets everything.
  mutating func removeAll() { self = OutboundScheduler(quantumBytes: quantumBytes) }

  private mutating func nextFresh() -> Item? {
    while let stream = fresh.first {
      if freshBytes >= freshBytesMax, !others.isEmpty { return nil }
      guard let first = flows[stream]?.items.first, first.bytes <= flows[stream]?.deficit ?? 0 else {
        // One that is empty goes to the others too, so that it cannot come back fresh at once.
        fresh.removeFirst()
        others.append(stream)
        continue
      }
      freshBytes += first.bytes
      return take(from: stream)
    }
    return nil
  }

  private mutating func nextOther() -> Item? {
    while let stream = others.popFirst() {
      freshBytes = 0
      // Not the flow itself: a second reference to its items would have them copied when one is taken.
      guard let deficit = flows[stream].flatMap({ $0.items.isEmpty ? nil : $0.deficit }) else {
        flows[stream] = nil
        continue
      }
      guard deficit > 0 else {
        flows[stream]?.deficit += quantumBytes
        others.append(stream)
        continue
      }
      others.prepend(stream)
      return take(from: stream)
    }
    return nil
  }

  private mutating func take(from stream: UInt32) -> Item? {
    guard let item = flows[stream]?.items.popFirst() else { return nil }
    flows[stream]?.deficit -= item.bytes
    queuedBytes -= item.bytes
    return item
  }

  private var freshBytesMax: Int { 8 * quantumBytes }
}

extension RPC.Frame {
  fileprivate var isData: Bool { if case .data = body { true } else { false } }
}
