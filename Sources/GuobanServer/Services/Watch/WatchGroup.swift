/// What watches of one event loop with the same filter share: the message made last. A thousand screens that show the
/// same cost one.
final class WatchGroup {
  let filter: WatchFilter
  var members = 0
  private var last: (from: WatchCursor, to: WatchCursor, message: [UInt8]?)?

  init(_ filter: WatchFilter) {
    self.filter = filter
  }

  /// What a watch at `cursor` is told next of `runs`; moves the cursor on.
  func next(_ cursor: inout WatchCursor, _ runs: [WatchedRun], bytesMax: Int) -> [UInt8]? {
    if let last, last.from == cursor {
      cursor = last.to
      return last.message
    }
    let from = cursor
    let message = cursor.next(runs, filter, bytesMax: bytesMax)
    last = (from, cursor, message)
    return message
  }

  /// Lets the message go.
  func forget() { last = nil }
}
