using System.Globalization;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Numbers, and yes and no as 1 and 0.</summary>
internal sealed class NumberTarget(SeriesBuilder builder) : ISeriesTarget
{
    public bool TakesSummary(long start, long end) => builder.IsOfOneBucket(TimeOf(start), TimeOf(end));

    public void Add(long start, int count, NumberSummary summary) => builder.Add(TimeOf(start), count, summary);

    public void Add(ChunkPoints points, int from, int count)
    {
        if (points.Kind is not (PointKind.Number or PointKind.Boolean))
            return;
        for (var i = from; i < from + count; i++)
            builder.Add(TimeOf(points.Times[i]), points.Numbers[i]);
    }

    private static DateTimeOffset TimeOf(long microseconds) => new(ChunkPlace.TimeOf(microseconds));
}

/// <summary>Values of every kind as texts.</summary>
internal sealed class StateTarget(StateBuilder builder) : ISeriesTarget
{
    public bool TakesSummary(long start, long end) => false;

    public void Add(long start, int count, NumberSummary summary) =>
        throw new NotSupportedException("Stretches are not told from a summary.");

    public void Add(ChunkPoints points, int from, int count)
    {
        for (var i = from; i < from + count; i++)
            builder.Add(new(ChunkPlace.TimeOf(points.Times[i])), Text(points, i));
    }

    private static string Text(ChunkPoints points, int i) =>
        points.Kind switch
        {
            PointKind.Text => points.Texts[i],
            PointKind.Boolean => points.Numbers[i] != 0 ? "true" : "false",
            PointKind.Location => string.Create(
                CultureInfo.InvariantCulture,
                $"{points.Numbers[i]}, {points.Longitudes[i]}"
            ),
            _ => points.Numbers[i].ToString("R", CultureInfo.InvariantCulture),
        };
}
