import CSys
import EaselAgentProtocol
import EaselProcess
import FoundationEssentials

/// The highest (site, epoch) that the agent has accepted, flushed to disk before anything is done in its name, with who that is.
///
/// An epoch grows with every change of leader of a site and with every change of owner. So whatever order old requests arrive in,
/// none of a former owner's is ever accepted again.
struct OwnerRecord {
  /// What the file holds. Files of older agents have no note.
  private struct Content: Codable {
    var site: String
    var epoch: Int64
    var note: OwnerNote?
  }

  private let path: String
  private(set) var fence: Fence?
  private(set) var note: OwnerNote?

  /// Reads the record. One that exists and cannot be read is an error: the owner must not be forgotten by accident.
  init(_ state: StateFolder) throws {
    path = state.fence
    guard Files.status(path) != nil else { return }
    let content = try JSONDecoder().decode(Content.self, from: Data(try Files.read(path, limit: 1 << 16)))
    fence = Fence(site: content.site, epoch: content.epoch)
    note = content.note
  }

  /// Lets a mutating request in, or says why not.
  mutating func admit(_ asked: Fence) throws {
    guard let known = fence else { return try write(asked, note: nil) }
    guard known.site == asked.site else {
      throw RPCFailure(
        "OwnedByAnotherSite", "this host belongs to \(owner(known)), not to site \(asked.site)",
        advice: "take it over with: easel adopt")
    }
    try require(asked.epoch >= known.epoch, asked, known)
    if asked.epoch > known.epoch { try write(asked, note: note) }
  }

  /// Makes a site the owner. Asked again by the owner, it changes nothing.
  mutating func adopt(_ request: AdoptRequest) throws {
    let asked = request.fence
    if let known = fence, known.site == asked.site {
      try admit(asked)
      if note == nil, let new = self.new(request) { try write(asked, note: new) }
      return
    }
    if let known = fence {
      guard request.force else {
        throw RPCFailure(
          "OwnedByAnotherSite", "this host belongs to \(owner(known))",
          advice: "take it over with: easel adopt; its old site is refused from then on")
      }
      guard asked.epoch > known.epoch else {
        throw RPCFailure(
          "StaleEpoch",
          "this host belongs to \(owner(known)) under epoch \(known.epoch), which the adoption's epoch \(asked.epoch) is not above",
          advice: "somebody was faster: look again and adopt anew")
      }
    }
    try write(asked, note: new(request))
  }

  private func new(_ request: AdoptRequest) -> OwnerNote? {
    guard request.name != nil || request.by != nil else { return nil }
    return OwnerNote(
      name: Self.word(request.name), by: Self.word(request.by), sinceMilliseconds: csys_wall_milliseconds())
  }

  /// Names come from elsewhere: one line, bounded.
  private static func word(_ text: String?) -> String {
    String((text ?? "").unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.prefix(200).map(Character.init))
  }

  private func owner(_ known: Fence) -> String {
    guard let note, !note.name.isEmpty else { return "site \(known.site)" }
    let since = Date(timeIntervalSince1970: Double(note.sinceMilliseconds / 1000)).formatted(.iso8601)
    return "site \(note.name) (uid \(known.site)), which adopted it at \(since)"
      + (note.by.isEmpty ? "" : " by \(note.by)")
  }

  private func require(_ holds: Bool, _ asked: Fence, _ known: Fence) throws {
    guard !holds else { return }
    throw RPCFailure(
      "StaleEpoch", "epoch \(asked.epoch) of site \(asked.site) is over; this host has accepted \(known.epoch)",
      advice: "another engine leads this site now")
  }

  private mutating func write(_ next: Fence, note new: OwnerNote?) throws {
    let content = Content(site: next.site, epoch: next.epoch, note: new)
    try Files.replace(path, mode: 0o600, bytes: Array(try JSONEncoder().encode(content)))
    (fence, note) = (next, new)
  }
}
