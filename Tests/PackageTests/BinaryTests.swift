import Testing

private let binariesAreBuilt = Checkout.exists("bin/easel") && Checkout.exists("bin/easel-agent")

@Suite(.enabled(if: binariesAreBuilt, "bin/easel and bin/easel-agent are not built: run `make build`"))
struct BinaryTests {
  private func needed(_ binary: String) -> Set<String> {
    let lines = Checkout.output(of: "readelf -d \(binary)").split(separator: "\n").filter { $0.contains("(NEEDED)") }
    return Set(lines.compactMap { $0.split(separator: "[").last?.split(separator: "]").first.map(String.init) })
  }

  @Test func `easel needs no shared library beyond the C runtime`() {
    let allowed: Set<String> = ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"]
    let libraries = needed("bin/easel")
    #expect(libraries.contains("libc.so.6"), "readelf found nothing to judge")
    #expect(libraries.subtracting(allowed).isEmpty)
  }

  @Test func `the agent is a static program that needs no loader`() {
    let headers = Checkout.output(of: "readelf -lW bin/easel-agent")
    #expect(headers.contains("LOAD"), "readelf found nothing to judge")
    #expect(!headers.contains("INTERP"))
    #expect(needed("bin/easel-agent").isEmpty)
  }

  @Test(arguments: ["bin/easel", "bin/easel-agent"])
  func `a binary stays below 25 MB`(binary: String) {
    #expect(Checkout.size(binary) > 1_000_000)
    #expect(Checkout.size(binary) < 25_000_000)
  }

  @Test(arguments: ["bin/easel", "bin/easel-agent"])
  func `a binary holds no path of the machine that built it`(binary: String) {
    #expect(Checkout.output(of: "LC_ALL=C grep -aoF '\(Checkout.root)/Sources' \(binary) | head -3").isEmpty)
  }
}
