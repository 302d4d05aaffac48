import Analyzer
import ArgumentParser

/// The options that say how requests are grouped into routes.
struct RouteOptions: ParsableArguments {
    @Option(
        name: .customLong("route"),
        help: ArgumentHelp(
            "Report the requests that match as a route of their own, such as 'GET /run/cart/*'; "
                + "may be repeated, the first that matches counts.",
            valueName: "pattern"
        )
    )
    var patterns: [RouteArgument] = []

    @Flag(help: "Report each method of a route on its own.")
    var byMethod = false

    @Flag(help: "Group requests by their whole path instead of by module.")
    var byPath = false

    @Flag(
        inversion: .prefixedNo,
        help: "With --by-path, show numbers, UUIDs and long hexadecimal words as ':id'."
    )
    var foldIds = true

    /// What the options ask for.
    var rules: RouteRules {
        var rules = RouteRules()
        rules.patterns = patterns.map(\.glob)
        rules.separatesMethods = byMethod
        rules.usesWholePaths = byPath
        rules.foldsIdentifiers = foldIds
        return rules
    }
}
