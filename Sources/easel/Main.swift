import EaselModel
import Glibc

@main
struct Easel {
  static func main() {
    // A reader that has gone must not end an engine or lose an error's words: writes report it instead.
    signal(SIGPIPE, SIG_IGN)
    let words = Array(CommandLine.arguments.dropFirst())
    exit(run(words))
  }

  static func run(_ words: [String]) -> Int32 {
    do {
      let invocation = try ArgumentParser(root: rootCommand).parse(words)
      if invocation.has("help") {
        Terminal.out(helpText(invocation.command, path: invocation.path))
        return 0
      }
      try invocation.command.run?(invocation)
      return 0
    } catch let end as Ending {
      return end.status
    } catch {
      return report(error, asJSON: asksForJSON(words))
    }
  }

  /// Whether errors are wanted as objects, also when the words as a whole cannot be understood.
  private static func asksForJSON(_ words: [String]) -> Bool {
    for (index, word) in words.enumerated() {
      if ["-ojson", "-o=json", "--output=json"].contains(word) { return true }
      if word == "-o" || word == "--output", index + 1 < words.count, words[index + 1] == "json" { return true }
    }
    return false
  }
}

/// A command's own exit status, when it has printed all there is to say.
struct Ending: Error { var status: Int32 }
