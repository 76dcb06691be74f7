internal import Foundation

/// What a sanitizer is told through the environment: for programs of ours that tests start with an environment of their own.
public let sanitizerEnvironment = ProcessInfo.processInfo.environment.filter { name, _ in
  ["ASAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD"].contains(name)
}
