/// The rules that a host's definition must keep.
package enum HostValidation {
  package static func check(name: String, spec: Host.Spec) -> [EaselError] { [] }
}
