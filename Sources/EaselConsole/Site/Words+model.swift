internal import EaselModel
internal import EaselPlans
internal import EaselTerminal

extension Words {
  /// A value of the model in the operator's language; in the model's own words where it has none.
  static func word(_ value: some Spoken) -> String { words[value.rawValue] ?? value.words }

  static func verb(_ verb: Operation.Verb) -> String { word(verb) }

  /// Phases, states, roles, modes, verbs and effects by what stands for them in files.
  static let words: [String: String] = [
    "Pending": tr("Pending"), "Provisioning": tr("Provisioning"), "Running": tr("Running"), "Scaling": tr("Scaling"),
    "Upgrading": tr("Upgrading"), "Draining": tr("Draining"), "Deleting": tr("Deleting"), "Failed": tr("Failed"),
    "Ready": tr("Ready"), "NotReady": tr("Not ready"), "Unknown": tr("Unknown"), "Blocked": tr("Blocked"),
    "Stopped": tr("Stopped"), "Succeeded": tr("Succeeded"), "Aborted": tr("Aborted"),
    "control-plane": tr("control plane"), "worker": tr("worker"),
    "agent": tr("agent"), "appliance": tr("appliance"), "controller": tr("controller"),
    "local": tr("this machine itself"), "ssh": tr("ssh"), "simulated": tr("simulation"),
    "root": tr("is root"), "sudo": tr("by sudo"), "sudoPassword": tr("by sudo with a password"),
    "repave": tr("data lost"), "halt": tr("shuts down"), "reboot": tr("reboots"), "restart": tr("services restart"),
    "reload": tr("settings change"), "no-op": tr("none"),
    "data-lost": tr("data lost"), "shuts-down": tr("shuts down"), "reboots": tr("reboots"),
    "services-restart": tr("services restart"), "pods-move": tr("pods move"),
    "leaves-cluster": tr("leaves cluster"), "leaves-etcd": tr("leaves etcd"), "joins-cluster": tr("joins cluster"),
    "starts": tr("starts"), "gets-software": tr("gets software"), "no-new-pods": tr("no new pods"),
    "takes-pods-again": tr("takes pods again"), "settings-change": tr("settings change"), "none": tr("none"),
    "create-cluster": tr("create cluster"), "scale-control-plane": tr("scale control plane"),
    "scale-pool": tr("scale pool"), "change-cluster": tr("change cluster"), "upgrade-cluster": tr("upgrade cluster"),
    "remove-machine": tr("remove machine"), "delete-cluster": tr("delete cluster"), "add-host": tr("add host"),
    "remove-host": tr("remove host"), "cordon-machine": tr("cordon machine"),
    "uncordon-machine": tr("uncordon machine"), "drain-machine": tr("drain machine"),
    "reboot-machines": tr("reboot machines"), "shut-down-machines": tr("shut down machines"),
    "power-on-machines": tr("power on machines"), "reboot-host": tr("reboot host"),
    "shut-down-host": tr("shut down host"), "power-on-host": tr("power on host"), "reset-host": tr("reset host"),
    "adopt-cluster": tr("adopt cluster"), "adopt-host": tr("adopt host"),
  ]
}
