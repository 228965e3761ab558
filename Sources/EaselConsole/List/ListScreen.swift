internal import EaselModel
internal import EaselTerminal

/// A screen that is one list: filter, sort, marks and movement are the list's own.
protocol ListScreen: ConsoleScreen {
  associatedtype Row
  associatedtype Rows: RandomAccessCollection<Row>
  var list: ObjectList<Row> { get set }
  /// The rows, from the snapshot alone; of long lists a lazy collection, so that only what can be seen is made.
  static func rows(_ site: SiteView) -> Rows
  /// What Enter does.
  func open(_ row: Row, _ surroundings: Surroundings) -> [Request]
  /// Whether one of its own actions can do something with the selected row; nil where the list is empty.
  func offers(_ action: ActionID, _ row: Row?) -> Bool
  /// Its own actions.
  mutating func act(_ action: ActionID, _ surroundings: Surroundings) -> [Request]
}

extension ListScreen {
  var isTyping: Bool { list.filter.isEditing }
  var isFiltering: Bool { list.filter.isEditing }

  mutating func refresh(_ surroundings: Surroundings) {
    if let site = surroundings.site { list.update(Self.rows(site), serial: surroundings.serial) }
  }

  mutating func handle(_ key: Key, _ surroundings: Surroundings) -> [Request]? { list.handle(key) ? [] : nil }

  mutating func perform(_ action: ActionID, _ surroundings: Surroundings) -> [Request] {
    if list.perform(action) { return [] }
    if action == "open" {
      guard let row = list.selected else {
        let why = list.rows.isEmpty ? tr("nothing is selected: the list is empty") : tr("nothing matches the filter")
        return [.say(why, isProblem: false)]
      }
      return open(row, surroundings)
    }
    return act(action, surroundings)
  }

  mutating func act(_ action: ActionID, _ surroundings: Surroundings) -> [Request] { [] }

  func offers(_ action: ActionID) -> Bool {
    let isOfList = action == "open" || action.rawValue.hasPrefix("list.")
    return isOfList ? !list.rows.isEmpty : offers(action, list.selected)
  }

  func offers(_ action: ActionID, _ row: Row?) -> Bool { true }

  mutating func paste(_ text: String) { list.filter.paste(text) }

  mutating func handle(_ mouse: Mouse, _ surroundings: Surroundings) -> [Request] {
    list.handle(mouse).map { open($0, surroundings) } ?? []
  }

  mutating func unwind() -> Bool { list.clearFilter() }

  mutating func narrow(_ filter: String) -> Bool {
    list.narrow(filter)
    return true
  }

  mutating func sort(by column: String, ascending: Bool) -> [String]? {
    list.sort(by: column, ascending: ascending) ? nil : list.columnNames
  }

  mutating func draw(on canvas: Canvas, _ surroundings: Surroundings) { list.draw(on: canvas) }

  mutating func lines(_ surroundings: Surroundings) -> [PlainLine] { list.lines() }

  var plainList: (any FilterableList)? {
    get { list }
    set { if let changed = newValue as? ObjectList<Row> { list = changed } }
  }

  func actsOnRow(_ action: ActionID) -> Bool {
    if action.rawValue.hasPrefix("list.") { return action == "list.mark" }
    return keyMap.bindings.contains { $0.action == action } && !offers(action, nil)
  }
}
