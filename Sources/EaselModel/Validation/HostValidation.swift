/// The rules that a host's definition must keep.
package enum HostValidation {
  /// Everything that is wrong with a host; empty when nothing is.
  package static func check(name: String, spec: Host.Spec) -> [EaselError] {
    var findings = Findings()
    findings.form(
      "metadata.name", name, Syntax.subdomainProblem(name, limit: 63), code: "InvalidName", what: "a host name",
      advice: "use up to 63 lower-case letters, digits, \"-\" and \".\", such as node-1")
    checkAddress(spec, &findings)
    if let port = spec.port, !(1...65_535).contains(port) {
      findings.add(
        "spec.port", "InvalidPort", "\(port) is not a port", advice: "use a number from 1 to 65535; ssh's own is 22")
    }
    // These become arguments of ssh: one that begins with "-" would be an option.
    for (field, text) in [("sshHost", spec.sshHost), ("user", spec.user), ("sshConfig", spec.sshConfig)] {
      guard let text else { continue }
      let problem: String? =
        if text.isEmpty { "it is empty" } else if text.hasPrefix("-") {
          "it begins with \"-\""
        } else if text.unicodeScalars
          .contains(where: { $0.value < 0x21 || $0.value == 0x7f }) && field != "sshConfig"
        {
          "it has white space or control characters"
        } else if text.utf8.contains(where: { $0 < 0x20 }) { "it has control characters" } else { nil }
      findings.form(
        "spec.\(field)", text, problem, code: "InvalidSSH", what: "usable with ssh",
        advice: "give it as ssh takes it on its command line")
    }
    if spec.siteKey == true, spec.transport != .ssh {
      findings.add(
        "spec.siteKey", "InvalidSSH", "a key of the site is of use over ssh only", advice: "leave spec.siteKey out")
    }
    if let key = spec.hostKey, !isFingerprint(key) {
      findings.add(
        "spec.hostKey", "InvalidHostKey", "\"\(key)\" is not a host key's SHA-256 fingerprint",
        advice: "use what ssh-keygen -lf prints: SHA256: and 43 characters")
    }
    return findings.errors
  }

  private static func checkAddress(_ spec: Host.Spec, _ findings: inout Findings) {
    guard let address = IPAddress(spec.address) else {
      findings.add(
        "spec.address", "InvalidAddress", "\"\(spec.address)\" is not an IP address",
        advice: "give the address that other hosts reach it by; a name for ssh goes to spec.sshHost")
      return
    }
    if address.isUnspecified || address.isMulticast || (address.isLoopback && spec.transport != .simulated) {
      findings.add(
        "spec.address", "InvalidAddress", "other hosts cannot reach \(address)",
        advice: "give the address of a network interface")
    }
  }

  private static func isFingerprint(_ text: String) -> Bool {
    guard text.hasPrefix("SHA256:") else { return false }
    let digits = text.utf8.dropFirst(7)
    return digits.count == 43
      && digits.allSatisfy {
        (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "+")
          || $0 == UInt8(ascii: "/")
      }
  }
}
