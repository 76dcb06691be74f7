import Foundation
import Glibc
import GuobanClient
import GuobanTestSupport
import GuobanWire
import Testing

@testable import GuobanDaemon

/// What systemd and the daemon say to each other: sockets passed at the start, and the watchdog.
@Suite(.serialized) struct ServiceManagerTests {
  /// Opens sockets as a .socket unit does, and becomes the program with them.
  private static let launcher = """
    import os, socket, sys
    spec = [part.split(",") for part in os.environ.pop("TEST_SOCKETS").split(";")]
    opened = []
    for name, kind, place in spec:
        if kind == "unix":
            s = socket.socket(socket.AF_UNIX); s.bind(place); s.listen()
        elif kind == "datagram":
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        elif kind == "deaf":
            s = socket.socket(); s.bind(("127.0.0.1", 0))
        else:
            family = socket.AF_INET6 if kind == "tcp6" else socket.AF_INET
            s = socket.socket(family); s.bind((place, 0)); s.listen()
        opened.append(s)
    high = [os.dup(s.fileno()) + 0 for s in opened]
    high = [os.dup2(fd, 100 + n) for n, fd in enumerate(high)]
    for s in opened: s.close()
    for n, fd in enumerate(high): os.dup2(fd, 3 + n, inheritable=True)
    os.environ["LISTEN_FDS"] = str(len(high))
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.environ["LISTEN_FDNAMES"] = ":".join(name for name, _, _ in spec)
    os.execv(sys.argv[1], sys.argv[1:])
    """

  @Test func passedSocketsAreServedAndTheirFilesStay() async throws {
    let folder = try TemporaryFolder()
    let authority = try await Certificates(in: folder)
    let files = try await authority.issue("server", alternatives: "DNS:localhost", serial: 1)
    let path = folder.path + "/passed.sock"
    let daemon = try Guoband(
      folder,
      ["--data-dir", folder.path + "/d", "--set", "listen.tcpEnabled=false"]
        + ["--set", "tls.certificateFile=\(files.certificate)", "--set", "tls.keyFile=\(files.key)"],
      environment: ["TEST_SOCKETS": "guoban.socket,unix,\(path);tls,tcp,127.0.0.1;plain,tcp6,::1"],
      launcher: Self.launcher)
    try daemon.wait(for: "ready")
    #expect(try daemon.endpoint("unix:") == .unix(path: path))
    // The passed one takes the place of the daemon's own.
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/d/guoban.sock"))
    let token = try String(contentsOfFile: folder.path + "/d/token", encoding: .utf8).filter { !$0.isNewline }
    var configuration = ClientConfiguration()
    configuration.tls = ClientTLS(caFile: authority.authority, serverName: "localhost")
    for endpoint in [.unix(path: path), try daemon.endpoint("tls:"), try daemon.endpoint("tcp:[::1]")] {
      let client = try await GuobanClient.connect(
        to: endpoint, token: token, name: "test/1", configuration: configuration)
      _ = try await client.call("/grpc.health.v1.Health/Check", message: [])
      await client.shutdown()
    }
    daemon.signal(SIGTERM)
    #expect(try daemon.exitCode() == 0)
    #expect(FileManager.default.fileExists(atPath: path), "a socket of somebody else's is never removed")
  }

  @Test(arguments: [
    ("x,datagram,", "不是正在监听的流套接字"), ("x,deaf,", "不是正在监听的流套接字"), ("tls,tcp,127.0.0.1", "tls.certificateFile"),
    ("tls,unix,PATH", "Unix 套接字用了 tls"),
  ])
  func aSocketThatCannotBeUsedIsRefused(sockets: String, message: String) throws {
    let folder = try TemporaryFolder()
    let daemon = try Guoband(
      folder, ["--data-dir", folder.path + "/d"],
      environment: ["TEST_SOCKETS": sockets.replacing("PATH", with: folder.path + "/s")], launcher: Self.launcher)
    #expect(try daemon.exitCode() == 1)
    let text = try daemon.text()
    #expect(text.contains(message), "\(text)")
  }

  @Test func whatIsMeantForAnotherProcessIsLeftAlone() throws {
    #expect(try PassedSockets(environment: ["LISTEN_FDS": "1", "LISTEN_PID": "1"]).sockets.isEmpty)
    #expect(try PassedSockets(environment: ["LISTEN_FDS": "1"]).sockets.isEmpty)
    #expect(try PassedSockets(environment: [:]).sockets.isEmpty)
    let own = "\(getpid())"
    #expect(try PassedSockets(environment: ["LISTEN_FDS": "0", "LISTEN_PID": own]).sockets.isEmpty)
    for count in ["17", "-1", "x", "99999999999"] {
      #expect(throws: DaemonError.self) {
        try PassedSockets(environment: ["LISTEN_FDS": count, "LISTEN_PID": own])
      }
    }
    #expect(Watchdog.interval(environment: [:]) == nil)
    #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": "4000000"]) == .seconds(1))
    #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": "4000000", "WATCHDOG_PID": own]) == .seconds(1))
    #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "1"]) == nil)
    for text in ["0", "-5", "x", ""] { #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": text]) == nil) }
  }

  /// Somebody else's lock on the database stands for a writer that hangs.
  @Test func theWatchdogIsToldOnlyWhileTheWriterLives() throws {
    let folder = try TemporaryFolder()
    let notify = try NotifySocket(folder)
    let daemon = try Guoband(
      folder, ["--data-dir", folder.path + "/d", "--set", "listen.tcpEnabled=false"],
      environment: ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "400000"])
    #expect(notify.next()?.hasPrefix("READY=1") == true)
    for _ in 0..<5 { #expect(notify.next() == "WATCHDOG=1") }

    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    holder.arguments = [
      "python3", "-c",
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      db.execute("BEGIN IMMEDIATE"); print("held", flush=True); sys.stdin.read()
      """, folder.path + "/d/ledger.sqlite",
    ]
    let (input, output) = (Pipe(), Pipe())
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("held"))
    try daemon.wait(for: "the watchdog is not told")
    // On a busy machine that may have been said of a moment before, and what was on its way then comes yet.
    Thread.sleep(forTimeInterval: 1)
    notify.drain()
    #expect(notify.next(seconds: 2) == nil)
    try input.fileHandleForWriting.close()
    holder.waitUntilExit()
    #expect(notify.next() == "WATCHDOG=1")
    try daemon.wait(for: "answers itself again")
    daemon.signal(SIGTERM)
    #expect(notify.next("STOPPING=1") != nil)
    #expect(try daemon.exitCode() == 0)
  }
}
