// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of the package is built with these settings.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// For targets that wait for people, hosts and disks: a release of them is made small instead of fast. What is not in the program
/// is neither copied to a site nor kept in its memory.
let small: [SwiftSetting] = settings + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// One row of the target table: a target's name and the targets it may import. The import test reads the same rows.
func library(_ name: String, _ imports: [String] = [], _ settings: [SwiftSetting] = settings) -> Target {
  .target(name: name, dependencies: imports.map { .byName(name: $0) }, swiftSettings: settings)
}

/// The linker puts a digest of the program into it: two builds can be told apart. In a release it packs the relocations too, which
/// glibc 2.36 reads; GNU's linkers of Debian 12 cannot.
func executable(_ name: String, _ imports: [String], _ settings: [SwiftSetting] = settings) -> Target {
  .executableTarget(
    name: name, dependencies: imports.map { .byName(name: $0) }, swiftSettings: settings,
    linkerSettings: [
      .unsafeFlags(["-Xlinker", "--build-id=sha1"]),
      .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"], .when(configuration: .release)),
    ])
}

func tests(_ name: String, _ imports: [String], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: imports.map { .byName(name: $0) }, exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "easel",
  products: [
    .executable(name: "easel", targets: ["easel"]),
    .executable(name: "easel-agent", targets: ["easel-agent"]),
  ],
  targets: [
    executable(
      "easel",
      [
        "EaselConsole", "EaselTerminal", "EaselRuntime", "EaselSimulation", "EaselEngine", "EaselPlans", "EaselHosts",
        "EaselStore", "EaselYAML", "EaselModel", "EaselHostPlan", "EaselAgentProtocol", "EaselProcess", "CSys",
      ], small),
    executable(
      "easel-bench",
      [
        "EaselRuntime", "EaselSimulation", "EaselEngine", "EaselPlans", "EaselStore", "EaselModel", "EaselProcess",
        "CSys",
      ]),
    executable("easel-agent", ["EaselAgent", "EaselHostPlan", "EaselAgentProtocol", "EaselProcess", "CSys"]),

    library("EaselConsole", ["EaselTerminal", "EaselModel", "EaselPlans", "EaselEngine", "EaselSimulation"], small),
    library("EaselTerminal", ["CNcurses", "CSys", "CAssets"]),
    library(
      "EaselRuntime",
      [
        "EaselModel", "EaselPlans", "EaselEngine", "EaselSimulation", "EaselStore", "EaselHosts", "EaselHostPlan",
        "EaselAgentProtocol", "EaselProcess", "CSys",
      ], small),
    library("EaselSimulation", ["EaselModel", "EaselPlans", "EaselEngine"]),
    library("EaselEngine", ["EaselModel", "EaselPlans"]),
    library("EaselPlans", ["EaselModel", "EaselHostPlan"], small),
    library(
      "EaselHosts", ["EaselModel", "EaselPlans", "EaselHostPlan", "EaselAgentProtocol", "EaselProcess", "CSys"], small),
    library("EaselStore", ["EaselModel", "CSQLite", "CSodium", "CSys"]),
    library("EaselYAML", ["EaselModel", "CYAML"], small),
    library("EaselModel"),
    library("EaselHostPlan", ["CSodium"], small),
    library("EaselAgentProtocol", ["EaselHostPlan"], small),
    library("EaselAgent", ["EaselHostPlan", "EaselAgentProtocol", "EaselProcess", "CSys"]),
    library("EaselProcess", ["CSys"]),

    .target(name: "CSys"),
    .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "CAssets", cSettings: [.unsafeFlags(["-Wno-c23-extensions"])]),
    .systemLibrary(name: "CSQLite"),
    .systemLibrary(name: "CYAML"),
    .systemLibrary(name: "CSodium"),
    // A terminal emulator, for tests alone.
    .systemLibrary(name: "CVterm", path: "Tests/CVterm"),

    tests("PackageTests", []),
    tests("ModelTests", ["EaselModel", "EaselYAML", "EaselStore", "CSys"]),
    tests("EngineTests", ["EaselModel", "EaselPlans", "EaselEngine", "EaselSimulation"], exclude: ["Goldens"]),
    tests("PlansTests", ["EaselModel", "EaselPlans", "EaselHostPlan"], exclude: ["Goldens"]),
    tests(
      "AgentTests",
      [
        "EaselAgent", "EaselHosts", "EaselModel", "EaselPlans", "EaselHostPlan", "EaselAgentProtocol", "EaselProcess",
        "CSys", "easel-agent",
      ]),
    tests("TerminalTests", ["EaselTerminal", "CSys"]),
    tests(
      "ConsoleTests",
      [
        "EaselConsole", "EaselTerminal", "EaselModel", "EaselPlans", "EaselEngine", "EaselSimulation", "EaselYAML",
        "CSys", "CNcurses", "CVterm", "easel",
      ],
      exclude: ["Goldens"]),
    tests(
      "CommandTests",
      [
        "EaselModel", "EaselPlans", "EaselHosts", "EaselAgentProtocol", "EaselRuntime", "EaselStore", "EaselProcess",
        "CSys",
        "easel",
      ]),
  ]
)
