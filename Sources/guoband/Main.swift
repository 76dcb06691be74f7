internal import ArgumentParser
internal import Foundation
internal import GuobanDaemon

/// The daemon's program: arguments in, exit code out.
@main
struct Guoband: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guoband",
    abstract: "过半 Guoban：企业、项目与通行证台账的守护进程",
    discussion: """
      例：
        guoband                                     用默认设置启动（首次启动会建好一切）
        guoband run --data-dir /srv/guoban          换一个数据目录
        guoband run --set listen.tcpPort=0          改任何一项设置
        GUOBAN_LOGS_FORMAT=json guoband             用环境变量改设置
        guoband config                              列出全部设置：值、默认、允许范围、来源、含义
        guoband config --format yaml > guoband.yaml 生成可直接使用的配置文件
        guoband check                               启动前检查，不写任何东西

      先后：命令行 > 环境变量 GUOBAN_… > 配置文件 > 默认。停止：SIGTERM 等进行中的调用完成，再来一次立即停。
      """,
    version: DaemonVersion.name,
    subcommands: [RunCommand.self, ConfigCommand.self, CheckCommand.self],
    defaultSubcommand: RunCommand.self)
}
