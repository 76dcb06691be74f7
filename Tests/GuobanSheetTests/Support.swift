import Foundation
import GuobanSheet
import GuobanTestSupport
import Testing

/// Debian's Python: the one that has openpyxl.
let python = "/usr/bin/python3"

/// Runs a program that may use `path` and `openpyxl`, and returns what it prints.
@discardableResult
func openpyxl(_ path: String, _ program: String) async throws -> String {
  let run = try await ProgramRun(
    python, ["-c", "import openpyxl, sys, json, datetime\npath = sys.argv[1]\n" + program, path])
  try #require(run.exitCode == 0, "\(run.complaint)")
  return run.text
}

func rows(_ path: String, _ limits: SheetLimits = .standard) throws -> [SheetRow] {
  let reader = try SheetReader(path: path, limits: limits)
  var rows: [SheetRow] = []
  while let row = try reader.next() { rows.append(row) }
  return rows
}

/// A workbook whose one sheet has this XML, and further parts if wanted.
func workbook(_ folder: TemporaryFolder, sheet: String, book: String = "", parts: [String: String] = [:]) async throws
  -> String
{
  let path = "\(folder.path)/\(UUID().uuidString.prefix(8)).xlsx"
  var files = [
    "_rels/.rels":
      #"<Relationships xmlns="r"><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    "xl/workbook.xml":
      #"<workbook xmlns:r="r">\#(book)<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    "xl/_rels/workbook.xml.rels":
      #"<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>"#,
    "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": "<sst/>", "xl/styles.xml": "<styleSheet/>",
  ]
  for (name, text) in parts { files[name] = text }
  let list = try JSONSerialization.data(withJSONObject: files)
  let run = try await ProgramRun(
    python,
    [
      "-c",
      """
      import sys, json, zipfile
      with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
        for name, text in json.load(sys.stdin).items():
          if text.startswith('repeat '):
            _, count, unit = text.split(' ', 2)
            with z.open(name, 'w') as f:
              for _ in range(int(count)): f.write(unit.encode() * 1024)
          else: z.writestr(name, text)
      """, path,
    ], input: Array(list))
  try #require(run.exitCode == 0, "\(run.complaint)")
  return path
}
