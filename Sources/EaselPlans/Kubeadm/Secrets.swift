internal import EaselHostPlan
internal import EaselModel

/// Minting what joining needs, and looking when certificates end.
extension KubeadmPlan {
  /// Both end by themselves after two hours: the token by its own limit, the certificates' copy by kubeadm's.
  static let secretSeconds = 7200.0

  func mintJoinSecrets() -> [PlanStep] {
    [
      PlanStep(
        "write-config", "Write kubeadm's configuration",
        .write(FileSpec(path: Paths.mintConfig, mode: 0o600, text: mintConfiguration))),
      PlanStep(
        "mint-token", "Mint a token for joining",
        .capture(
          Command([
            Paths.kubeadm, "token", "create", "--ttl=2h0m0s", "--print-join-command",
            "--kubeconfig=\(Paths.adminConfig)",
          ]), output: "join-command", secret: true),
        check: .idempotent(because: "each run mints another token, and unused ones end after two hours"),
        timeLimitSeconds: 120),
      PlanStep(
        "upload-certificates", "Keep the certificates in the cluster, sealed with a new key",
        .capture(
          Command([
            Paths.kubeadm, "init", "phase", "upload-certs", "--upload-certs", "--config", Paths.mintConfig,
          ]), output: "upload-certs", secret: true),
        check: .idempotent(because: "each run seals them with another key, and the copy ends after two hours"),
        timeLimitSeconds: 120),
      PlanStep("remove-config", "Remove the configuration", .remove([Paths.mintConfig])),
    ]
  }

  func readCredentials() -> [PlanStep] {
    [
      PlanStep(
        "keep-kubeconfig", "Read the administrator's credentials",
        .capture(.reading(["cat", Paths.adminConfig]), output: SecretName.kubeconfig, secret: true))
    ]
  }

  func checkCertificates() -> [PlanStep] {
    [
      PlanStep(
        "read-certificates", "Read when the certificates end",
        .capture(.reading([Paths.kubeadm, "certs", "check-expiration"]), output: "certificates", secret: false),
        timeLimitSeconds: 120)
    ]
  }
}

/// Reads what kubeadm prints.
enum KubeadmOutput {
  /// The token and the CA's pin from `kubeadm token create --print-join-command`; nil when either is missing or malformed.
  static func joinCommand(_ text: String) -> (token: String, hash: String)? {
    let words = text.split { $0 == " " || $0 == "\n" || $0 == "\\" || $0 == "\t" }.map(String.init)
    func value(after flag: String) -> String? {
      guard let index = words.firstIndex(of: flag), index + 1 < words.count else { return nil }
      return words[index + 1]
    }
    guard let token = value(after: "--token"), let hash = value(after: "--discovery-token-ca-cert-hash") else {
      return nil
    }
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 6, parts[1].utf8.count == 16,
      token.utf8.allSatisfy({ $0 == 46 || (48...57).contains($0) || (97...122).contains($0) }),
      hash.hasPrefix("sha256:"), isHex(hash.dropFirst(7))
    else { return nil }
    return (token, hash)
  }

  /// The line of 64 hex digits that `upload-certs` prints.
  static func certificateKey(_ text: String) -> String? {
    text.split(separator: "\n").map(Substring.trimmed).last { isHex($0) }.map(String.init)
  }

  /// The rows of `kubeadm certs check-expiration`, certificates and authorities alike; what is missing or unreadable is left out.
  static func certificates(_ text: String, node: String) -> [ClusterObservation.Certificate] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 6, words[5] == "UTC", let month = months.firstIndex(of: words[1]),
        words[2].hasSuffix(","), let day = Int(words[2].dropLast()),
        let end = Timestamp(
          "\(words[3])-\(padded(month + 1))-\(padded(day))T\(words[4]):00Z")
      else { return nil }
      return ClusterObservation.Certificate(node: node, name: words[0], expiresAt: end)
    }
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  private static func isHex(_ text: Substring) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}

extension Substring {
  /// Without white space at both ends.
  func trimmed() -> Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  static func trimmed(_ text: Substring) -> Substring { text.trimmed() }
}
