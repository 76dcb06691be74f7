internal import GuobanAccess

/// What all connections of a server share.
struct ServerContext: Sendable {
  let configuration: ServerConfiguration
  let registry: MethodRegistry
  let authenticator: any Authenticator
  let observer: (any ServerObserver)?
  let workers: WorkerPools
  let turns: TurnQueues
  let register: ConnectionRegister
  let refused: RefusedSockets
  let load: LoadMeter
  let rates: RequestRates

  init(
    configuration: ServerConfiguration, methods: [MethodDefinition], authenticator: any Authenticator,
    observer: (any ServerObserver)?, workers: WorkerPools, turns: TurnQueues
  ) {
    self.configuration = configuration
    registry = MethodRegistry(methods)
    self.authenticator = authenticator
    self.observer = observer
    self.workers = workers
    self.turns = turns
    register = ConnectionRegister(configuration)
    refused = RefusedSockets(lingerTimeout: configuration.lingerTimeout)
    load = LoadMeter(callsMax: configuration.callsMax, bytesMax: configuration.requestBytesMax)
    rates = RequestRates(perSecond: configuration.requestsPerSecondMax, burst: configuration.requestBurstMax)
  }
}
