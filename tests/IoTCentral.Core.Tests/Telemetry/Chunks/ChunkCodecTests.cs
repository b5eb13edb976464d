using CsCheck;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Tests.Telemetry.Chunks;

public sealed class ChunkCodecTests
{
    private const long Start = 1_795_000_000_000_000; // 2026-11-18, in microseconds

    private static readonly Gen<long> AnyTime = Gen.OneOf(
        Gen.Long[Start, Start + 3_600_000_000],
        Gen.Int[0, 360].Select(i => Start + (i * 10_000_000L)),
        Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999]
    );

    private static readonly Gen<double> AnyNumber = Gen.OneOf(
        Gen.Int[-5000, 5000].Select(i => i / 100d),
        Gen.Int[-5, 5].Select(i => (double)i),
        Gen.Double,
        Among(0d, -0d, double.MaxValue, double.Epsilon, 1e15, 9_007_199_254_740_993, -1e-9, 0.1 + 0.2)
    );

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Among("on", "off", "", "a\0b", "déjà vu 😀"),
        Gen.String[Gen.Char.AlphaNumeric, 0, 40]
    );

    private static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static ChunkPoints Points(PointKind kind, IEnumerable<(long Time, Point Point)> points)
    {
        var columns = new ChunkPoints(kind);
        foreach (var (time, point) in points)
            columns.Add(time, point);
        columns.Sort();
        return columns;
    }

    private static byte[] Bytes(ChunkPoints points)
    {
        var writer = new ByteWriter();
        new ChunkCodec().Write(writer, points);
        return writer.Written.ToArray();
    }

    private static List<(long, ulong, ulong, ulong, string)> Content(ChunkPoints points)
    {
        var content = new List<(long, ulong, ulong, ulong, string)>();
        for (var i = 0; i < points.Count; i++)
            content.Add(
                (
                    points.Times[i],
                    points.Numbers.IsEmpty ? 0 : BitConverter.DoubleToUInt64Bits(points.Numbers[i]),
                    points.Longitudes.IsEmpty ? 0 : BitConverter.DoubleToUInt64Bits(points.Longitudes[i]),
                    points.Altitudes.IsEmpty ? 0 : BitConverter.DoubleToUInt64Bits(points.Altitudes[i]),
                    points.Texts.IsEmpty ? "" : points.Texts[i]
                )
            );
        return content;
    }

    private static void ComeBack(PointKind kind, Gen<Point> point) =>
        Gen.Select(AnyTime, point)
            .List[1, 700]
            .Sample(
                list =>
                {
                    var points = Points(kind, list);
                    // over what another chunk has left behind
                    var read = Points(kind, [(1, new Point("", kind, 1, "x")), (2, new Point("", kind, 2, "y"))]);
                    new ChunkCodec().Read(Bytes(points), read);
                    Assert.Equal(Content(points), Content(read));
                },
                iter: 1_000
            );

    [Fact]
    public void Of_one_time_each_value_is_kept_once_in_the_order_of_arrival()
    {
        var arrived = Enumerable.Range(0, 60_000).Select(i => (7L, Point.Of("", i % 30_000)));

        var points = Points(PointKind.Number, arrived.Append((3L, Point.Of("", 5))));

        Assert.Equal(30_001, points.Count);
        Assert.Equal([5, 0, 1, 2], points.Numbers[..4].ToArray());
        Assert.Equal(29_999, points.Numbers[^1]);
    }

    [Fact]
    public void Numbers_come_back_to_the_last_bit() =>
        ComeBack(PointKind.Number, AnyNumber.Select(n => Point.Of("", n)));

    [Fact]
    public void Yes_and_no_come_back() => ComeBack(PointKind.Boolean, Gen.Bool.Select(b => Point.Of("", b)));

    [Fact]
    public void Texts_come_back() => ComeBack(PointKind.Text, AnyText.Select(t => Point.Of("", t)));

    [Fact]
    public void Locations_come_back() =>
        ComeBack(
            PointKind.Location,
            Gen.Select(AnyNumber, AnyNumber, AnyNumber)
                .Select(l => new Point("", PointKind.Location, l.Item1, null, l.Item2, l.Item3))
        );

    [Fact]
    public void Series_of_one_shape_throughout_come_back() =>
        Gen.Select(Gen.Int[1, 1_000], Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[0, 100_000], Gen.Int)
            .Sample(
                (count, decimals, shape, jitter, seed) =>
                {
                    var random = new Random(seed);
                    var value = random.NextDouble() * 100;
                    var points = new ChunkPoints(PointKind.Number);
                    for (var i = 0; i < count; i++)
                    {
                        value += shape switch
                        {
                            0 => 0,
                            1 => random.NextDouble() - 0.5,
                            2 => 1,
                            _ => random.Next(100) == 0 ? -1e6 : 0.01,
                        };
                        var sent = decimals > 15 ? value : Math.Round(value, decimals);
                        points.Add(Start + (i * 10_000_000L) + random.Next(jitter + 1), Point.Of("", sent));
                    }
                    var read = new ChunkPoints(PointKind.Number);
                    new ChunkCodec().Read(Bytes(points), read);
                    Assert.Equal(Content(points), Content(read));
                },
                iter: 2_000
            );

    [Fact]
    public void Bytes_that_are_no_chunk_are_refused_and_break_nothing() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 300], Gen.Int, Gen.Int[0, 4])
            .Sample(
                (kindOf, count, seed, damage) =>
                {
                    var kind = (PointKind)kindOf;
                    var random = new Random(seed);
                    var points = new ChunkPoints(kind);
                    for (var i = 0; i < count; i++)
                        points.Add(
                            Start + (i * 1_000L * random.Next(1, 9)),
                            new Point(
                                "",
                                kind,
                                kind == PointKind.Boolean ? random.Next(2) : random.Next(999) / 10d,
                                $"state {random.Next(5)}",
                                random.Next(90)
                            )
                        );
                    points.Sort();
                    var bytes = Bytes(points);
                    for (var i = 0; i < damage; i++)
                        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    if (random.Next(3) == 0)
                        bytes = bytes[..random.Next(bytes.Length)];
                    try
                    {
                        new ChunkCodec().Read(bytes, new ChunkPoints(kind));
                    }
                    catch (ChunkFormatException e)
                    {
                        Assert.StartsWith("Sealed data cannot be read: ", e.Message, StringComparison.Ordinal);
                    }
                },
                iter: 20_000
            );

    [Fact]
    public void Points_of_a_sensor_take_two_bytes_each()
    {
        var random = new Random(1);
        var points = new ChunkPoints(PointKind.Number);
        var value = 20d;
        for (var i = 0; i < 360; i++)
        {
            value += (random.NextDouble() - 0.5) * 0.5;
            points.Add(Start + (i * 10_000_000L) + (random.Next(100) * 1_000), Point.Of("", Math.Round(value, 2)));
        }

        Assert.InRange(Bytes(points).Length / 360d, 0.5, 1.95);
    }

    [Fact]
    public void Steady_values_at_steady_times_take_next_to_nothing()
    {
        var points = Points(
            PointKind.Number,
            Enumerable.Range(0, 3600).Select(i => (Start + (i * 1_000_000L), Point.Of("", 21.5)))
        );

        Assert.InRange(Bytes(points).Length, 20, 300);
    }

    [Fact]
    public void A_gap_and_an_outlier_cost_a_few_bytes_and_not_a_wider_block()
    {
        var steady = Enumerable
            .Range(0, 360)
            .Select(i => (Start + (i * 10_000_000L), Point.Of("", 20 + (i % 3 / 10d))));
        var disturbed = steady.Select((p, i) => i is 100 ? (p.Item1 + 4_321_000, Point.Of("", -4_096.5)) : p);

        var difference =
            Bytes(Points(PointKind.Number, disturbed)).Length - Bytes(Points(PointKind.Number, steady)).Length;

        Assert.InRange(difference, 1, 40);
    }

    [Fact]
    public void Points_of_one_time_and_value_are_one_and_others_stay_as_they_came()
    {
        var points = Points(
            PointKind.Number,
            [
                (Start + 2, Point.Of("", 3)),
                (Start, Point.Of("", 1)),
                (Start + 2, Point.Of("", 2)),
                (Start + 2, Point.Of("", 3)),
                (Start, Point.Of("", 1)),
            ]
        );

        Assert.Equal([Start, Start + 2, Start + 2], points.Times.ToArray());
        Assert.Equal([1, 3, 2], points.Numbers.ToArray());
    }

    [Theory]
    [InlineData(2, "its version is 2")]
    [InlineData(1, "it is of kind 0 and not of 1")]
    public void What_another_program_wrote_is_told_from_what_is_broken(byte version, string fault)
    {
        var bytes = Bytes(Points(PointKind.Number, [(Start, Point.Of("", 1))]));
        bytes[0] = version;

        var refusal = Assert.Throws<ChunkFormatException>(() => new ChunkCodec().Read(bytes, new(PointKind.Text)));

        Assert.Contains(fault, refusal.Message, StringComparison.Ordinal);
    }
}
