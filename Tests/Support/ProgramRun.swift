internal import Subprocess

/// What a program outside this project, asked for a second opinion, had to say.
public struct ProgramRun: Sendable {
  /// The exit code; 128 and the signal, as shells count, for a program that was killed.
  public let exitCode: Int32
  /// What it wrote to standard output.
  public let output: [UInt8]
  /// What it wrote to standard error.
  public let complaint: String

  /// ``output`` as text.
  public var text: String { String(decoding: output, as: UTF8.self) }

  /// No program that is asked here has more to say.
  private static let outputBytesMax = 64 << 20

  /// Runs a program, by its path or its name on PATH, to its end.
  ///
  /// The shell opens the input from a file: when a program ends without reading its pipe, swift-subprocess 1.0.2 traps on
  /// the pipe's end that is still open.
  public init(_ program: String, _ arguments: [String], input: [UInt8] = []) async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(input, to: "input")
    let result = try await Subprocess.run(
      .name("sh"), arguments: Arguments(["-c", #"exec "$0" "$@" <"$GUOBAN_TEST_INPUT""#, program] + arguments),
      environment: .inherit.updating(["GUOBAN_TEST_INPUT": file]), output: .bytes(limit: Self.outputBytesMax),
      error: .string(limit: Self.outputBytesMax))
    exitCode =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    output = result.standardOutput
    complaint = result.standardError
  }
}
