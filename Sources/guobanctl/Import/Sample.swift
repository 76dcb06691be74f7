/// The sample ledger, built into this program so that it is there wherever the program is.
enum Sample {
  static let files: [(name: String, bytes: [UInt8])] = [
    ("README.md", PackageResources.README_md),
    ("regions.csv", PackageResources.regions_csv),
    ("enterprises.csv", PackageResources.enterprises_csv),
    ("projects.csv", PackageResources.projects_csv),
    ("project_progress.csv", PackageResources.project_progress_csv),
    ("batch_entries.csv", PackageResources.batch_entries_csv),
    ("indicators.csv", PackageResources.indicators_csv),
    ("targets.csv", PackageResources.targets_csv),
    ("observations.csv", PackageResources.observations_csv),
  ]
}
