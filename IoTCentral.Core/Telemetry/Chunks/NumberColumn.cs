namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>
/// Doubles, every bit of which comes back: as whole numbers of a decimal place where all of them are short decimals (what
/// sensors send), else each as what differs from the one before.
/// </summary>
internal static class NumberColumn
{
    // 2^53: up to here a double is every whole number, and m / 10^d is the double that "m * 10^-d" is read as
    private const double MostMantissa = 9_007_199_254_740_992;
    private const byte IsXor = 0xFF;

    private static readonly double[] Powers =
    [
        1,
        1e1,
        1e2,
        1e3,
        1e4,
        1e5,
        1e6,
        1e7,
        1e8,
        1e9,
        1e10,
        1e11,
        1e12,
        1e13,
        1e14,
        1e15,
    ];

    /// <param name="scratch">As long as the values.</param>
    public static void Write(ByteWriter writer, ReadOnlySpan<double> values, Span<long> scratch)
    {
        if (DecimalsOf(values) is var decimals and >= 0)
        {
            var power = Powers[decimals];
            for (var i = 0; i < values.Length; i++)
                scratch[i] = (long)Math.Round(values[i] * power);
            writer.Byte((byte)decimals);
            IntegerColumn.Write(writer, scratch);
            return;
        }
        writer.Byte(IsXor);
        XorColumn.Write(writer, values);
    }

    /// <inheritdoc cref="Write"/>
    public static void Read(ref ByteReader reader, Span<double> values, Span<long> scratch)
    {
        var decimals = reader.Byte();
        if (decimals == IsXor)
        {
            XorColumn.Read(ref reader, values);
            return;
        }
        if (decimals >= Powers.Length)
            throw new ChunkFormatException($"numbers with {decimals} decimals");
        IntegerColumn.Read(ref reader, scratch);
        var power = Powers[decimals];
        for (var i = 0; i < values.Length; i++)
            values[i] = scratch[i] / power;
    }

    /// <summary>How many decimals show each of them exactly; -1 when too many would.</summary>
    private static int DecimalsOf(ReadOnlySpan<double> values)
    {
        var decimals = 0;
        foreach (var value in values)
        {
            while (!IsExact(value, Powers[decimals]))
            {
                if (++decimals == Powers.Length)
                    return -1;
            }
        }
        // more decimals than the first ones needed may be too many for them
        foreach (var value in values)
        {
            if (!IsExact(value, Powers[decimals]))
                return -1;
        }
        return decimals;
    }

    // by bits, as -0 is not 0
    private static bool IsExact(double value, double power)
    {
        var mantissa = Math.Round(value * power);
        return Math.Abs(mantissa) <= MostMantissa
            && BitConverter.DoubleToInt64Bits((long)mantissa / power) == BitConverter.DoubleToInt64Bits(value);
    }
}
