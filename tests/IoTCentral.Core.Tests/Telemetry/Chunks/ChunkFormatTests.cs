using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Core.Tests.Telemetry.Chunks;

/// <summary>Chunks that released versions wrote, as they lie in databases: they are read for ever.</summary>
public sealed class ChunkFormatTests
{
    private const long Start = 1_795_000_000_000_000;

    /// <summary>By version and content; what a version wrote is never changed, a new version adds its own.</summary>
    public static TheoryData<string, string> Written =>
        new()
        {
            { "decimals", "01000C030180F8B2E5BD6803026D8BBA680106E2090AE209989C010201D21F8004049B5E059C5E06020A0902" },
            {
                "doubles",
                "01000C030180F8B2E5BD6803026D8BBA680106E2090AE209989C01FF16C9FF37B979E7CFCC13D4B3F9ECEEC491DCA20F7D95090B5DCF76FF1F95FE72F36E3C00D0B0DAF3317F4F007093C735ECE420703A9B9B77FECC3C41BDA92D6D1D2CA6E88CE624558578F2BE7CD169107D"
            },
            {
                "texts",
                "01010C030180F8B2E5BD6803026D8BBA680106E2090AE209989C010300130469646C650772756E6E696E67056661756C74000005010302030101"
            },
            { "yes and no", "01020C030180F8B2E5BD6803026D8BBA680106E2090AE209989C01027008" },
            {
                "locations",
                "01030C030180F8B2E5BD6803026D8BBA680106E2090AE209989C010301C8EF05800206020A09020101E60100000000019008000000"
            },
        };

    [Theory]
    [MemberData(nameof(Written))]
    public void What_version_1_wrote_is_read(string content, string bytes)
    {
        var expected = Of(content);
        var read = new ChunkPoints(expected.Kind);

        new ChunkCodec().Read(Convert.FromHexString(bytes), read);

        Assert.Equal(expected.Times, read.Times);
        Assert.Equal(expected.Numbers, read.Numbers);
        Assert.Equal(expected.Longitudes, read.Longitudes);
        Assert.Equal(expected.Altitudes, read.Altitudes);
        Assert.Equal(expected.Texts, read.Texts);
    }

    private static ChunkPoints Of(string content)
    {
        var kind = content switch
        {
            "texts" => PointKind.Text,
            "yes and no" => PointKind.Boolean,
            "locations" => PointKind.Location,
            _ => PointKind.Number,
        };
        var points = new ChunkPoints(kind);
        for (var i = 0; i < 12; i++)
        {
            var late = i == 7 ? 60_000_000 : 0;
            var point = content switch
            {
                "texts" => Point.Of(
                    "",
                    i < 5 ? "idle"
                        : i < 9 ? "running"
                        : "fault"
                ),
                "yes and no" => Point.Of("", i is > 3 and < 8),
                "locations" => new Point("", kind, Math.Round(48.1 + (i / 1000d), 3), null, 11.5, 520),
                "doubles" => Point.Of("", Math.Sqrt(i)),
                _ => Point.Of("", i == 5 ? -40 : Math.Round(20.25 + (i / 100d), 2)),
            };
            points.Add(Start + (i * 10_000_000L) + (i % 5 * 1_000) + late, point);
        }
        points.Sort();
        return points;
    }
}
