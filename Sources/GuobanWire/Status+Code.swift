extension Status {
  /// gRPC's status codes: the number goes over the wire, the name to people.
  ///
  /// Source: https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
  public struct Code: Hashable, Sendable {
    private enum Wrapped: UInt32, CaseIterable {
      case ok, cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied
      case resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, internalError, unavailable
      case dataLoss, unauthenticated
    }

    private let wrapped: Wrapped

    private init(_ wrapped: Wrapped) { self.wrapped = wrapped }

    /// The code with this number; a number that is not gRPC's is ``unknown``, as gRPC asks.
    public init(number: UInt32) { wrapped = Wrapped(rawValue: number) ?? .unknown }

    /// 0…16.
    public var number: UInt32 { wrapped.rawValue }

    /// gRPC's name, such as `INVALID_ARGUMENT`.
    public var name: String { Self.names[Int(wrapped.rawValue)] }

    /// Every code, 0 first.
    public static let allCases: [Code] = Wrapped.allCases.map { Code($0) }

    private static let names = [
      "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
      "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
      "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]

    /// Not an error.
    public static let ok = Code(.ok)
    /// The caller gave up.
    public static let cancelled = Code(.cancelled)
    /// Something that no other code names.
    public static let unknown = Code(.unknown)
    /// The request itself is wrong, whatever the state of the ledger.
    public static let invalidArgument = Code(.invalidArgument)
    /// Time ran out.
    public static let deadlineExceeded = Code(.deadlineExceeded)
    /// There is no such record.
    public static let notFound = Code(.notFound)
    /// There is such a record already.
    public static let alreadyExists = Code(.alreadyExists)
    /// The caller is known and may not do this.
    public static let permissionDenied = Code(.permissionDenied)
    /// A limit was reached: size, streams, queue.
    public static let resourceExhausted = Code(.resourceExhausted)
    /// The ledger's state does not allow it; retrying changes nothing.
    public static let failedPrecondition = Code(.failedPrecondition)
    /// Somebody else was faster: read again, then retry.
    public static let aborted = Code(.aborted)
    /// Past the end of what exists.
    public static let outOfRange = Code(.outOfRange)
    /// This daemon does not have it.
    public static let unimplemented = Code(.unimplemented)
    /// The daemon failed.
    public static let internalError = Code(.internalError)
    /// Not now: retry later or elsewhere.
    public static let unavailable = Code(.unavailable)
    /// Stored bytes are damaged.
    public static let dataLoss = Code(.dataLoss)
    /// Who is calling is not known.
    public static let unauthenticated = Code(.unauthenticated)
  }
}
