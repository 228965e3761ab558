/// The rules that a cluster's definition must keep, each error with the path of its field.
package enum ClusterValidation {
  /// What is wrong with a cluster as such; empty when nothing is.
  package static func check(name: String, spec: Cluster.Spec, profile: Profile?) -> [EaselError] { [] }

  /// What is wrong with changing one spec to another: permanent fields, version steps, ...
  package static func checkChange(from old: Cluster.Spec, to new: Cluster.Spec) -> [EaselError] { [] }
}
