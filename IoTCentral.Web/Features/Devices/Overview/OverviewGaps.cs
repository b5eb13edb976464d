namespace IoTCentral.Web.Features.Devices.Overview;

/// <summary>How long a silence of this device is a gap in its lines.</summary>
internal static class OverviewGaps
{
    private const int Times = 5;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Five times the usual distance of its samples, but no hairline of the chart: at least a sixth of its range, within
    /// 1 to 10 minutes (a device that sends less often now and then is not silent). Null: too few samples to tell.
    /// </summary>
    public static TimeSpan? Of(OverviewModel model)
    {
        var line = model.Tiles.SelectMany(t => t.Lines).MaxBy(l => l.Points.Count);
        if (line is not { Points.Count: > 3 })
            return null;
        var steps = line.Points.Zip(line.Points.Skip(1), (a, b) => b.Time - a.Time).Order().ToList();
        var usual = steps[steps.Count / 2] * Times;
        var least = (model.To - model.From) / 6;
        least =
            least < Shortest ? Shortest
            : least > Longest ? Longest
            : least;
        return usual < least ? least : usual;
    }
}
