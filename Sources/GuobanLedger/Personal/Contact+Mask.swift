public import GuobanMessages
internal import GuobanModel

extension Ledger.Contact {
  /// Nobody is named.
  var isEmpty: Bool { name.isEmpty && phone.isEmpty && idNumber.isEmpty }

  /// What everybody may see. A mask masks to itself, but for short phones.
  public var masked: Ledger.Contact {
    Ledger.Contact(
      name: maskedName(name), phone: maskedPhone(phone), idNumber: maskedIdentityNumber(idNumber))
  }

  /// Whether every value is a mask: no name, phone or number has a star in it.
  var isMask: Bool { !isEmpty && values.allSatisfy { $0.value.isEmpty || $0.value.contains("*") } }

  /// Each value with its field's name.
  var values: [(field: String, value: String)] {
    [("name", name), ("phone", phone), ("id_number", idNumber)]
  }

  /// This, with every value that is what `kept` shows taken from `plain`.
  func filled(from plain: Ledger.Contact, whereItShows kept: Ledger.Contact) -> Ledger.Contact {
    Ledger.Contact(
      name: name == kept.name ? plain.name : name, phone: phone == kept.phone ? plain.phone : phone,
      idNumber: idNumber == kept.idNumber ? plain.idNumber : idNumber)
  }
}

extension LedgerRecord {
  /// A copy that may be hashed into the change log: who knows the log must not be able to try out phone numbers against
  /// the digest of a request.
  public func masked() -> Self {
    var copy = self
    copy.visitContacts { _, contact in contact = contact?.masked }
    return copy
  }
}
