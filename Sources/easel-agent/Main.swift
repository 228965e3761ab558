@main struct EaselAgentMain { static func main() {} }
