// swift-tools-version: 6.2
import PackageDescription

// Folder = target. A target imports only from floors below its own; the floors are the headings below.

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func library(_ name: String, path: String? = nil, exclude: [String] = [], _ dependencies: [Target.Dependency]) -> Target
{
  .target(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: swiftSettings)
}

func program(
  _ name: String, exclude: [String] = [], resources: [Resource] = [], _ dependencies: [Target.Dependency]
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: swiftSettings)
}

func tests(_ name: String, exclude: [String] = [], resources: [Resource] = [], _ dependencies: [Target.Dependency])
  -> Target
{
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: swiftSettings)
}

let package = Package(
  name: "guoban",
  products: [
    .executable(name: "guoband", targets: ["guoband"]),
    .executable(name: "guobanctl", targets: ["guobanctl"]),
    .executable(name: "guoban-sandbox", targets: ["guoban-sandbox"]),
    .library(name: "GuobanClient", targets: ["GuobanClient"]),
    .library(name: "ReporterKit", targets: ["ReporterKit"]),
    // For the packages in Tests/Fuzz and Tests/Bench; no promise to anybody else.
    .library(
      name: "GuobanInternals",
      targets: [
        "CProtobufC", "GuobanModel", "GuobanMessages", "GuobanZstd", "GuobanWire", "GuobanStorage", "GuobanAccess",
        "GuobanLedger", "GuobanSQLite", "GuobanArchive", "GuobanImport", "GuobanServer", "GuobanTestSupport",
      ]),
    .library(name: "HalfYear", type: .dynamic, targets: ["HalfYear"]),
    .library(name: "Ranking", type: .dynamic, targets: ["Ranking"]),
    .library(name: "MisbehavingReporter", type: .dynamic, targets: ["MisbehavingReporter"]),
    .library(name: "ShiftedClock", type: .dynamic, targets: ["ShiftedClock"]),
    .library(name: "ThreeRates", type: .dynamic, targets: ["ThreeRates"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: [.defaults, "YAML"]),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
  ],
  targets: [
    // Floor 0: C libraries and generated C.
    .target(name: "CProtobufC", linkerSettings: [.linkedLibrary("protobuf-c")]),
    .systemLibrary(name: "CZstd"),
    .systemLibrary(name: "CQRCode"),
    .systemLibrary(name: "CPNG"),
    .systemLibrary(name: "CXlsxWriter"),
    .target(name: "CSheet", linkerSettings: [.linkedLibrary("minizip"), .linkedLibrary("expat")]),
    .target(name: "CReporter"),
    .target(name: "CSandbox"),
    .target(name: "CScheduling"),
    .target(name: "CAllocator", linkerSettings: [.linkedLibrary("jemalloc")]),
    .target(name: "CSQLiteSettings", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(name: "GuobanProto", dependencies: ["CProtobufC"]),

    // Floor 1: pure values and rules; generated value types of the messages.
    // squareRoot() becomes libm's sqrt in release builds.
    .target(
      name: "GuobanModel", exclude: ["README.md"], swiftSettings: swiftSettings, linkerSettings: [.linkedLibrary("m")]),
    library("GuobanMessages", exclude: ["README.md"], ["CProtobufC", "GuobanProto"]),
    library("GuobanZstd", exclude: ["README.md"], ["CZstd"]),

    // Floor 2
    library("GuobanSheet", exclude: ["README.md"], ["CSheet", "CXlsxWriter", "GuobanModel"]),
    library(
      "GuobanWire", exclude: ["README.md"], ["GuobanModel", "GuobanMessages", "GuobanZstd", "CScheduling", nioCore]),
    library("GuobanStorage", exclude: ["README.md"], ["GuobanModel", "GuobanMessages", crypto]),
    library("GuobanAccess", exclude: ["README.md"], ["GuobanModel", crypto]),
    library("GuobanMetrics", exclude: ["README.md"], []),

    // Floor 3
    library(
      "GuobanLedger", exclude: ["README.md"], ["GuobanModel", "GuobanMessages", "GuobanWire", "GuobanStorage", crypto]),
    library(
      "GuobanSQLite", exclude: ["README.md"],
      ["GuobanMessages", "GuobanStorage", "CSQLiteSettings", grdb, sqlite, deque]),
    library(
      "GuobanArchive", exclude: ["README.md"], ["GuobanModel", "GuobanMessages", "GuobanStorage", "GuobanZstd", crypto]),
    library("GuobanRegisters", exclude: ["README.md"], ["GuobanMessages", yams]),
    library(
      "GuobanImport", exclude: ["README.md"], ["GuobanModel", "GuobanMessages", "GuobanWire", "GuobanSheet"]),
    library("ReporterKit", exclude: ["README.md"], ["GuobanModel", "GuobanMessages", "CReporter"]),
    library(
      "ReporterHost", exclude: ["README.md"],
      ["GuobanModel", "GuobanMessages", "GuobanStorage", "CSandbox", yams, crypto]),
    library("GuobanRender", exclude: ["README.md"], ["GuobanModel", "GuobanMessages"]),
    library("GuobanPrint", exclude: ["README.md"], ["GuobanMessages", "CQRCode", "CPNG"]),

    // Floor 4
    library(
      "GuobanServer", exclude: ["README.md", "Services/Access/README.md", "Services/Watch/README.md"],
      [
        "GuobanModel", "GuobanMessages", "GuobanWire", "GuobanStorage", "GuobanAccess", "GuobanLedger", "GuobanArchive",
        "ReporterHost", nioCore, nioPosix, nioTLS, nioSSL, crypto, deque,
      ]),
    library(
      "GuobanClient", exclude: ["README.md"], ["GuobanMessages", "GuobanWire", nioCore, nioPosix, nioTLS, nioSSL]),

    // Floor 5
    library(
      "GuobanDaemon", exclude: ["README.md", "Observation/README.md"],
      [
        "GuobanModel", "GuobanStorage", "GuobanSQLite", "GuobanArchive", "GuobanAccess", "GuobanLedger", "ReporterHost",
        "GuobanMessages", "GuobanWire", "GuobanServer", "GuobanMetrics", nioCore, nioPosix, nioHTTP1, logging,
        lifecycle, signals, configuration, yams, crypto,
      ]),

    // Floor 6: programs.
    program(
      "guoband", exclude: ["README.md", "guoban.service", "guoban.socket", "guoban-tls.socket"],
      ["GuobanDaemon", "CAllocator", arguments, logging]),
    program(
      "guobanctl", exclude: ["README.md"], resources: [.copy("Sample"), .copy("Registers")],
      [
        "GuobanModel", "GuobanMessages", "GuobanWire", "GuobanSheet", "GuobanClient", "GuobanImport",
        "GuobanRegisters", "GuobanRender", "GuobanDaemon", "GuobanArchive", "GuobanMetrics", "GuobanLedger",
        "GuobanPrint", arguments, crypto,
      ]),
    .executableTarget(
      name: "guoban-sandbox", dependencies: ["CReporter", "CSandbox"], exclude: ["README.md"],
      linkerSettings: [.linkedLibrary("seccomp")]),

    // Reporters that ship with the daemon.
    library(
      "HalfYear", path: "Plugins/HalfYear", exclude: ["README.md", "reporter.yaml"], ["ReporterKit", "GuobanModel"]),
    library(
      "Ranking", path: "Plugins/Ranking", exclude: ["README.md", "reporter.yaml"], ["ReporterKit", "GuobanModel"]),
    library(
      "ThreeRates", path: "Plugins/ThreeRates", exclude: ["README.md", "reporter.yaml"], ["ReporterKit", "GuobanModel"]),

    // Tests mirror Sources.
    library("GuobanTestSupport", path: "Tests/Support", exclude: ["README.md"], [subprocess]),
    tests("GuobanModelTests", ["GuobanModel", "GuobanTestSupport"]),
    tests("GuobanMessagesTests", ["GuobanMessages", "CProtobufC", "GuobanTestSupport"]),
    tests(
      "GuobanWireTests", ["GuobanWire", "GuobanModel", "GuobanMessages", "GuobanZstd", "GuobanTestSupport", nioCore]),
    tests("GuobanStorageTests", ["GuobanModel", "GuobanMessages", "GuobanStorage", "GuobanTestSupport"]),
    tests("GuobanMetricsTests", ["GuobanMetrics", "GuobanTestSupport"]),
    tests(
      "GuobanAccessTests",
      [
        "GuobanAccess", "GuobanModel", "GuobanMessages", "GuobanWire", "GuobanStorage", "GuobanSQLite", "GuobanLedger",
        "GuobanArchive", "ReporterHost", "GuobanServer", "GuobanClient", "GuobanTestSupport", nioCore,
      ]),
    tests(
      "GuobanServerTests",
      [
        "GuobanServer", "GuobanClient", "GuobanWire", "GuobanAccess", "GuobanModel", "GuobanMessages", "GuobanLedger",
        "GuobanStorage", "GuobanSQLite", "GuobanTestSupport", nioCore, nioPosix, nioEmbedded,
      ]),
    tests(
      "GuobanClientTests",
      [
        "GuobanClient", "GuobanServer", "GuobanWire", "GuobanAccess", "GuobanModel", "GuobanMessages",
        "GuobanTestSupport", "guoband", nioCore, nioPosix,
      ]),
    tests(
      "GuobanLedgerTests",
      [
        "GuobanLedger", "GuobanRegisters", "GuobanMessages", "GuobanModel", "GuobanStorage", "GuobanSQLite",
        "GuobanArchive",
        "GuobanTestSupport",
      ]),
    tests(
      "GuobanSQLiteTests",
      ["GuobanMessages", "GuobanStorage", "GuobanSQLite", "GuobanTestSupport", "guoban-storage-crash"]),
    tests(
      "GuobanArchiveTests",
      ["GuobanArchive", "GuobanStorage", "GuobanMessages", "GuobanModel", "GuobanTestSupport", crypto]),
    tests("GuobanSheetTests", ["GuobanSheet", "GuobanTestSupport"]),
    tests(
      "GuobanImportTests",
      ["GuobanImport", "GuobanSheet", "GuobanMessages", "GuobanModel", "GuobanWire", "GuobanTestSupport"]),
    tests(
      "GuobanDaemonTests",
      [
        "GuobanDaemon", "GuobanArchive", "GuobanStorage", "GuobanMessages", "GuobanModel", "GuobanLedger",
        "GuobanAccess", "GuobanSQLite", "GuobanServer", "GuobanClient", "GuobanWire", "GuobanTestSupport", "guoband",
        logging,
      ]),
    tests(
      "EndToEndTests",
      [
        "GuobanClient", "GuobanMessages", "GuobanWire", "GuobanModel", "GuobanLedger", "GuobanRender", "guoband",
        "guobanctl", "guoban-sandbox", "GuobanTestSupport",
      ]),
    .testTarget(
      name: "BadClientTests",
      dependencies: ["GuobanServer", "GuobanWire", "GuobanAccess", "GuobanModel", "GuobanMessages", nioCore],
      path: "Tests/BadClients", swiftSettings: swiftSettings),
    .testTarget(
      name: "FuzzReplayTests",
      dependencies: [
        "GuobanMessages", "GuobanModel", "GuobanZstd", "GuobanWire", "GuobanStorage", "GuobanAccess", "GuobanLedger",
        "GuobanSQLite", "GuobanArchive", "GuobanImport", "GuobanServer", nioCore, nioEmbedded, crypto,
      ],
      path: "Tests/Fuzz", exclude: ["Package.swift", "README.md", "run", "leaks.supp", "Driver", "Corpus"],
      sources: ["Targets", "Replay"], swiftSettings: swiftSettings),
    tests("ReporterKitTests", ["ReporterKit", "GuobanMessages", "GuobanModel"]),
    tests("GuobanRenderTests", ["GuobanRender", "GuobanMessages"]),
    tests("GuobanPrintTests", ["GuobanPrint", "GuobanLedger", "GuobanModel", "GuobanMessages", "GuobanTestSupport"]),
    tests(
      "ReporterHostTests",
      [
        "ReporterHost", "GuobanLedger", "GuobanMessages", "GuobanRender", "GuobanSQLite", "GuobanStorage",
        "guoban-sandbox",
      ]),

    // What the tests start and kill.
    library("MisbehavingReporter", path: "Tests/MisbehavingReporter", exclude: ["reporter.yaml"], ["ReporterKit"]),
    .target(name: "ShiftedClock", path: "Tests/ShiftedClock"),
    .executableTarget(
      name: "guoban-scale", dependencies: ["GuobanLedger", "GuobanMessages", "GuobanStorage", "GuobanSQLite"],
      path: "Tests/Bench/ScaleLedger", swiftSettings: swiftSettings),
    .executableTarget(
      name: "guoban-storage-crash", dependencies: ["GuobanMessages", "GuobanStorage", "GuobanSQLite"],
      path: "Tests/Crash/StorageCrash", swiftSettings: swiftSettings),
  ]
)
