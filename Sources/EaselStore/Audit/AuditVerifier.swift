import EaselModel

/// What checking the audit log found.
///
/// The keyed hashes show every change by somebody who cannot read the site's `audit.key`. Root on this machine can read it,
/// and can forge whatever was not exported elsewhere.
package struct AuditVerification: Sendable, Equatable {
  /// Something that is not as it was written.
  package enum Finding: Sendable, Equatable {
    /// The record is not the one that was written under its number.
    case changed(Int64)
    /// The record was never written by Easel.
    case inserted(Int64)
    /// These records are missing between two others.
    case removed(ClosedRange<Int64>)
    /// These newest records are missing; the head beside the database remembers them.
    case cut(ClosedRange<Int64>)
    /// The head beside the database is missing or damaged, so a cut end would not show.
    case headMissing
    /// The head was missing when this record was written, so records that were cut off before it would not show.
    case headWasMissing(Int64)
  }

  /// How many records were checked.
  package var records: Int
  package var findings: [Finding]
  package var isIntact: Bool { findings.isEmpty }

  package init(records: Int, findings: [Finding]) { (self.records, self.findings) = (records, findings) }
}

extension AuditVerification.Finding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .changed(let number): "record \(number) was changed"
    case .inserted(let number): "record \(number) was inserted"
    case .removed(let range) where range.count == 1: "record \(range.lowerBound) was removed"
    case .removed(let range): "records \(range.lowerBound) to \(range.upperBound) were removed"
    case .cut(let range) where range.count == 1: "the newest record, \(range.lowerBound), was cut off"
    case .cut(let range): "the newest records, \(range.lowerBound) to \(range.upperBound), were cut off"
    case .headMissing: "the file audit.head is missing or damaged: a cut end would not show"
    case .headWasMissing(let number):
      "audit.head was missing when record \(number) was written: records cut off before it would not show"
    }
  }
}

/// Walks the audit log in order. Each record carries the hash before it, so that a bad one does not hide the rest.
struct AuditVerifier {
  private let chain: AuditChain
  private let head: AuditHead?
  private var records = 0
  private var findings: [AuditVerification.Finding] = []
  /// The last number and the hash that the next record must follow.
  private var last: Int64 = 0
  private var hash = ""
  /// A record whose own hash is wrong: inserted if the next one follows the hash before it, changed otherwise.
  private var suspect: (number: Int64, before: String)?
  private var headMatches = true

  init(chain: AuditChain, head: AuditHead?) { (self.chain, self.head) = (chain, head) }

  /// Takes the next record.
  mutating func check(_ record: AuditRecord, previous: String) {
    records += 1
    let number = record.sequence
    guard chain.hash(record, after: previous) == record.hash else {
      settle(nextFollows: nil)
      // Its own words are worth nothing, but its place is: a gap before it is a gap.
      if number > last + 1 { findings.append(.removed(last + 1...number - 1)) }
      suspect = (number, hash)
      last = max(last, number)
      hash = record.hash
      return
    }
    let suspected = suspect != nil
    settle(nextFollows: previous)
    if number > last + 1 {
      findings.append(.removed(last + 1...number - 1))
    } else if previous != hash && !suspected {
      findings.append(.changed(number))
    }
    if record.verb == AuditChain.headMissingVerb { findings.append(.headWasMissing(number)) }
    if let head, head.sequence == number, head.hash != record.hash { headMatches = false }
    last = number
    hash = record.hash
  }

  /// Decides what a suspect record is, from what the record after it says that it follows.
  private mutating func settle(nextFollows previous: String?) {
    guard let (number, before) = suspect else { return }
    suspect = nil
    let pastHead = previous == nil && head.map { number > $0.sequence } ?? false
    findings.append(previous == before && previous != nil || pastHead ? .inserted(number) : .changed(number))
  }

  /// The result, after the last record.
  mutating func finish() -> AuditVerification {
    settle(nextFollows: nil)
    if let head {
      if last < head.sequence {
        findings.append(.cut(last + 1...head.sequence))
      } else if !headMatches {
        findings.append(.changed(head.sequence))
      }
    } else {
      findings.append(.headMissing)
    }
    return AuditVerification(records: records, findings: findings)
  }
}
