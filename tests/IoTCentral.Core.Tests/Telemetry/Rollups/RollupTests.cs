using CsCheck;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Rollups;

namespace IoTCentral.Core.Tests.Telemetry.Rollups;

/// <summary>Hourly sums: what they say of points, and that every bit of them comes back from bytes.</summary>
public sealed class RollupTests
{
    // what a version wrote is never changed, a new version adds its own
    private const string Version1 =
        "010F01000300000200340000000200120811010003000002002400020000010164D106120100030000020024000200800101D7048E251401000300000200240002000B001A04C00C01B03B120100030000020024000200000101CC08D1061401000300000200240002000C002C01008C0A8905";

    private static readonly Gen<HourSum[]> AnyHours = Gen.Select(
            Gen.Int[-500_000, 500_000],
            Gen.Int[1, int.MaxValue],
            Gen.Double.Array[5]
        )
        .Select((hour, count, v) => new HourSum(hour * HourSums.Hour, count, new(v[0], v[1], v[2], v[3], v[4])))
        .Array[1, 40]
        .Select(hours => hours.DistinctBy(h => h.Start).OrderBy(h => h.Start).ToArray());

    [Fact]
    public void What_is_written_is_read() =>
        AnyHours.Sample(hours =>
        {
            var writer = new ByteWriter();
            new RollupCodec().Write(writer, hours);
            Assert.Equal(hours, new RollupCodec().Read(writer.Written));
        });

    [Fact]
    public void What_version_1_wrote_is_read()
    {
        var sums = new HourSums();
        sums.Add(Points(0, 10));
        sums.Add(Points(3, 5));
        var writer = new ByteWriter();
        new RollupCodec().Write(writer, sums.All);

        Assert.Equal(Version1, Convert.ToHexString(writer.Written));
        Assert.Equal(sums.All, new RollupCodec().Read(Convert.FromHexString(Version1)));
    }

    [Fact]
    public void Spoilt_bytes_are_refused()
    {
        var sums = new HourSums();
        sums.Add(Points(0, 10));
        var writer = new ByteWriter();
        new RollupCodec().Write(writer, sums.All);
        var bytes = writer.Written.ToArray();

        Assert.Throws<ChunkFormatException>(() => new RollupCodec().Read([2, .. bytes[1..]]));
        Assert.Throws<ChunkFormatException>(() => new RollupCodec().Read([.. bytes, 0]));
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Throws<ChunkFormatException>(() => new RollupCodec().Read(cut));
        }
    }

    [Fact]
    public void Hours_are_what_their_points_are_whatever_order_they_come_in()
    {
        var points = Points(-1, 1_000);
        var (one, two) = (new HourSums(), new HourSums());

        one.Add(points);
        two.Add(points.Slice(600, 400));
        two.Add(points.Slice(0, 600));

        Assert.Equal(one.All, two.All);
        Assert.Equal(-HourSums.Hour, one.All[0].Start);
        for (var i = 0; i < one.All.Count; i++)
        {
            var hour = one.All[i];
            var values = Enumerable
                .Range(0, points.Count)
                .Where(p => points.Times[p] >= hour.Start && points.Times[p] < hour.Start + HourSums.Hour)
                .Select(p => points.Numbers[p])
                .ToList();
            Assert.Equal(
                (values.Count, values.Min(), values.Max(), values.Sum(), values[0], values[^1]),
                (
                    hour.Count,
                    hour.Summary.Min,
                    hour.Summary.Max,
                    hour.Summary.Sum,
                    hour.Summary.First,
                    hour.Summary.Last
                )
            );
        }
    }

    [Fact]
    public void What_comes_late_is_added_and_the_ends_stay()
    {
        var (before, after) = (new HourSums(), new HourSums());
        before.Add(Points(0, 10));
        var late = new ChunkPoints(PointKind.Number);
        late.Add(30 * 60_000_000L, Point.Of("", 99));

        after.Add(late);
        after.Add(before.All[0]);

        var (was, sum) = (before.All[0], Assert.Single(after.All));
        Assert.Equal(
            was with
            {
                Count = was.Count + 1,
                Summary = was.Summary with { Max = 99, Sum = was.Summary.Sum + 99 },
            },
            sum
        );
    }

    // One every ten minutes from the beginning of an hour on.
    private static ChunkPoints Points(int hour, int count)
    {
        var points = new ChunkPoints(PointKind.Number);
        for (var i = 0; i < count; i++)
            points.Add((hour * HourSums.Hour) + (i * 600_000_000L), Point.Of("", (i * 7 % 31) - 4.25));
        return points;
    }
}
