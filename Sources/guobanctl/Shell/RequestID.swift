/// Makes a retry of this very run return the first answer.
func newRequestID() -> String { "guobanctl-" + String(UInt64.random(in: 1...UInt64.max), radix: 36) }
