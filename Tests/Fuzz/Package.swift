// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that whoever builds the daemon pays nothing for it. Built by `make fuzz` with the sanitizers'
// flags; the root's FuzzReplayTests compile the same `Targets`.

let package = Package(
  name: "guoban-fuzz",
  dependencies: [
    .package(name: "guoban", path: "../.."),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
  ],
  targets: [
    .executableTarget(
      name: "guoban-fuzz",
      dependencies: [
        .product(name: "GuobanInternals", package: "guoban"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: ".", exclude: ["Replay", "Corpus", "README.md", "run", "leaks.supp"], sources: ["Targets", "Driver"],
      swiftSettings: [
        .unsafeFlags(["-parse-as-library"]),
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ])
  ]
)
