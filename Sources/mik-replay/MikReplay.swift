@main
struct MikReplay {
    static func main() {}
}
