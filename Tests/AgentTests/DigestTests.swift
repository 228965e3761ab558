import EaselHostPlan
import Testing

@Suite struct DigestTests {
  @Test(
    "SHA-256 gives the digests of FIPS 180-4",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func vectors(text: String, digest: String) { #expect(SHA256.hex(text.utf8) == digest) }

  @Test func `a million bytes give the digest of FIPS 180-4 in whatever pieces they come`() {
    var hash = SHA256()
    for size in [1, 63, 64, 65, 127, 680] { hash.update(repeatElement(UInt8(ascii: "a"), count: size)) }
    hash.update(repeatElement(UInt8(ascii: "a"), count: 1_000_000 - 1000))
    #expect(hexadecimal(hash.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `a plan's digest depends on its content alone and changes with it`() throws {
    let step = PlanStep("a", "Do a", .directory(path: "/tmp/a", mode: 0o755))
    let one = try HostPlan(title: "x", steps: [step]).digest()
    #expect(try HostPlan(title: "x", steps: [step]).digest() == one)
    #expect(try HostPlan(title: "y", steps: [step]).digest() != one)
    #expect(one.utf8.count == 64)
  }

  @Test func `the secrets of a plan are those that its steps refer to`() throws {
    let plan = try HostPlan(
      title: "x",
      steps: [
        PlanStep("a", "A", .write(FileSpec(path: "/run/a", text: "{{secret:one}}", secrets: ["one"]))),
        PlanStep("b", "B", .run(Command(["cat"], inputSecret: "two")), check: .exists("/x")),
      ])
    #expect(plan.secretNames() == ["one", "two"])
    #expect(plan.secretNames(fromStep: 1) == ["two"])
  }
}
