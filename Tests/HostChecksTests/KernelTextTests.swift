import HostChecks
import Testing

/// What the kernel's files say, read as they are on real machines.
struct KernelTextTests {
    @Test func idleTimeIsThatOfTheGivenProcessors() {
        let before = ProcessorTimes(
            stat: """
                cpu  300 0 0 700 0 0 0 0 0 0
                cpu0 100 0 0 300 0 0 0 0 0 0
                cpu1 200 0 0 400 0 0 0 0 0 0
                intr 12 0
                """
        )
        let after = ProcessorTimes(
            stat: """
                cpu  310 0 5 720 5 0 0 0 0 0
                cpu0 100 0 0 315 5 0 0 0 0 0
                cpu1 210 0 5 405 0 0 0 0 0 0
                intr 13 0
                """
        )
        #expect(after.idle(since: before, on: [0]) == 1)
        #expect(after.idle(since: before, on: [1]) == 0.25)
        #expect(after.idle(since: before, on: [0, 1, 7]) == 1.25)
        #expect(after.idle(since: after, on: [0, 1]) == 0)
        #expect(before.idle(since: after, on: [0, 1]) == 0)
    }

    @Test func memoryAndCapabilitiesAreFoundByName() {
        let memory = "MemTotal:       24689052 kB\nMemAvailable:   18000000 kB\n"
        #expect(KernelText.availableMemory(meminfo: memory) == 18_000_000 * 1024)
        let status = "Name:\tmik\nCapPrm:\t0000000000000000\nCapEff:\t0000000000002000\n"
        #expect(KernelText.effectiveCapabilities(status: status) == 1 << 13)
        #expect(KernelText.effectiveCapabilities(status: "CapEff:\tnone\n") == nil)
        #expect(KernelText.availableMemory(meminfo: "MemAvailable:\n") == nil)
    }

    @Test func usableProcessorsAreAListOfRanges() {
        func processors(_ list: String) -> Set<Int> {
            KernelText.usableProcessors(status: "Cpus_allowed_list:\t\(list)\n")
        }
        #expect(processors("0-2,7") == [0, 1, 2, 7])
        #expect(processors("3") == [3])
        #expect(processors("5-1,0-99999999999,x,1-2-3") == [])
        #expect(KernelText.usableProcessors(status: "") == [])
    }

    @Test func quotaIsAShareOfItsPeriod() {
        #expect(KernelText.processorQuota(cpuMax: "150000 100000") == 1.5)
        #expect(KernelText.processorQuota(cpuMax: "max 100000") == nil)
        #expect(KernelText.processorQuota(cpuMax: "0 0") == nil)
    }

    @Test func controlGroupsAreListedOutwards() {
        #expect(
            KernelText.groupFolders(cgroup: "1:cpu:/x\n0::/system.slice/a.service\n")
                == ["system.slice/a.service", "system.slice", ""]
        )
        #expect(KernelText.groupFolders(cgroup: "0::/\n") == [""])
        #expect(KernelText.groupFolders(cgroup: "") == [""])
    }

    @Test func portsAreARangeInOrder() {
        #expect(KernelText.portRange("32768\t60999") == 32768...60999)
        for text in ["", "5", "9 1", "1 70000", "a b", "-1 5"] {
            #expect(KernelText.portRange(text) == nil, "\(text)")
        }
    }

    @Test func waitingSocketsCountAsUsed() {
        let text = "sockets: used 99\nTCP: inuse 5 orphan 0 tw 12 alloc 8 mem 1\nUDP: inuse 1\n"
        #expect(KernelText.tcpSockets(sockstat: text) == 17)
        #expect(KernelText.tcpSockets(sockstat: "TCP: inuse\n") == nil)
    }
}
