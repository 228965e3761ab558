package import EaselModel
package import EaselPlans
package import EaselSimulation
package import EaselTerminal

/// An effect of the console.
package typealias ConsoleEffect = EaselTerminal.Effect<ConsoleMessage>

/// What comes back to the console from work off the UI thread.
package enum ConsoleMessage: Sendable {
  /// The newest state of the site, and whether its next change will be told.
  case feed(SiteFeed, isTold: Bool)
  /// The site may have changed.
  case siteChanged
  /// The site did not answer.
  case feedFailed(EaselError)
  /// What became of changes, in their order; the command that would have done the same.
  case submitted(Result<[Submission], EaselError>, command: String, from: Int)
  /// An answer for a screen, by the number that it has on the stack.
  case reply(Reply, to: Int)
  /// A theme's file was written.
  case themeChanged(String)
  /// The linear mode was told a row of a screen, by the number of the screen on the stack, and which rows are marked for what follows.
  case select(row: Int?, marks: Set<String>?, on: Int)
  /// Something to say on the message line.
  case note(String, isProblem: Bool)
}

/// An answer to work that a screen has started.
package enum Reply: Sendable {
  case plans(Result<[PlanPreview], EaselError>)
  case log(Result<[String], EaselError>, from: Int)
  case units(Result<[HostUnit], EaselError>)
  case unitLog(Result<HostLogPage, EaselError>, unit: String)
  case hostKey(Result<String, EaselError>)
  case site(Result<any SiteAccess, EaselError>)
  /// A program that the screen asked for has ended.
  case ran(Int32)
  /// A file with definitions was read; its text comes along.
  case definitions(Result<(text: String, reading: DefinitionReading), EaselError>)
  /// The files and folders whose path begins with a text.
  case files([String], for: String)
  /// What the content folder lists.
  case content(Result<ContentIndex?, EaselError>)
  /// A content folder that the operator named, by its absolute path, and what it lists.
  case folder(Result<(path: String, index: ContentIndex), EaselError>)
  /// A file of the content folder was compared with its digest; nil where it is right.
  case verified(ContentIndex.Item, EaselError?)
  /// The intent that the screen handed in was not accepted; nothing has changed.
  case refused(EaselError)
}

extension Result where Failure == EaselError {
  /// The result of work, with foreign errors told as what was being done.
  init(doing gerund: String, _ body: () throws -> Success) {
    do {
      self = .success(try body())
    } catch let error as EaselError {
      self = .failure(error)
    } catch {
      self = .failure(EaselError(.failed, "Unexpected", "\(gerund): \(error)"))
    }
  }

  init(doing gerund: String, _ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch let error as EaselError {
      self = .failure(error)
    } catch {
      self = .failure(EaselError(.failed, "Unexpected", "\(gerund): \(error)"))
    }
  }
}

extension ConsoleEnvironment {
  /// Runs blocking work on the thread for it and waits without holding one of Swift's.
  func onThread<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
      blocking { continuation.resume(returning: body()) }
    }
  }
}
