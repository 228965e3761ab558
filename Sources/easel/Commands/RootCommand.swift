/// All verbs, in the order in which help lists them.
let rootCommand: CommandDefinition = CommandDefinition(
  name: "easel",
  summary: "Easel creates, scales, upgrades, repairs and deletes Kubernetes clusters on your own machines.",
  discussion: "Without a verb it opens the console. Exit status: 0 done, 1 failed, 2 usage, 3 refused by a rule,\n"
    + "4 not found, 5 conflict, 6 timed out while the operation goes on, 130 interrupted.",
  options: [
    .value("theme", "NAME", "The console's theme"),
    .flag("plain", "The console in lines, for screen readers and terminals without a screen"),
    .flag("read-only", "Hide all that changes something"),
    .flag("no-color", "No colours"),
    .value("content", "DIR", "The content folder of a site that the start page makes", completes: .files),
    .flag("version", "Print the version and the build"),
    .flag("print-keys", "Print the console's keys as a file for ~/.config/easel/keys"),
  ],
  subcommands: [
    getCommand, describeCommand, createCommand, applyCommand, scaleCommand, upgradeCommand, removeCommand,
    deleteCommand, adoptCommand, forgetCommand,
    retryCommand, skipCommand, abortCommand, cordonCommand, uncordonCommand, drainCommand, logsCommand, eventsCommand,
    auditCommand, kubeconfigCommand, hostCommand, siteCommand, planCommand, engineCommand, doctorCommand,
    versionCommand, completionCommand, helpCommand, versionsCommand,
  ]
) { try openConsole($0) }
