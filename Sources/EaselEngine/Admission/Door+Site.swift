internal import EaselModel
internal import EaselPlans

/// Intents about the site itself.
extension Door {
  func setContent(_ folder: String) throws -> Admitted {
    var site = site.site
    let reference = ObjectReference(site)
    guard site.spec.simulation == nil else {
      throw EaselError(
        .refused, "SimulatedSite", "a simulated site stages nothing, so it needs no content folder",
        field: "spec.contentDirectory")
    }
    guard folder.hasPrefix("/") else {
      throw EaselError(
        .usage, "NotAbsolute", "the content folder is named by its absolute path, not \"\(folder)\"",
        field: "spec.contentDirectory")
    }
    let before = site.spec.contentDirectory
    if before == folder { return nothing(reference, "site-content", "the content folder is \(folder) already") }
    site.spec.contentDirectory = folder
    site.metadata.generation += 1
    let message = "the content folder is \(folder) now" + (before.map { ", and no more \($0)" } ?? "")
    var admitted = nothing(reference, "site-content", message)
    admitted.writes = [.site(site)]
    admitted.events = [Event(at: now, reason: "Content", message: message, object: reference)]
    return admitted
  }

  /// Whether everything that a version needs can be staged on some host of the site.
  func requireContent(_ version: KubernetesVersion) throws {
    guard let content, site.site.spec.simulation == nil else { return }
    let architectures = Set(site.hosts.packed.map { ContentIndex.architecture(of: $0.status.architecture) }).sorted()
    let missing = architectures.map { content.missing(for: version, arch: $0) }
    guard let least = missing.min(by: { $0.count < $1.count }), !least.isEmpty else { return }
    if site.site.lacksContent {
      throw EaselError(
        .refused, "ContentMissing",
        "this site has no content folder: Kubernetes \(version) would be staged on its hosts from there",
        advice: "name a folder that holds content.json: easel site set --content DIR", field: "spec.kubernetesVersion")
    }
    let there = content.kubernetesVersions
    throw EaselError(
      .refused, "ContentMissing",
      there.contains(version.description)
        ? "the content folder lacks what Kubernetes \(version) needs: \(least.joined(separator: ", "))"
        : "the content folder has nothing for Kubernetes \(version)",
      advice: there.isEmpty
        ? "bring its binaries and images there, and list them in content.json"
        : "there is \(there.joined(separator: ", "))",
      field: "spec.kubernetesVersion")
  }
}
