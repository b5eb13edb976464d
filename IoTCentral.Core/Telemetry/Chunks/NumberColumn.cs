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
        if (TryScale(values, scratch, out var decimals))
        {
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

    /// <summary>As whole numbers of the first decimal place that shows each of them exactly; false when there is none.</summary>
    private static bool TryScale(ReadOnlySpan<double> values, Span<long> mantissas, out int decimals)
    {
        decimals = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (TryScale(values[i], Powers[decimals], out mantissas[i]))
                continue;
            do
            {
                if (++decimals == Powers.Length)
                    return false;
            } while (!TryScale(values[i], Powers[decimals], out mantissas[i]));
            // those before are whole numbers of this place too, unless that is too fine for them: begin anew
            i = -1;
        }
        return true;
    }

    private static bool TryScale(double value, double power, out long mantissa)
    {
        var rounded = Math.Round(value * power);
        mantissa = 0;
        if (!(Math.Abs(rounded) <= MostMantissa))
            return false;
        mantissa = (long)rounded;
        // by bits, as -0 is not 0
        return BitConverter.DoubleToInt64Bits(mantissa / power) == BitConverter.DoubleToInt64Bits(value);
    }
}
