import EaselModel
import EaselRuntime
import EaselStore

let auditCommand = CommandDefinition(
  name: "audit", summary: "Who did what",
  subcommands: [
    CommandDefinition(
      name: "list", aliases: ["ls"], summary: "List who did what, oldest first",
      options: [.value("tail", "N", "Only the newest N records")], formats: OutputFormat.structures
    ) { invocation in
      let gate = try SiteOpening.open(invocation, startsEngine: false)
      var records = try gate.auditRecords(after: 0, limit: .max)
      if let tail = try invocation.integer("tail") { records = Array(records.suffix(tail)) }
      let format = OutputFormat(invocation)
      if format.isStructured { return try printValue(AuditList(items: records), format: format) }
      var table = Table(["NUMBER", "TIME", "WHO", "VERB", "OBJECT", "DETAIL"])
      for record in records {
        table.rows.append([
          "\(record.sequence)", record.at.description, record.actor, record.verb.inWords,
          "\(record.object.kind.rawValue)/\(record.object.name)", record.detail,
        ])
      }
      Terminal.out(table.text())
    },
    CommandDefinition(
      name: "verify", summary: "Check that no record was changed, inserted, removed or cut off",
      discussion:
        "The keyed hashes show every change by somebody who cannot read the state directory's audit key. Root on this\n"
        + "machine can, and could forge what was not exported to another one.", formats: OutputFormat.structures
    ) { invocation in
      let result = try SiteOpening.storeToRead(SiteOpening.directory(invocation)).verifyAudit()
      let format = OutputFormat(invocation)
      if format.isStructured {
        try printValue(
          Verification(
            records: result.records, intact: result.isIntact, findings: result.findings.map(\.description)),
          format: format)
      } else {
        for finding in result.findings { Terminal.out("audit: \(finding)") }
        if result.isIntact { Terminal.out("audit: \(result.records) records, none changed, inserted, removed or cut") }
      }
      if !result.isIntact { throw Ending(status: 1) }
    },
    CommandDefinition(
      name: "export", summary: "Print all records as JSON, one a line, to be kept on another machine", formats: [.json]
    ) { invocation in
      let gate = try SiteOpening.open(invocation, startsEngine: false)
      for record in try gate.auditRecords(after: 0, limit: .max) { Terminal.out(try jsonLine(record)) }
    },
  ])

private struct AuditList: Encodable {
  var kind = "List"
  var items: [AuditRecord]
}

private struct Verification: Encodable {
  var kind = "AuditVerification"
  var records: Int
  var intact: Bool
  var findings: [String]
}
