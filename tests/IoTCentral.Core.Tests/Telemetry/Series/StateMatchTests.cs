using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Telemetry.Series;

public sealed class StateMatchTests
{
    public static TheoryData<string, Point, bool> Cases =>
        new()
        {
            { "on", Point.Of("", "on"), true },
            { "on", Point.Of("", "On"), false },
            { "2", Point.Of("", 2), true },
            { "2.5", Point.Of("", 2.5), true },
            { "2", Point.Of("", "2"), true },
            { "two", Point.Of("", 2), false },
            { "true", Point.Of("", true), true },
            { "true", Point.Of("", 1), true },
            { "false", Point.Of("", false), true },
            { "false", Point.Of("", true), false },
            { "true", Point.Of("", "true"), true },
            { "48.1, 11.5", new Point("", PointKind.Location, 48.1, null, 11.5), true },
            { "48.1, 11.6", new Point("", PointKind.Location, 48.1, null, 11.5), false },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_value_is_the_state_or_not_by_itself_and_among_many(string state, Point point, bool isIn)
    {
        var points = new ChunkPoints(point.Kind);
        points.Add(0, point);
        var match = new StateMatch(state);

        Assert.Equal(isIn, match.Is(point));
        Assert.Equal(isIn, match.Is(points, 0));
        Assert.Equal(StateText.Of(point), StateText.Of(points, 0));
    }
}
