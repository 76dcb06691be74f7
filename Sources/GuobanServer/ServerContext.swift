internal import GuobanAccess

/// What all connections of a server share.
struct ServerContext: Sendable {
  let configuration: ServerConfiguration
  let registry: MethodRegistry
  let authenticator: any Authenticator
  let observer: (any ServerObserver)?
  let workers: WorkerPools
}
