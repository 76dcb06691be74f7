extension Setting {
  /// Keys, and what they seal.
  static let personalData: [Setting] = [
    .path(
      "keys.directory", \.keys.directory, "密钥文件的目录，须在数据目录之外；空＝数据目录同级、名后加 -keys",
      "folder of the key files, outside the data directory; empty: beside it, with -keys after its name"),
    .flag(
      "keys.acceptLoss", \.keys.acceptLoss, "台账所用的密钥丢了也启动：它封存的个人信息从此看不了",
      "start although keys that the ledger names are lost: what they sealed cannot be read again"),
    .integer(
      "personalData.retentionDays", \.personalData.retentionDays, 0...36_500,
      "通行证到期、事项办结后，个人信息保存的天数，之后自动删除；0＝不删", "days that contacts are kept after a pass's last day; 0: never erased"),
    .integer(
      "personalData.batchRecords", \.personalData.batchRecords, 1...10_000,
      "换密钥、删除到期信息时每次写入的条数", "records of one write when sealing anew or erasing"),
  ]
}
