internal import Foundation
internal import GuobanModel
internal import GuobanTestSupport
import Testing

/// Fractions against python3's `fractions` and `decimal`, on random and on nasty numbers.
struct FractionDifferentialTests {
  static let script = """
    import sys
    from fractions import Fraction as F
    from decimal import Decimal, getcontext, ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN
    getcontext().prec = 120
    modes = {"HALF_UP": ROUND_HALF_UP, "HALF_EVEN": ROUND_HALF_EVEN, "TRUNCATE": ROUND_DOWN}
    def printed(value, decimals, mode):
        # A tie must stay a tie, so the quotient is scaled as integers, not divided as decimals.
        top = abs(value.numerator) * 10 ** decimals
        whole, rest = divmod(top, value.denominator)
        tail = Decimal(1) / 4 if 0 < 2 * rest < value.denominator else Decimal(3) / 4 if 2 * rest > value.denominator \\
            else Decimal(1) / 2 if rest else Decimal(0)
        rounded = int((Decimal(whole) + tail).quantize(Decimal(1), rounding=modes[mode]))
        digits = str(rounded).rjust(decimals + 1, "0")
        text = digits if decimals == 0 else digits[:-decimals] + "." + digits[-decimals:]
        return ("-" if value < 0 and rounded else "") + text
    for line in sys.stdin:
        a, b, c, d, decimals, mode = line.split()
        x, y = F(int(a), int(b)), F(int(c), int(d))
        total = x + y
        fits = -2**63 < total.numerator < 2**63 and total.denominator < 2**63
        print(x, printed(x, int(decimals), mode), printed(x * 100, int(decimals), mode),
              "<" if x < y else "=" if x == y else ">", total if fits else "overflow")
    """

  @Test func fractionsAgreeWithPython() async throws {
    var random = SeededGenerator("FractionDifferentialTests")
    let cases = (0..<20_000).map { _ in Case(using: &random) }
    let answers = try await python(Self.script, input: cases.map(\.line).joined(separator: "\n"))
    try #require(answers.count == cases.count)
    for (test, answer) in zip(cases, answers) {
      #expect(try test.answer == answer, "seed \(random.seed): \(test.line)")
    }
  }

  private struct Case {
    let numbers: [Int64]
    let style: DecimalStyle

    init(using random: inout SeededGenerator) {
      numbers = (0..<4).map { place in
        let bits = Int.random(in: 1...63, using: &random)
        let magnitude = Int64.random(in: 0...(.max >> (63 - Int64(bits))), using: &random)
        if place.isMultiple(of: 2) { return Bool.random(using: &random) ? magnitude : -magnitude }
        // Powers of two and ten make ties.
        let ties: [Int64] = [1, 2, 4, 8, 20, 200, 2_000, 20_000_000, 1 << 40]
        return Int.random(in: 0..<3, using: &random) == 0
          ? ties.randomElement(using: &random) ?? 1 : max(magnitude, 1)
      }
      style = DecimalStyle(
        decimals: .random(in: 0...15, using: &random),
        rounding: RoundingMode.allCases.randomElement(using: &random) ?? .halfUp)
    }

    var line: String {
      numbers.map(String.init).joined(separator: " ") + " \(style.decimals) \(style.rounding.rawValue)"
    }

    var answer: String {
      get throws {
        let x = try Fraction(numbers[0], over: numbers[1])
        let y = try Fraction(numbers[2], over: numbers[3])
        let order = x < y ? "<" : x == y ? "=" : ">"
        let sum = (try? x.adding(y))?.description ?? "overflow"
        return "\(x) \(x.text(style)) \(x.percentText(style)) \(order) \(sum)"
      }
    }
  }
}

/// The lines that a python3 script prints for this input.
func python(_ script: String, input: String) async throws -> [String] {
  let run = try await ProgramRun("python3", ["-c", script], input: Array(input.utf8))
  try #require(run.exitCode == 0, "\(run.complaint)")
  return run.text.split(separator: "\n").map(String.init)
}
