import EaselModel
import EaselRuntime
import EaselStore
import FoundationEssentials

// What waits for other parts.
func openConsole(_ invocation: Invocation) throws {
  throw EaselError(.failed, "NotBuilt", "the console is not built yet", advice: "use the verbs: easel --help")
}
func printUnitLog(host: Host, unit: String, _ invocation: Invocation) throws {
  throw EaselError(.failed, "NotBuilt", "unit logs are not built yet")
}
func confirmedKey(of spec: Host.Spec, name: String, _ invocation: Invocation) throws -> String? { spec.hostKey }
func printPlan(of intent: Intent, in gate: SiteGate, actor: Actor, format: OutputFormat) throws {}
func yamlText(_ value: some Encodable) throws -> String { try jsonText(value) }
func loadSite(_ invocation: Invocation) throws {}
func checkContent(_ folder: String) throws -> (Checkup.Finding.Result, String) { (.fine, folder) }
enum Executables { static func find(_ name: String) -> String? { nil } }
enum AgentBinary { static func path() -> String? { nil } }
func currentDirectory() -> String { FileManager.default.currentDirectoryPath }
let planCommand = CommandDefinition(name: "plan", summary: "Show what a change would do, or what an operation does")
let applyCommand = CommandDefinition(name: "apply", summary: "Create or change what files describe")
enum SiteLoading {
  static func load(
    in directory: StateDirectory, name: String, clusters: Int, machines: Int, freeHosts: Int, version: KubernetesVersion,
    as actor: Actor
  ) throws -> SQLiteStore { throw EaselError(.failed, "NotBuilt", "loading is not built yet") }
}
