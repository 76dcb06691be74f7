import GuobanWire
import Testing

@Test(arguments: [
  ("unix:/run/guoban.sock", Endpoint.unix(path: "/run/guoban.sock")),
  ("/run/guoban.sock", .unix(path: "/run/guoban.sock")),
  ("./g.sock", .unix(path: "./g.sock")), ("tcp:127.0.0.1:7613", .tcp(host: "127.0.0.1", port: 7613)),
  ("ledger.local:1", .tcp(host: "ledger.local", port: 1)), ("tcp:[::1]:65535", .tcp(host: "::1", port: 65535)),
  ("tls://ledger.example:7614", .tls(host: "ledger.example", port: 7614)), ("tls:[::1]:1", .tls(host: "::1", port: 1)),
  ("tls:127.0.0.1:7614", .tls(host: "127.0.0.1", port: 7614)), ("tcp://h:1", .tcp(host: "h", port: 1)),
])
func endpointsAreReadAndWrittenBack(text: String, endpoint: Endpoint) {
  #expect(Endpoint(text) == endpoint)
  #expect(Endpoint(endpoint.description) == endpoint)
}

@Test(arguments: [
  "", "unix:", "guoban.sock", "tcp:127.0.0.1", ":7613", "host:65536", "host:-1", "::1:7613", "host:", "tls:", "tls://",
  "tls://host", "tls://host/path:1", "tls:///run/guoban.sock",
])
func whatIsNoEndpointIsRefused(text: String) {
  #expect(Endpoint(text) == nil)
}

@Test func aMethodTableNumbersFromOne() {
  let table = MethodTable(methods: [("/a/B", false), ("/a/C", true)])
  #expect(table.id(of: "/a/B") == 1)
  #expect(table.id(of: "/a/C") == 2)
  #expect(table.id(of: "/a/D") == nil)
  #expect(MethodTable(entries: table.entries) == table)
}
