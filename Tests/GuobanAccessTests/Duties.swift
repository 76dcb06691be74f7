import GuobanMessages
import GuobanModel

/// What each role may do, written down a second time: a change of the roles must be made here as well.
let duties: KeyValuePairs<Role, Set<Permission>> = [
  .viewer: [.connect, .readRecords],
  .clerk: [.connect, .readRecords, .writeRecords, .verifyPass, .runReport, .handleTickets, .approveTickets],
  .passOfficer: [.connect, .readRecords, .issuePass, .verifyPass],
  .checkpoint: [.connect, .verifyPass],
  .auditor: [.connect, .readRecords, .readChangeLog],
  .operator: [.connect, .readRecords, .runReport, .approveReporter, .takeSnapshot, .observe],
  .admin: [
    .connect, .readRecords, .writeRecords, .issuePass, .verifyPass, .runReport, .approveReporter, .takeSnapshot,
    .readChangeLog, .observe, .manageAccess, .handleTickets, .approveTickets,
  ],
]

/// What nobody has who is held to a region.
let wholeLedger: Set<Permission> = [.approveReporter, .takeSnapshot, .readChangeLog, .observe]
