// The only importer of the C library, for the two functions that Swift itself does not have.
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The natural logarithm of a positive number.
func logarithm(_ value: Double) -> Double { log(value) }

/// The number whose natural logarithm is `value`.
func exponential(_ value: Double) -> Double { exp(value) }
