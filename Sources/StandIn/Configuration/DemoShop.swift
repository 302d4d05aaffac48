extension StandInConfiguration {
    /// The small web shop of the demo: modules of different weight, two scripts, two tenants.
    ///
    /// `crash` traps, `legacy` answers 500, `echo` returns what it is sent.
    public static let demoShop = StandInConfiguration(
        modules: [
            "cart": ModuleBehaviour(
                load: .milliseconds(45),
                service: .microseconds(2000),
                jitter: 0.1,
                response: .json(byteCount: 512),
                fileByteCount: 181_204
            ),
            "search": ModuleBehaviour(
                load: .milliseconds(120),
                service: .microseconds(6000),
                jitter: 0.15,
                response: .json(byteCount: 4096),
                fileByteCount: 742_911
            ),
            "users": ModuleBehaviour(
                load: .milliseconds(60),
                service: .microseconds(1500),
                jitter: 0.1,
                response: .json(byteCount: 900),
                fileByteCount: 233_478
            ),
            "orders": ModuleBehaviour(
                load: .milliseconds(80),
                service: .microseconds(4000),
                jitter: 0.1,
                response: .json(byteCount: 1200),
                fileByteCount: 310_550
            ),
            "pricing": ModuleBehaviour(
                load: .milliseconds(30),
                service: .microseconds(1000),
                jitter: 0.1,
                response: .json(byteCount: 256),
                fileByteCount: 96_020
            ),
            "echo": ModuleBehaviour(
                load: .milliseconds(15),
                service: .microseconds(300),
                jitter: 0.1,
                response: .echo,
                fileByteCount: 61_337
            ),
            "legacy": ModuleBehaviour(
                load: .milliseconds(25),
                service: .microseconds(800),
                jitter: 0.1,
                response: .json(byteCount: 120),
                failure: .status(500),
                fileByteCount: 70_112
            ),
            "crash": ModuleBehaviour(
                load: .milliseconds(20),
                service: .microseconds(500),
                jitter: 0.1,
                failure: .trap,
                fileByteCount: 58_009
            ),
        ],
        tenants: [
            "acme": [
                "reports": ModuleBehaviour(
                    load: .milliseconds(70),
                    service: .microseconds(5000),
                    jitter: 0.1,
                    response: .json(byteCount: 2048),
                    fileByteCount: 265_731
                ),
                "cart": ModuleBehaviour(
                    load: .milliseconds(45),
                    service: .microseconds(2500),
                    jitter: 0.1,
                    response: .json(byteCount: 512),
                    fileByteCount: 184_400
                ),
            ],
            "globex": [
                "reports": ModuleBehaviour(
                    load: .milliseconds(70),
                    service: .microseconds(3000),
                    jitter: 0.1,
                    response: .json(byteCount: 1024),
                    fileByteCount: 251_090
                )
            ],
        ],
        scripts: [
            "checkout": ScriptBehaviour(
                calls: ["users", "cart", "pricing", "orders"],
                service: .microseconds(400),
                jitter: 0.1
            ),
            "home": ScriptBehaviour(
                calls: ["users", "cart"],
                service: .microseconds(350),
                jitter: 0.1
            ),
        ],
        staticFiles: [
            "robots.txt": StaticFile(
                contentType: "text/plain",
                bytes: Array("User-agent: *\nDisallow: /run/\n".utf8)
            )
        ]
    )
}
