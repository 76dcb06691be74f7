import GuobanModel
import GuobanTestSupport
import Testing

struct ProjectProgressionTests {
  @Test(
    arguments: [
      (nil, [.signed, .started]), (.signed, [.started]), (.started, [.inStatistics, .completed, .inProduction]),
      (.inStatistics, [.completed, .inProduction]), (.completed, [.inStatistics, .inProduction]),
      (.inProduction, [.inStatistics, .completed, .atCapacity]), (.atCapacity, [.inStatistics, .completed]),
    ] as [(ProjectStage?, Set<ProjectStage>)])
  func eachStageLeadsOn(stage: ProjectStage?, next: Set<ProjectStage>) throws {
    let day = try CivilDate("2023-03-31")
    let start = ProjectProgression(stage: stage, dates: [:])
    #expect(Set(start.next) == next)
    for reached in ProjectStage.allCases {
      var project = start
      if next.contains(reached) {
        try project.reach(reached, on: day)
        #expect(project.dates == [reached: day])
      } else {
        #expect(brokenRule { try project.reach(reached, on: day) } == "PROJECT_STAGE")
        #expect(project == start)
      }
    }
  }

  @Test func statisticsAndCompletionLeaveALaterStageAlone() throws {
    var project = ProjectProgression(stage: .started, dates: [:])
    let day = try CivilDate("2023-03-31")
    for (reached, then) in [
      (ProjectStage.completed, ProjectStage.completed), (.inProduction, .inProduction), (.inStatistics, .inProduction),
      (.atCapacity, .atCapacity),
    ] {
      try project.reach(reached, on: day)
      #expect(project.stage == then)
    }
    #expect(project.next.isEmpty)
  }

  @Test func aStageWhoseDateCameWithATableIsReachedOnThatDay() throws {
    let (noted, other) = (try CivilDate("2023-03-10"), try CivilDate("2023-03-11"))
    var project = ProjectProgression(stage: .started, dates: [.inProduction: noted, .completed: noted])
    #expect(Set(project.next) == [.inStatistics, .completed, .inProduction])
    #expect(brokenRule { try project.reach(.inProduction, on: other) } == "PROJECT_STAGE_DATE")
    try project.reach(.inProduction, on: noted)
    #expect(project.stage == .inProduction && project.dates[.inProduction] == noted)
    // Noted, and no further: it does not come again.
    #expect(Set(project.next) == [.inStatistics, .atCapacity])
  }

  @Test func aStageIsReachedByWhatIsSaidAndNotByADate() throws {
    let day = try CivilDate("2023-03-10")
    let reached = { (project: ProjectProgression) in ProjectStage.allCases.filter { project.hasReached($0) } }
    #expect(reached(ProjectProgression(stage: nil, dates: [:])) == [])
    #expect(reached(ProjectProgression(stage: .completed, dates: [:])) == [.signed, .started, .completed])
    #expect(reached(ProjectProgression(stage: .started, dates: [.inProduction: day])) == [.signed, .started])
    #expect(
      reached(ProjectProgression(stage: .atCapacity, dates: [:])) == [.signed, .started, .inProduction, .atCapacity])
  }

  @Test func aVersionGoesOnOrSaysWhyItDoesNot() throws {
    let day = try CivilDate("2023-03-10")
    let old = ProjectProgression(stage: .inProduction, dates: [.started: day, .inProduction: day])
    var on = ProjectProgression(stage: .atCapacity, dates: [:])
    on.fillIn(from: old)
    #expect(on.dates == old.dates)
    #expect(try !old.isCorrected(by: on, reason: ""))
    var silent = ProjectProgression(stage: nil, dates: [:])
    silent.fillIn(from: old)
    #expect(silent == old)
    var back = ProjectProgression(stage: .started, dates: [:])
    back.fillIn(from: old)
    #expect(back.dates == [.started: day], "what is taken back has no date any more")
    #expect(brokenRule { _ = try old.isCorrected(by: back, reason: "") } == "PROJECT_STAGE")
    #expect(try old.isCorrected(by: back, reason: "登记有误"))
    let moved = ProjectProgression(stage: .inProduction, dates: [.started: try day.addingDays(-1), .inProduction: day])
    #expect(brokenRule { _ = try old.isCorrected(by: moved, reason: "") } == "PROJECT_STAGE")
    #expect(try old.isCorrected(by: moved, reason: "登记有误"))
  }

  @Test func datesStayInOrderWhateverIsTried() throws {
    var random = SeededGenerator("project stages")
    let first = try CivilDate("2022-01-01")
    for _ in 0..<500 {
      var project = ProjectProgression(stage: nil, dates: [:])
      for _ in 0..<20 {
        let reached = ProjectStage.allCases.randomElement(using: &random) ?? .signed
        let before = project
        do throws(RuleViolation) {
          try project.reach(reached, on: try first.addingDays(Int.random(in: 0..<400, using: &random)))
        } catch {
          #expect(project == before && ["PROJECT_STAGE", "PROJECT_STAGE_DATE"].contains(error.rule))
        }
      }
      let line = [ProjectStage.signed, .started, .inProduction, .atCapacity].compactMap { project.dates[$0] }
      #expect(line == line.sorted())
    }
  }
}
