/// What this program is, in manifests, Hello and `--version`.
public enum DaemonVersion {
  public static let number = "0.1.0"
  public static let name = "guoband/\(number)"
}
