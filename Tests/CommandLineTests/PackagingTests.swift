import Foundation
import Subprocess
import SystemPackage
import Testing

/// What `make install` and `make deb` put on a machine.
@Suite(.timeLimit(.minutes(5)))
struct PackagingTests {
    /// The folder of the sources.
    static let sources = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()

    private func script(_ name: String) -> String {
        Self.sources.appending("scripts/\(name)").string
    }

    @Test func installPutsCompletionsAndManualPagesInPlace() async throws {
        let program = try Program()
        let finished = try await program.run(
            [Program.path.string, "prefix"],
            by: .path(FilePath(script("install-files")))
        )
        #expect(finished.status == 0, "\(finished)")
        let checked = try await program.shell(
            """
            set -e
            prefix/bin/mik-replay --version
            bash -n prefix/share/bash-completion/completions/mik-replay
            test -s prefix/share/zsh/site-functions/_mik-replay
            test -s prefix/share/fish/vendor_completions.d/mik-replay.fish
            cat prefix/share/man/man1/mik-replay-record-proxy.1
            """
        )
        #expect(checked.status == 0 && checked.output.hasPrefix("mik-replay 0."), "\(checked)")
        #expect(checked.output.contains(".SH SYNOPSIS\n.B mik\\-replay record proxy"))
        #expect(checked.output.contains(".B \\-\\-upstream <url>"), "\(checked)")
        #expect(checked.output.contains(".BR mik\\-replay\\-record (1)"), "\(checked)")
        let all = try await program.shell("ls prefix/share/man/man1")
        let pages = Set(all.output.split(separator: "\n").map(String.init))
        #expect(pages.isSuperset(of: ["mik-replay.1", "mik-replay-load.1", "mik-replay-diff.1"]))
    }

    @Test func completionKnowsCommandsAndOptions() async throws {
        let program = try Program()
        // What the shell does on a press of the tab key.
        let script = """
            source <(\(Program.path) --generate-completion-script bash)
            COMP_WORDS=(mik-replay load --comp)
            COMP_CWORD=2
            COMP_LINE="mik-replay load --comp"
            COMP_POINT=${#COMP_LINE}
            _mik-replay mik-replay --comp load
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let finished = try await program.run(["-c", script], by: .name("bash"))
        let words = finished.output.split(separator: "\n").map { $0.filter { $0 != " " } }
        #expect(Set(words).isSuperset(of: ["--compat", "--compare-cold-warm"]), "\(finished)")
    }

    @Test(.enabled(if: getuid() == 0, "dpkg installs for root alone"))
    func thePackageIsBuiltInstalledAndRemoved() async throws {
        let program = try Program()
        let built = try await program.run(
            [Program.path.string, "out", "none"],
            by: .path(FilePath(script("make-deb")))
        )
        let package = built.output.split(separator: "\n").last.map(String.init) ?? ""
        try #require(built.status == 0 && package.hasSuffix(".deb"), "\(built)")
        // A root of its own: what the package needs is looked up in the machine's.
        let installed = try await program.shell(
            """
            set -e
            mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates
            touch root/var/lib/dpkg/status root/var/lib/dpkg/available
            dpkg --root="$PWD/root" --force-depends --install \(package)
            root/usr/bin/mik-replay --version
            dpkg-deb --field \(package) Depends | tr ',' '\\n' | while IFS= read -r needed; do
                any=$(echo "$needed" | tr '|' ' ')
                dpkg-query --show --showformat='${Package} ${db:Status-Status}\\n' $any || true
                echo "---"
            done
            """
        )
        #expect(installed.status == 0 && installed.output.contains("mik-replay 0."), "\(installed)")
        // Of each dependency, the machine has one of the alternatives: the tests run on it.
        let needs =
            installed.output.split(separator: "mik-replay 0.").last?
            .split(separator: "---\n") ?? []
        #expect(needs.count == 5, "\(installed)")
        #expect(needs.allSatisfy { $0.contains(" installed\n") }, "\(installed)")
        let removed = try await program.shell(
            "dpkg --root=\"$PWD/root\" --purge mik-replay && test ! -e root/usr/bin/mik-replay"
        )
        #expect(removed.status == 0, "\(removed)")
    }

    private static let hasSystemd =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

    @Test(.enabled(if: hasSystemd, "systemd-analyze is not here"))
    func theUnitOfTheRecorderIsRightAndHasFewRights() async throws {
        let program = try Program()
        let finished = try await program.shell(
            """
            set -e
            unit=mik-replay-record@lo.service
            sed 's|/usr/bin/mik-replay|\(Program.path)|' \
            '\(Self.sources)/deploy/systemd/mik-replay-record@.service' > $unit
            systemd-analyze verify --man=no ./$unit
            systemd-analyze security --offline=true --threshold=25 ./$unit
            """
        )
        #expect(finished.status == 0, "\(finished)")
        #expect(!finished.errors.contains("Unknown"), "\(finished)")
        // The command of the unit is one that the program takes, up to the interface.
        let unit = try String(
            contentsOfFile: program.file("mik-replay-record@lo.service").string,
            encoding: .utf8
        )
        let line = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
        let command = line.dropFirst("ExecStart=".count).split(separator: "%%").joined(
            separator: "%"
        )
        .split(separator: "%i").joined(separator: "nosuch0")
        let tried = try await program.shell("PORTS=3000; \(command)")
        #expect(tried.status != 0 && tried.status != 64, "\(tried)")
        #expect(tried.errors.contains("nosuch0"), "\(tried)")
    }
}
