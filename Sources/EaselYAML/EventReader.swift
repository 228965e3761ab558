import CYAML
import EaselModel

/// Turns libyaml's events into nodes.
final class EventReader {
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let bytes: UnsafeBufferPointer<UInt8>
  private let file: String
  private var anchors: [String: YAMLNode] = [:]
  private var nodes = 0

  private enum Event {
    case documentStart, documentEnd, streamEnd, sequenceEnd, mappingEnd
    case alias(String)
    case scalar(String, plain: Bool)
    case sequenceStart, mappingStart
    case other
  }

  private struct Item {
    var event: Event
    var anchor: String?
    var tag: String?
    var mark: Mark
  }

  /// - Parameter bytes: must stay as long as the reader.
  init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws {
    self.bytes = bytes
    self.file = file
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      throw EaselError(.failed, "InvalidYAML", "reading \(file): out of memory", file: file)
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  func documents() throws -> [YAMLDocument] {
    // libyaml wants a pointer also for an empty text.
    if bytes.isEmpty { return [] }
    var documents: [YAMLDocument] = []
    while true {
      let item = try next()
      switch item.event {
      case .streamEnd: return documents
      case .documentStart:
        anchors = [:]
        let root = try node(try next(), depth: 0)
        if !root.isNull { documents.append(YAMLDocument(root: root, file: file)) }
      default: continue
      }
    }
  }

  private func node(_ item: Item, depth: Int) throws -> YAMLNode {
    if depth > YAMLReader.mostDepth {
      throw error("TooLarge", "it is nested deeper than \(YAMLReader.mostDepth) levels", item.mark)
    }
    if let tag = item.tag, tag != "tag:yaml.org,2002:str" && tag != "!" {
      throw error("InvalidYAML", "the tag \(tag) is not supported", item.mark)
    }
    var result = YAMLNode(content: .sequence([]), mark: item.mark, size: 1)
    switch item.event {
    case .alias(let name):
      guard let target = anchors[name] else {
        throw error("InvalidYAML", "the alias *\(name) has no anchor before it", item.mark)
      }
      try count(target.size, item.mark)
      return target
    case .scalar(let text, let plain):
      try count(1, item.mark)
      result.content = .scalar(text, plain: plain && item.tag == nil)
    case .sequenceStart:
      try count(1, item.mark)
      let elements = try sequence(depth: depth)
      result.content = .sequence(elements)
      result.size = elements.reduce(1) { $0 + $1.size }
    case .mappingStart:
      try count(1, item.mark)
      let fields = try mapping(depth: depth)
      result.content = .mapping(fields)
      result.size = fields.reduce(1) { $0 + $1.value.size }
    default:
      throw error("InvalidYAML", "a value is missing", item.mark)
    }
    if let anchor = item.anchor { anchors[anchor] = result }
    return result
  }

  private func sequence(depth: Int) throws -> [YAMLNode] {
    var elements: [YAMLNode] = []
    while true {
      let item = try next()
      if case .sequenceEnd = item.event { return elements }
      elements.append(try node(item, depth: depth + 1))
    }
  }

  private func mapping(depth: Int) throws -> [(key: String, mark: Mark, value: YAMLNode)] {
    var fields: [(key: String, mark: Mark, value: YAMLNode)] = []
    var lines: [String: Int] = [:]
    while true {
      let item = try next()
      if case .mappingEnd = item.event { return fields }
      guard case .scalar(let key, let plain) = item.event else {
        throw error("InvalidYAML", "a field's name must be a text", item.mark)
      }
      if plain && key == "<<" { throw error("InvalidYAML", "merge keys (<<) are not supported", item.mark) }
      if let line = lines.updateValue(item.mark.line, forKey: key) {
        throw error(
          "DuplicateField", "the field \"\(key)\" is there twice, first in line \(line)", item.mark,
          advice: "remove one of them")
      }
      try count(1, item.mark)
      fields.append((key, item.mark, try node(try next(), depth: depth + 1)))
    }
  }

  private func count(_ size: Int, _ mark: Mark) throws {
    nodes += size
    if nodes > YAMLReader.mostNodes {
      throw error(
        "TooLarge", "it has more than \(YAMLReader.mostNodes) values (aliases written out)", mark,
        advice: "split it into several files")
    }
  }

  /// The next event of libyaml as a value.
  private func next() throws -> Item {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { yaml_event_delete(&event) }
    let mark = Mark(line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
    switch event.type {
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return Item(event: .streamEnd, mark: mark)
    case YAML_DOCUMENT_START_EVENT: return Item(event: .documentStart, mark: mark)
    case YAML_DOCUMENT_END_EVENT: return Item(event: .documentEnd, mark: mark)
    case YAML_SEQUENCE_END_EVENT: return Item(event: .sequenceEnd, mark: mark)
    case YAML_MAPPING_END_EVENT: return Item(event: .mappingEnd, mark: mark)
    case YAML_ALIAS_EVENT:
      return Item(event: .alias(text(event.data.alias.anchor) ?? ""), mark: mark)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let value = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return Item(
        event: .scalar(value, plain: scalar.style == YAML_PLAIN_SCALAR_STYLE), anchor: text(scalar.anchor),
        tag: text(scalar.tag), mark: mark)
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return Item(event: .sequenceStart, anchor: text(start.anchor), tag: text(start.tag), mark: mark)
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return Item(event: .mappingStart, anchor: text(start.anchor), tag: text(start.tag), mark: mark)
    default: return Item(event: .other, mark: mark)
    }
  }

  private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  /// What libyaml complains about, with its place; the reader of bytes knows only an offset.
  private func syntaxError() -> EaselError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it is not YAML"
    if parser.pointee.error == YAML_READER_ERROR {
      let before = bytes.prefix(Int(parser.pointee.problem_offset))
      let line = before.reduce(1) { $0 + ($1 == 0x0a ? 1 : 0) }
      let column = before.count - (before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0) + 1
      return error("InvalidYAML", "it is not text in UTF-8: \(problem)", Mark(line: line, column: column))
    }
    let mark = parser.pointee.problem_mark
    let context = parser.pointee.context.map { " \(String(cString: $0))" } ?? ""
    return error("InvalidYAML", problem + context, Mark(line: Int(mark.line) + 1, column: Int(mark.column) + 1))
  }

  private func error(_ code: String, _ message: String, _ mark: Mark, advice: String = "") -> EaselError {
    EaselError(.usage, code, message, advice: advice, file: file, line: mark.line, column: mark.column)
  }
}
