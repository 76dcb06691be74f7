import GuobanSQLite
import GuobanServer
import Testing

@testable import GuobanDaemon

/// What the daemon's parts are given of the settings.
struct PartsTests {
  @Test func aRecordLeavesRoomForWhatTellsOfIt() {
    let configuration = DaemonConfiguration(dataDir: "/x")
    #expect(configuration.sqlite.recordBytesMax < configuration.rpc.messageBytesMax)
    #expect(configuration.sqlite.recordBytesMax > configuration.rpc.messageBytesMax * 9 / 10)
  }

  @Test func noOneCallerHoldsAllImports() {
    var configuration = DaemonConfiguration(dataDir: "/x")
    #expect(configuration.services.importsPerOwnerMax < configuration.services.importsMax)
    configuration.imports.openMax = 1
    #expect(configuration.services.importsPerOwnerMax == 1)
    configuration.imports.openMax = 8
    #expect(configuration.services.importsPerOwnerMax == 4)
  }
}
