internal import EaselModel
internal import EaselTerminal

/// The certificates of a cluster as a list: those that end first stand first.
struct CertificateRow {
  var certificate: ClusterObservation.Certificate
  var now: Timestamp

  static func rows(_ cluster: Cluster, _ site: SiteView) -> [CertificateRow] {
    (cluster.status.observed?.certificates ?? [])
      .sorted { ($0.expiresAt, $0.node, $0.name) < ($1.expiresAt, $1.node, $1.name) }
      .map { CertificateRow(certificate: $0, now: site.now) }
  }

  private var life: CertificateLife { CertificateLife(certificate, at: now) }

  static let columns: [ListColumn<CertificateRow>] = [
    ListColumn(
      Column("left", tr("ENDS IN"), min: 9, ideal: 10),
      key: { .number($0.certificate.expiresAt.seconds(since: $0.now)) }
    ) { row in
      let life = row.life
      return TableCell(life.words, life.style)
    },
    ListColumn(Column("node", tr("NODE"), min: 7, ideal: 12, flex: 1)) { TableCell($0.certificate.node) },
    ListColumn(Column("certificate", tr("CERTIFICATE"), min: 9, ideal: 24, flex: 1)) {
      TableCell($0.certificate.name)
    },
    .time(
      Column("ends", tr("ENDS"), ideal: 19, drop: 1), .date, order: { Double($0.certificate.expiresAt.milliseconds) }
    ) { $0.certificate.expiresAt },
  ]

  static var list: ObjectList<CertificateRow> {
    ObjectList(
      columns, empty: tr("No certificates were reported yet."),
      identity: { "\($0.certificate.node)/\($0.certificate.name)" })
  }
}
