internal import ArgumentParser

struct TicketCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ticket",
    abstract: say("企业和项目的问题：登记、交办、反馈、销号、上报。", "Problems of enterprises and projects, from registration to closing."),
    discussion: say(
      """
      例：
        guobanctl ticket submit --region 410421 --title 厂区雨污管网不通 --category 手续
        guobanctl ticket assign 410421-2021-000001 --owner 县住建局
        guobanctl ticket due
        guobanctl ticket figures --by-region
      """,
      """
      Examples:
        guobanctl ticket submit --region 410421 \\
          --title "the drain is blocked" --category permits
        guobanctl ticket assign 410421-2021-000001 --owner "housing bureau"
        guobanctl ticket due
        guobanctl ticket figures --by-region
      """),
    subcommands: [
      TicketSubmitCommand.self, TicketShowCommand.self, TicketListCommand.self, TicketDueCommand.self,
      TicketFiguresCommand.self, TicketAssignCommand.self, TicketReturnCommand.self, TicketFeedbackCommand.self,
      TicketCloseCommand.self, TicketApproveCommand.self, TicketRefuseCommand.self, TicketEscalateCommand.self,
      TicketHandDownCommand.self, TicketExemptCommand.self, TicketSuperviseCommand.self, TicketSurveyCommand.self,
      TicketReopenCommand.self,
    ])

  static let service = "/guoban.v1.TicketService"
}
