internal import GuobanMessages

/// Gives the description of every message and method, so that a generic client needs no files.
enum ReflectionService {
  static let methods = [
    MethodDefinition("/guoban.rpc.v1.ReflectionService/Describe") { call in
      call.reply(response)
    }
  ]

  private static let response = RPC.DescribeResponse(fileDescriptorSet: DescriptorSet.packed).packed()
}
