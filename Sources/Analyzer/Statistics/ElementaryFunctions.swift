// The only importer of the C library, for the functions that Swift itself does not have.
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

/// The natural logarithm of the gamma function, for positive numbers.
func logarithmOfGamma(_ value: Double) -> Double { lgamma(value).0 }

/// How likely a standard normal value is at least `value`.
func upperNormalProbability(_ value: Double) -> Double {
    erfc(value / 2.0.squareRoot()) / 2
}
