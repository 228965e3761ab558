internal import EaselTerminal

/// A screen with tabs, some of which are lists that are filtered and sorted like a list of its own.
protocol ListTabsScreen: ConsoleScreen {
  /// The open tab as a list, where it is one.
  var list: (any FilterableList)? { get set }
}

extension ListTabsScreen {
  var isFiltering: Bool { list?.filter.isEditing ?? false }

  var plainList: (any FilterableList)? {
    get { list }
    set { list = newValue }
  }

  mutating func unwind() -> Bool { list?.clearFilter() ?? false }

  mutating func narrow(_ filter: String) -> Bool {
    list?.narrow(filter)
    return list != nil
  }

  mutating func sort(by column: String, ascending: Bool) -> [String]? {
    guard list?.sort(by: column, ascending: ascending) != true else { return nil }
    return list?.columnNames ?? []
  }
}
