import EaselModel
import FoundationEssentials
import Testing

@Suite struct UsageTests {
  @Test(arguments: [
    (["geet", "hosts"], "did you mean get?"), (["get", "clutsers"], "did you mean clusters?"),
    (["get"], "needs TYPE"), (["create", "cluster"], "needs NAME"),
    (["create", "cluster", "edge", "--versoin", "v1.31.4"], "did you mean --version?"),
    (["get", "hosts", "-o", "xml"], "json, yaml, wide, name"), (["get", "hosts", "--output"], "needs a value"),
    (["audit"], "list, verify, export"), (["site", "init", "--simulated", "none"], "whole number"),
    (["completion", "tcsh"], "bash, zsh or fish"), (["engine", "--pace", "-3"], "--pace takes"),
    (["site", "show", "more"], "does not know what to do with"),
  ])
  func `a wrong command line exits with 2 and says what would be right`(words: [String], advice: String) async throws {
    let run = try await TestSite().easel(words)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("error: "))
    #expect(run.errors.contains(advice), "\(run.errors)")
  }

  @Test func `an error is an object on standard error when objects are asked for`() async throws {
    let run = try await TestSite().easel("get", "pods", "-o", "json")
    let error = try JSON(run.errors)
    #expect(error["kind"] == .string("Error"))
    #expect(error["error.code"] == .string("UnknownType"))
    #expect(error["exitStatus"] == .number(2))
  }

  @Test func `without a site every verb that needs one exits with 4 and says how to make one`() async throws {
    for words in [
      ["get", "hosts"], ["audit", "verify"], ["create", "cluster", "a", "--version", "v1.31.4", "--yes"],
    ] {
      let run = try await TestSite().easel(words)
      #expect(run.status == 4, "\(words): \(run.errors)")
      #expect(run.errors.contains("site init"))
    }
  }

  @Test func `a second site in the same directory is a conflict`() async throws {
    let site = try TestSite()
    #expect(try await site.easel("site", "init").status == 0)
    let second = try await site.easel("site", "init")
    #expect(second.status == 5)
    #expect(second.errors.contains("there is one already"))
  }

  @Test func `what is not there is not found, with the nearest name`() async throws {
    let site = try TestSite()
    try await site.easel("site", "init")
    #expect(try await site.easel("get", "cluster", "edge").status == 4)
    let run = try await site.easel("get", "profile", "kubadm")
    #expect(run.status == 4)
    #expect(run.errors.contains("did you mean kubeadm?"))
  }

  @Test(arguments: ["", "get", "create cluster", "host add", "site init", "audit verify"])
  func `every verb explains itself`(verb: String) async throws {
    let words = verb.split(separator: " ").map(String.init)
    let run = try await TestSite().easel(words + ["--help"])
    #expect(run.status == 0)
    #expect(run.output.contains("usage: easel\(verb.isEmpty ? "" : " ")\(verb)"))
    #expect(run.errors.isEmpty)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `completion knows every verb`(shell: String) async throws {
    let run = try await TestSite().easel("completion", shell)
    for verb in ["get", "create", "upgrade", "kubeconfig", "doctor"] { #expect(run.output.contains(verb)) }
    #expect(!run.output.contains("bench"))
  }

  @Test(arguments: [["profiles"], ["profile"], ["profile", "kubeadm"], ["profile/kubeadm"]])
  func `types are understood in singular and plural`(words: [String]) async throws {
    let site = try TestSite()
    try await site.easel("site", "init")
    let run = try await site.easel(["get"] + words + ["-o", "name"])
    #expect(run.output == "profile/kubeadm\n")
  }
}
