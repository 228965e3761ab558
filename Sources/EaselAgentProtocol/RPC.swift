import FoundationEssentials

/// The methods of the protocol. A request is answered with its reply type, or with an `RPCFailure`.
package enum AgentMethod: String, Codable, Sendable, Hashable, CaseIterable {
  /// `HelloRequest` -> `HelloReply`.
  case hello
  /// `RunRequest` -> `RunReport` at once; then `progress` and one `finished` notification on the same connection.
  case run
  /// `KeyRequest` -> `RunReport` at once, then as for `run`.
  case attach
  /// `KeyRequest` -> `RunReport`.
  case report
  /// `QueryRequest` -> `RunReport` when the read-only plan has ended; it is not journalled and runs beside a mutating plan.
  case query
  /// `Empty` -> `InventoryReply`.
  case inventory
  /// `LogsRequest` -> `LinesReply`: what a unit logged, or the end of a file below /var/log.
  case logs
  /// `Empty` -> `UnitsReply`: the units that a cluster's host lives by, and the containers that log below /var/log/pods.
  case units
  /// `TaskLogRequest` -> `LinesReply`.
  case taskLog
  /// `ContentHasRequest` -> `ContentHasReply`.
  case contentHas = "content.has"
  /// `ContentPruneRequest` -> `ContentPruneReply`.
  case contentPrune = "content.prune"
  /// `AdoptRequest` -> `AdoptReply`: makes a site the owner, or raises its epoch.
  case adopt
  /// `Empty` -> `Empty`: the runner ends once no plan runs, and the service manager starts it again, perhaps in a newer version.
  case shutdownAfterPlan
}

/// Notifications of the agent.
package enum AgentNotification: String, Codable, Sendable, Hashable {
  /// `ProgressNote`. May be left out when the reader is slow; `taskLog` has every line.
  case progress
  /// `RunReport`, once, when a plan that the connection runs or is attached to has ended.
  case finished
}

/// The id of a request: a number or a text, given back as it came.
package enum RPCID: Codable, Sendable, Hashable {
  case number(Int64)
  case text(String)

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int64.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    }
  }
}

/// Why a request was not done.
package struct RPCFailure: Error, Codable, Sendable, Hashable {
  package struct Detail: Codable, Sendable, Hashable {
    /// A stable CamelCase word.
    package var code: String
    /// What the reader can do next; empty where there is nothing to say.
    package var advice: String
  }

  /// JSON-RPC's number: -32700 not JSON, -32600 not a request, -32601 no such method, -32602 wrong parameters, -32000 refused or failed.
  package var code: Int
  package var message: String
  package var data: Detail?

  package init(code: Int = -32000, _ word: String, _ message: String, advice: String = "") {
    self.code = code
    self.message = message
    data = Detail(code: word, advice: advice)
  }

  /// The stable word, `AgentError` when the other side gave none.
  package var word: String { data?.code ?? "AgentError" }
}

/// A message's frame without its parameters or result, to tell what it is.
package struct RPCHead: Decodable, Sendable {
  package var id: RPCID?
  package var method: String?
  package var error: RPCFailure?
}

/// Nothing, as parameters or result.
package struct Empty: Codable, Sendable, Hashable {
  package init() {}
}

/// Writing and reading of messages as lines without their line feed.
package enum RPC {
  private struct Call<Parameters: Encodable>: Encodable {
    var jsonrpc = "2.0"
    var id: RPCID?
    var method: String
    var params: Parameters
  }
  private struct Answer<Value: Encodable>: Encodable {
    var jsonrpc = "2.0"
    var id: RPCID
    var result: Value
  }
  private struct Refusal: Encodable {
    var jsonrpc = "2.0"
    var id: RPCID?
    var error: RPCFailure

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(jsonrpc, forKey: .jsonrpc)
      try container.encode(id, forKey: .id)
      try container.encode(error, forKey: .error)
    }
    private enum Key: String, CodingKey { case jsonrpc, id, error }
  }
  private struct Parameters<Value: Decodable>: Decodable { var params: Value }
  private struct Result<Value: Decodable>: Decodable { var result: Value }

  package static func request(_ id: Int64, _ method: AgentMethod, _ parameters: some Encodable) throws -> [UInt8] {
    try encode(Call(id: .number(id), method: method.rawValue, params: parameters))
  }

  package static func notification(_ method: String, _ parameters: some Encodable) throws -> [UInt8] {
    try encode(Call(id: nil, method: method, params: parameters))
  }

  package static func answer(_ id: RPCID, _ result: some Encodable) throws -> [UInt8] {
    try encode(Answer(id: id, result: result))
  }

  /// `id` is nil when the request's id could not be read.
  package static func failure(_ id: RPCID?, _ failure: RPCFailure) -> [UInt8] {
    (try? encode(Refusal(id: id, error: failure)))
      ?? Array(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"the answer cannot be encoded"}}"#.utf8)
  }

  package static func head(_ line: [UInt8]) throws -> RPCHead {
    try JSONDecoder().decode(RPCHead.self, from: Data(line))
  }

  package static func parameters<T: Decodable>(_ type: T.Type, in line: [UInt8]) throws -> T {
    try JSONDecoder().decode(Parameters<T>.self, from: Data(line)).params
  }

  package static func result<T: Decodable>(_ type: T.Type, in line: [UInt8]) throws -> T {
    try JSONDecoder().decode(Result<T>.self, from: Data(line)).result
  }

  private static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }
}
