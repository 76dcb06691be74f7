import GuobanModel
import GuobanServer
import GuobanWire
import Synchronization

extension Backend {
  /// Methods in which the client sends more than one message.
  var streamMethods: [MethodDefinition] {
    [
      MethodDefinition("/test/Sum", clientStreaming: true, permission: .connect) { call in
        call.onWorker { call in
          var count = 0
          var bytes = 0
          while let message = try call.receive() {
            count += 1
            bytes += message.count
          }
          call.reply(Array("\(count) \(bytes)".utf8))
        }
      },
      MethodDefinition("/test/First", clientStreaming: true, permission: .connect) { call in
        call.onWorker { $0.reply(try $0.receive() ?? []) }
      },
      // Consumes nothing.
      MethodDefinition("/test/Deaf", clientStreaming: true, permission: .connect) { [self] call in
        begun.add(1, ordering: .relaxed)
        call.onCancel {
          self.cancelled.add(1, ordering: .relaxed)
          call.fail(Status(.cancelled, english: ""))
        }
      },
      MethodDefinition("/test/Mirror", clientStreaming: true, serverStreaming: true, permission: .connect) { call in
        call.onWorker { call in
          while let message = try call.receive() { try call.send(message) }
          call.reply([])
        }
      },
    ]
  }
}
