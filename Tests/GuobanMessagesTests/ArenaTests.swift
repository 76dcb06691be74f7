import CProtobufC
import GuobanTestSupport
import Testing

@testable import GuobanMessages

/// The arena's budget, and that protobuf-c neither needs more than the guard says nor falls over when it gets less.
@Suite struct ArenaTests {
  /// Unpacks with a budget; returns how much was used, or nil when protobuf-c gave up.
  private func unpack(
    _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ bytes: [UInt8], budget: Int
  ) -> Int? {
    guard let arena = guoban_arena_begin(budget) else { return nil }
    defer { guoban_arena_end(arena) }
    guard protobuf_c_message_unpack(descriptor, guoban_arena_allocator(arena), bytes.count, bytes) != nil else {
      return nil
    }
    return guoban_arena_used_bytes(arena)
  }

  private func guardedMemory(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ bytes: [UInt8]) -> Int? {
    var limits = guoban_guard_limits(
      message_bytes_max: .max, depth_max: 64, elements_max: .max, unknown_fields_max: .max, memory_bytes_max: .max)
    var memory = 0
    var error = guoban_guard_error()
    let reason = guoban_guard_check(descriptor, bytes, bytes.count, &limits, &memory, &error)
    return reason == GUOBAN_GUARD_OK ? memory : nil
  }

  @Test func theGuardKnowsHowMuchMemoryUnpackingTakes() throws {
    var wire = RandomWire("ArenaTests")
    wire.elementsMax = 40
    for type in MessageTypes.all {
      for _ in 0..<10 {
        var bytes = wire.message(type.descriptor)
        appendSized(1_000, bytes, to: &bytes)  // an unknown field
        let memory = try #require(guardedMemory(type.descriptor, bytes))
        let used = try #require(
          unpack(type.descriptor, bytes, budget: memory), "\(type.fullName): refused its own bound")
        #expect(used <= memory)
        // Close: an array of small elements may be charged 16 bytes too much, an unknown field 8.
        #expect(memory - used <= memory / 4 + 64, "\(type.fullName): \(used) of \(memory)")
      }
    }
  }

  @Test func protobufCSurvivesEveryPointAtWhichMemoryEnds() throws {
    var wire = RandomWire("ArenaTests")
    for type in MessageTypes.all {
      let bytes = wire.message(type.descriptor)
      let memory = try #require(guardedMemory(type.descriptor, bytes))
      let used = try #require(unpack(type.descriptor, bytes, budget: memory))
      for budget in stride(from: 0, to: used, by: 16) {
        #expect(unpack(type.descriptor, bytes, budget: budget) == nil)
      }
    }
  }

  @Test func theBudgetIsKeptToTheByte() throws {
    let arena = try #require(guoban_arena_begin(64))
    defer { guoban_arena_end(arena) }
    #expect(guoban_arena_alloc(arena, .max) == nil)
    #expect(guoban_arena_alloc(arena, 65) == nil)
    #expect(guoban_arena_alloc(arena, 17) != nil)
    #expect(guoban_arena_used_bytes(arena) == 32)
    #expect(guoban_arena_alloc(arena, 33) == nil)
    #expect(guoban_arena_alloc(arena, 32) != nil)
    #expect(guoban_arena_alloc(arena, 0) == nil)
    #expect(guoban_arena_used_bytes(arena) == 64)
  }

  @Test func blocksDoNotOverlapAndAreAligned() throws {
    var random = SeededGenerator("ArenaTests")
    for _ in 0..<3 {
      let arena = try #require(guoban_arena_begin(.max))
      defer { guoban_arena_end(arena) }
      var ranges: [Range<UInt>] = []
      for _ in 0..<2_000 {
        let size = Int.random(in: 1...(1 << Int.random(in: 0...17, using: &random)), using: &random)
        let bytes = try #require(guoban_arena_alloc(arena, size))
        bytes.initializeMemory(as: UInt8.self, repeating: 0xAB, count: size)
        let start = UInt(bitPattern: bytes)
        #expect(start % 16 == 0)
        ranges.append(start..<(start + UInt(size)))
      }
      ranges.sort { $0.lowerBound < $1.lowerBound }
      #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
    }
  }
}
