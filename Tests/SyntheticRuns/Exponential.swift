#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The number whose natural logarithm is `value`.
func exponential(_ value: Double) -> Double { exp(value) }
