import Testing

@Suite struct SourceTests {
  /// Assembled here so that this file does not hold them itself.
  private static let machinePaths = ["/wo" + "rk/", "/tmp/ba" + "sh_jobs"]

  @Test(arguments: SourceTests.machinePaths)
  func `no tracked file names a path of the machine it was written on`(path: String) {
    let hits = Checkout.output(of: "git grep -nIF '\(path)' -- . ':!LICENSE' | head -5")
    #expect(hits.isEmpty, "\(hits)")
  }

  @Test func `every Swift file is below 400 lines`() throws {
    for file in Checkout.files(below: "Sources", ending: ".swift") + Checkout.files(below: "Tests", ending: ".swift") {
      let lines = try Checkout.text(file).split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(lines <= 401, "\(file) has \(lines) lines: it is probably two ideas")
    }
  }

  @Test func `shipped code forces nothing`() throws {
    for file in Checkout.files(below: "Sources", ending: ".swift") {
      let text = try Checkout.text(file)
      #expect(!text.contains("try" + "!"), "\(file)")
      #expect(!text.contains("as" + "! "), "\(file)")
    }
  }
}
