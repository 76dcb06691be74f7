internal import CSheet
internal import Glibc

/// A copy of a workbook with one column more.
public enum SheetAnnotation {
  /// The format's limit for one cell's text, in characters.
  private static let noteCharactersMax = SheetWriter.cellCharactersMax

  /// Copies `from` to `to`. In the first visible sheet, each row gets the note that `note` has for it in this column,
  /// instead of what stood there; every other byte of every part stays.
  /// - Parameters:
  ///   - column: from 0.
  ///   - note: by the row's number, from 1.
  public static func copy(
    from: String, to: String, column: Int, limits: SheetLimits, note: (_ row: Int) -> String?
  ) throws(SheetError) {
    var limits = limits.c
    let status = withoutActuallyEscaping(note) { note in
      let notes = Notes(note)
      // Safety: `notes` outlives the call, which keeps no pointer; a note's bytes live in `notes` until the next one.
      return withExtendedLifetime(notes) {
        guoban_sheet_annotate(
          from, to, &limits, UInt32(clamping: column),
          { context, row in
            guard let context else { return nil }
            return Unmanaged<Notes>.fromOpaque(context).takeUnretainedValue().text(Int(row))
          }, Unmanaged.passUnretained(notes).toOpaque())
      }
    }
    guard status == GUOBAN_SHEET_OK else { throw SheetError(status) }
  }

  private final class Notes {
    private let note: (Int) -> String?
    private var last: UnsafeMutablePointer<CChar>?

    init(_ note: @escaping (Int) -> String?) { self.note = note }

    deinit { free(last) }

    func text(_ row: Int) -> UnsafePointer<CChar>? {
      free(last)
      // Safety: a C string of this object's own, freed before the next and at the end.
      last = note(row).flatMap { strdup(String($0.prefix(SheetAnnotation.noteCharactersMax))) }
      return UnsafePointer(last)
    }
  }
}
