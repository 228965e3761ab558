import EaselModel
import Testing

@Suite("Addresses and networks")
struct CIDRTests {
  @Test(
    "an address is read and printed in its canonical form",
    arguments: [
      ("10.0.0.1", "10.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
      ("::1", "::1"), ("FD00:0:0:0:0:0:0:1", "fd00::1"), ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("::ffff:192.0.2.1", "::ffff:c000:201"), ("1::", "1::"),
      ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
    ])
  func addresses(_ text: String, _ canonical: String) { #expect(IPAddress(text)?.description == canonical) }

  @Test(
    "what is not an address is refused",
    arguments: [
      "", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.1 ", "10.0.0.1.1", "+1.0.0.0", ":", ":::", "1::2::3",
      "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "fe80::1%eth0", "::192.0.2.1:1", "1:",
      ":1", "::1:", "1:::2",
    ])
  func noAddresses(_ text: String) { #expect(IPAddress(text) == nil) }

  @Test("a network must have no host bits, and the right form is known")
  func canonical() {
    #expect(CIDR("10.244.0.0/16")?.description == "10.244.0.0/16")
    #expect(CIDR("10.244.3.0/16") == nil)
    #expect(CIDR.canonical(of: "10.244.3.0/16")?.description == "10.244.0.0/16")
    #expect(CIDR("fd00:1::/16") == nil && CIDR("fd00:1::/64")?.length == 64)
    #expect(CIDR("0.0.0.0/0")?.length == 0 && CIDR("::/0") != nil)
    for text in ["10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "/8", "::/129", "10.0.0.0/8/8"] {
      #expect(CIDR(text) == nil && CIDR.canonical(of: text) == nil, "\(text)")
    }
  }

  @Test("containing and overlapping follow the prefix, never across families")
  func overlap() throws {
    let wide = try #require(CIDR("10.0.0.0/8"))
    let narrow = try #require(CIDR("10.96.0.0/12"))
    let other = try #require(CIDR("10.128.0.0/9"))
    #expect(wide.contains(narrow) && !narrow.contains(wide) && wide.overlaps(narrow) && narrow.overlaps(wide))
    #expect(!narrow.overlaps(other) && !other.overlaps(narrow))
    #expect(try !wide.overlaps(#require(CIDR("::/0"))))
    #expect(try narrow.contains(#require(IPAddress("10.111.255.255"))))
    #expect(try !narrow.contains(#require(IPAddress("10.112.0.0"))))
  }

  @Test("subnets are numbered from 0 and end where the network does")
  func subnets() throws {
    let pods = try #require(CIDR("10.244.0.0/16"))
    #expect(pods.subnetCount(length: 24) == 256 && pods.subnetCount(length: 8) == 0)
    #expect(pods.subnet(at: 0, length: 24)?.description == "10.244.0.0/24")
    #expect(pods.subnet(at: 255, length: 24)?.description == "10.244.255.0/24")
    #expect(pods.subnet(at: 256, length: 24) == nil && pods.subnet(at: -1, length: 24) == nil)
    #expect(pods.address(at: 10)?.description == "10.244.0.10")
    #expect(CIDR("fd00::/8")?.subnet(at: 3, length: 64)?.description == "fd00:0:0:3::/64")
    #expect(CIDR("::/0")?.subnetCount(length: 128) == Int.max)
    #expect(Cluster.Network().machineNetwork(at: 7)?.description == "10.244.7.0/24")
  }
}
